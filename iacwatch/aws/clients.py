"""How clients and sessions are set up: time-outs, attempts, who we say we are; sessions of assumed roles.

They are botocore's own: what boto3 adds to them (resources, transfers to S3) is not used here, and costs
every cold start of the function.
"""

import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from iacwatch import __version__
from iacwatch.aws.answers import AnswerParsers, correct_status
from iacwatch.aws.errors import explained
from iacwatch.errors import UsageError

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT: Final = 5
READ_TIMEOUT: Final = 30
"""Seconds; a long poll of SQS's takes up to 20 of them."""

_ATTEMPTS: Final = 4
_RATE_LIMITED: Final = frozenset({"cloudtrail", "config"})
"""Services with a rate limit of our own: a retry of botocore's would break it."""

_CONNECTIONS: Final = 96
"""To one endpoint, which all accounts share: 32 are looked up at once, each with some threads."""


def session(profile: str | None) -> Any:
    """Return a new session, by the user's own configuration; raise `BotoCoreError` where that is wrong."""
    with _without_garbage_collection(for_good=True):
        return _session(profile)


def _session(profile: str | None) -> Any:
    from botocore.session import Session  # noqa: PLC0415  (a heavy import, only where AWS is asked)

    made = Session(profile=profile)
    places = made.get_config_variable("data_path")
    folders = [os.path.expanduser(os.path.expandvars(place)) for place in (places or "").split(os.pathsep)]  # noqa: PTH111  (as botocore does)
    made.register_component("data_loader", _loader(tuple(each for each in folders if each)))
    made.register_component("response_parser_factory", AnswerParsers())
    return made


@cache
def _loader(folders: Sequence[str]) -> Any:
    """Return what reads the models of services, once for all sessions: those of an account are 11 MB."""
    from botocore.loaders import Loader  # noqa: PLC0415  (a heavy import, only where AWS is asked)

    class Direct(Loader):
        """Opens a service's model by its name; botocore's own lists the folders of all services first."""

        def list_available_services(self, type_name: str) -> Any:  # noqa: ARG002  (botocore's signature)
            return _Everything()

    return Direct(extra_search_paths=list(folders))


@contextmanager
def _without_garbage_collection(*, for_good: bool) -> Iterator[None]:
    """Look for no garbage while something is made, and never again where it lives as long as we do.

    Looking through modules and models again and again takes a quarter of a cold start. Another account's
    clients may be forgotten; what is frozen would stay.
    """
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if for_good:
            gc.freeze()
        if looking:
            gc.enable()


class _Everything:
    """Holds every name: one that is not a service's has no model, which is found out when that is opened."""

    def __contains__(self, name: object) -> bool:
        return True


def client(session: Any, service: str, *, region: str, account_id: str) -> Any:
    """Return a new client; `account_id` ("": our own) is only for the log.

    Raises `UsageError` where botocore's own configuration makes it impossible.
    """
    from botocore.config import Config  # noqa: PLC0415  (a heavy import, only where AWS is asked)
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (the same)

    config = Config(
        user_agent_extra=f"iacwatch/{__version__}",
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_pool_connections=_CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": 1 if service in _RATE_LIMITED else _ATTEMPTS},
    )
    try:
        with _without_garbage_collection(for_good=not account_id):
            made = session.create_client(service, region_name=region, config=config)
    except (BotoCoreError, ValueError) as error:  # botocore has no error of its own for a wrong endpoint
        ours = explained(error, f"cannot use {service}")
        raise UsageError(ours.message, hint=ours.hint or "check AWS_ENDPOINT_URL and the profile") from error
    made.meta.events.register("before-call", _logged(region, account_id))
    made.meta.events.register_first(
        f"needs-retry.{made.meta.service_model.service_id.hyphenize()}", correct_status
    )
    return made


def share_connections(client: Any, known: dict[str, Any]) -> None:
    """Let a client use the connections of those before it that have the same endpoint, of whatever account.

    Each client's own would be another TLS context (0.7 MB, 35 ms), and handshakes for each account.
    """
    endpoint = client._endpoint  # noqa: SLF001  (botocore has no other way)
    endpoint.http_session = known.setdefault(client.meta.endpoint_url, endpoint.http_session)


def renewing(ask: Callable[[], Mapping[str, str]], *, profile: str | None) -> Any:
    """Return a session whose credentials are asked for now, and again before they expire.

    `ask` returns ``access_key``, ``secret_key``, ``token`` and ``expiry_time`` (ISO 8601). Endpoints and the
    like are those of `profile`.
    """
    from botocore import credentials  # noqa: PLC0415  (a heavy import, only where AWS is asked)

    held = credentials.RefreshableCredentials.create_from_metadata(
        metadata=dict(ask()), refresh_using=ask, method="assume-role"
    )

    class AssumedRole(credentials.CredentialProvider):
        METHOD = CANONICAL_NAME = "iacwatch-role"

        def load(self) -> Any:
            return held

    with _without_garbage_collection(for_good=False):
        made = _session(profile)
    made.register_component("credential_provider", credentials.CredentialResolver([AssumedRole()]))
    return made


def _logged(region: str, account_id: str) -> Callable[..., None]:
    """Return what logs each call of a client, by its name alone: what it carries may be secret."""
    where = f"{region} of {account_id}" if account_id else region

    def log(model: Any, **_: Any) -> None:
        _log.debug("AWS call %s:%s in %s", model.service_model.endpoint_prefix, model.name, where)

    return log
