"""AWS by boto3's core: sessions, clients and assumed roles.

botocore is imported when the first client is made. Everything else (profiles, SSO, endpoints, proxies) is
left to its own configuration.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from iacwatch.aws import clients
from iacwatch.aws.errors import calling, explained
from iacwatch.aws.sign_in import sign_in
from iacwatch.core.arn import is_account, is_region, partition_of
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, UsageError

_log = logging.getLogger(__name__)

_SESSION_NAME: Final = "iacwatch"
_MOST_ACCOUNTS: Final = 200
"""Other accounts whose clients are remembered: each takes 0.7 MB, and a call of STS to begin again."""

_ASK_AGAIN: Final = 30.0
"""Seconds until STS is asked again who we are, or for a role, where it could not say or refused."""


class Sessions:
    """Clients for our own account and, by an assumed role, for those that are allowed.

    `allowed` are further account ids ("*": any), `role_name` (with its path, if any) is the role there.
    `account_id` is our own where it is known already; else STS is asked, once. `likely_account` is taken
    where STS cannot be reached (a network without a way there): a wrong guess finds nobody, and blames
    nobody, since another account's trail holds no call of this one.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        allowed: Collection[str] = (),
        role_name: str = "",
        external_id: str = "",
        account_id: str = "",
        likely_account: str = "",
    ) -> None:
        """Take what `--profile`, `--region` and ``[accounts]`` say; nothing is asked for yet."""
        self._profile = profile or None
        self._region = region or None
        self._allowed = frozenset(allowed)
        self._role = role_name.strip("/")
        self._external_id = external_id
        self._account_id = account_id
        self._likely = likely_account
        self._unknown: tuple[AwsError, float] | None = None
        self._own: Any = None
        self._assumed: dict[str, Any] = {}
        self._refused: dict[str, tuple[AwsError, float]] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._connections: dict[str, Any] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.RLock()
        self._asking_who = threading.Lock()

    def __reduce__(self) -> tuple[Callable[[], "Sessions"], tuple[()]]:
        """Go to another process as what was configured: it signs in and connects by itself."""
        made = partial(
            Sessions,
            profile=self._profile,
            region=self._region,
            allowed=self._allowed,
            role_name=self._role,
            external_id=self._external_id,
            account_id=self._account_id,
            likely_account=self._likely,
        )
        return made, ()

    def admit(
        self, *, allowed: Collection[str], role_name: str, external_id: str, likely_account: str = ""
    ) -> None:
        """Take what ``[accounts]`` says, where these sessions were needed to read it."""
        with self._lock:
            if (role_name.strip("/"), external_id) != (self._role, self._external_id):
                self._assumed.clear()
                self._refused.clear()
                self._clients = {key: client for key, client in self._clients.items() if not key[2]}
            self._allowed = frozenset(allowed)
            self._role, self._external_id, self._likely = role_name.strip("/"), external_id, likely_account

    @property
    def region(self) -> str | None:
        """Return our own region: the option, else what boto3's configuration says, else None."""
        if self._region is None:
            self._region = self._session().get_config_variable("region")
        return self._region

    def client(self, service: str, *, region: str | None = None, account_id: str | None = None) -> Any:
        """Return the client of a service in a region (ours) and an account (ours), made on first use.

        Raises `UsageError` where no region or an unknown profile is set, `AwsError` where there are no
        credentials, the role cannot be assumed, or account or region are none we may ask in.
        """
        where = self._place(region)
        if account_id is None or account_id == self.own_account():
            return self._cached((service, where, ""), self._signed_in)
        if reason := self.refusal(account_id):
            raise AwsError(reason, code="NotAllowed")
        arn = f"arn:{partition_of(where)}:iam::{account_id}:role/{self._role}"
        return self._cached((service, where, account_id), lambda: self._assume(arn))

    def _cached(self, key: tuple[str, str, str], session: Callable[[], Any]) -> Any:
        """Return a client that was made before, else a new one of this session."""
        service, region, account_id = key
        with self._lock:
            if key in self._clients:
                return self._clients[key]
            # A role may be long in coming: the clients of other accounts do not wait for it.
            turn = self._turns.setdefault(account_id, threading.Lock()) if account_id else self._lock
        with turn:
            found = session()
        with self._lock:
            if key not in self._clients:
                made = clients.client(found, service, region=region, account_id=account_id)
                clients.share_connections(made, self._connections)
                self._clients[key] = made
                self._forget_accounts()
            return self._clients[key]

    def _forget_accounts(self) -> None:
        """Forget the accounts whose first client is the oldest, where there are many: each takes memory."""
        accounts = list(dict.fromkeys(account for *_, account in self._clients if account))
        for account in accounts[:-_MOST_ACCOUNTS]:
            self._clients = {key: made for key, made in self._clients.items() if key[2] != account}
            self._assumed = {arn: made for arn, made in self._assumed.items() if f"::{account}:" not in arn}

    def own_account(self) -> str:
        """Return the account of our own credentials (STS's GetCallerIdentity, asked once).

        Where STS cannot be asked it is the likely account for a while; raises `AwsError` where none is known.
        """
        # Who asks for a client meanwhile does not wait for STS's answer.
        with self._asking_who:
            if self._account_id:
                return self._account_id
            if self._unknown is not None and time.monotonic() < self._unknown[1]:
                return self._guessed(self._unknown[0])
            doing = "cannot tell which account the credentials belong to"
            try:
                with calling(doing, action="sts:GetCallerIdentity"):
                    found = str(self.client("sts").get_caller_identity()["Account"])
            except AwsError as error:
                self._unknown = (error, time.monotonic() + _ASK_AGAIN)
                return self._guessed(error)
            if not is_account(found):
                raise AwsError(f"{doing}: STS answered {plain(found, 40)}")
            self._account_id = found
            return found

    def _guessed(self, error: AwsError) -> str:
        """Return the likely account until STS is asked again; raise where none is known."""
        if not is_account(self._likely):
            raise error
        _log.info("%s; taking the queue's account, %s", plain(str(error), 300), self._likely)
        return self._likely

    def refusal(self, account_id: str) -> str | None:
        """Return in a sentence why changes of an account are not ours to look into; None where they are."""
        if not is_account(account_id):
            return f"{plain(account_id, 40)} is not an AWS account id"
        try:
            if account_id == self.own_account():
                return None
        except AwsError as error:
            return str(error)
        if not self.allows(account_id):
            return (
                f"account {account_id} is not ours and not in [accounts] allowed; "
                "add it there, and name the role to assume in role_name"
            )
        if not self._role:
            return (
                f"account {account_id} is allowed, but no role to assume there is known; "
                "set role_name in [accounts]"
            )
        return None

    def allows(self, account_id: str) -> bool:
        """Return whether a role may be assumed in an account, which may be ours as well."""
        return bool(self._allowed & {account_id, "*"})

    def _place(self, region: str | None) -> str:
        """Return the region to ask in, which becomes part of a host's name."""
        where = region or self.region
        if not where:
            raise UsageError(
                "no AWS region is known", hint="pass --region, or set AWS_DEFAULT_REGION or the profile's"
            )
        if not is_region(where):
            if region:
                raise AwsError(f"{plain(where, 60)} is not an AWS region", code="InvalidRegion")
            raise UsageError(f"{plain(where, 60)} is not an AWS region", hint="check --region")
        return where

    def _session(self) -> Any:
        """Return botocore's session for our own credentials."""
        with self._lock:
            if self._own is None:
                self._own = self._made()
            return self._own

    def _made(self) -> Any:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (a heavy import, only where AWS is asked)

        try:
            made = clients.session(self._profile)
            if self._region is not None:  # roles are assumed there, too
                made.set_config_variable("region", self._region)
        except BotoCoreError as error:
            ours = explained(error, "cannot use AWS")
            raise UsageError(ours.message, hint=ours.hint) from error
        return made

    def _signed_in(self) -> Any:
        """Return our own session once it has credentials, so that what they lack is named."""
        session = self._session()
        try:
            sign_in(session, self._profile)
        except AwsError:
            # The next attempt begins anew: botocore's providers remember where they were.
            self._own = None
            raise
        return session

    def _assume(self, arn: str) -> Any:
        """Return the session of a role in another account; its credentials renew themselves.

        A refusal is remembered for a while: a thousand changes of that account ask for the role but once.
        """
        with self._lock:
            known, refused = self._assumed.get(arn), self._refused.get(arn)
        if known is not None:
            return known
        if refused is not None and time.monotonic() < refused[1]:
            raise refused[0]
        try:
            made = clients.renewing(self._asking(arn), profile=self._profile)
        except AwsError as error:
            with self._lock:
                self._refused[arn] = (error, time.monotonic() + _ASK_AGAIN)
            raise
        with self._lock:
            self._refused.pop(arn, None)
            self._assumed[arn] = made
        return made

    def _asking(self, arn: str) -> Callable[[], Mapping[str, str]]:
        sts = self.client("sts")
        asked = {"RoleArn": arn, "RoleSessionName": _SESSION_NAME}
        if self._external_id:
            asked["ExternalId"] = self._external_id

        def ask() -> Mapping[str, str]:
            with calling(f"cannot assume {arn}", action="sts:AssumeRole"):
                answer = sts.assume_role(**asked)["Credentials"]
            return {
                "access_key": answer["AccessKeyId"],
                "secret_key": answer["SecretAccessKey"],
                "token": answer["SessionToken"],
                "expiry_time": answer["Expiration"].isoformat(),
            }

        return ask
