"""Where a story of the world of origins is played: accounts, objects, STS events, the truth about each change."""

from datetime import UTC, datetime, timedelta

from tests.worlds.blind.actors import (
    BOTO,
    CLI,
    FIREFOX,
    FOREIGN,
    LAMBDA,
    OWN,
    SECOND,
    TERRAFORM,
    assumed,
    digits,
    ip,
    token,
)
from tests.worlds.blind.kind import Op
from tests.worlds.blind.types import balancers, databases, ec2, secrets, storage, streams, vpc
from tests.worlds.blind.world import World
from tests.worlds.origins.sessions import PROVIDERS, Session, expected_of

REGIONAL = (
    ec2.security_group,
    databases.table,
    storage.bucket,
    streams.stream,
    vpc.subnet,
    databases.db_instance,
    balancers.target_group,
    secrets.secret,
)
REGIONS = ("eu-west-1", "eu-west-1", "eu-west-1", "us-east-1", "eu-central-1", "us-west-2")
GLOBAL = "us-east-1"
STARTED = "%Y-%m-%dT%H:%M:%SZ"


class OriginStage:
    """Plays stories into one world; `now` is when the command runs."""

    def __init__(self, seed, now=None):
        self.world = World(seed, now or datetime.now(UTC))
        self.random, self.m = self.world.random, self.world.maker
        self.label, self.at, self.region = "", self.world.now, "eu-west-1"
        self.count = 0
        self.late, self.endpoints = [], {}

    def begin(self, label, *, minutes=None, region=None):
        self.label = label
        self.at = self.world.ago(minutes=minutes or self.random.uniform(60, 420)).replace(microsecond=0)
        self.region = region or self.random.choice(REGIONS)

    def pick(self, *values):
        return self.random.choice(values)

    def number(self):
        self.count += 1
        return self.count

    def key(self, prefix="ASIA"):
        return prefix + token(f"{self.world.seed}/{self.number()}", 16)

    # First sessions: what a call by them tells needs no lookup.

    def user(self, name, *, account=OWN, agent=CLI):
        arn = f"arn:aws:iam::{account}:user/{name}"
        identity = {
            "type": "IAMUser",
            "principalId": "AIDA" + token(arn),
            "arn": arn,
            "accountId": account,
            "accessKeyId": "AKIA" + token(arn, 16),
            "userName": name.rpartition("/")[2],
        }
        names = (name.rpartition("/")[2],)
        return Session(
            identity=identity, names=names, kind="iam-user", vias=("iam-user",), principal=arn,
            ip=ip(name), agent=agent, account=account,
        )  # fmt: skip

    def user_with_mfa(self, name, **more):
        """Return the user in a session of GetSessionToken."""
        plain = self.user(name, **more)
        key = self.key()
        answer = {"credentials": self.credentials(key)}
        self.sts(plain, "GetSessionToken", {"serialNumber": f"{plain.arn}-mfa"}, answer, lists=[key])
        context = {"attributes": {"creationDate": self.stamp(-60), "mfaAuthenticated": "true"}}
        identity = {**plain.identity, "accessKeyId": key, "sessionContext": {"sessionIssuer": {}, **context}}
        plain.identity = identity
        return plain

    def federated(self, name, broker, *, names=None, account=OWN):
        """Return a session of GetFederationToken."""
        user = self.user(broker, account=account)
        key = self.key()
        arn = f"arn:aws:sts::{account}:federated-user/{name}"
        answer = {"credentials": self.credentials(key), "federatedUser": {"arn": arn}}
        self.sts(user, "GetFederationToken", {"name": name}, answer, lists=[key, name], readOnly=False)
        context = {
            "sessionIssuer": {**user.identity, "type": "IAMUser"},
            "attributes": {"creationDate": self.stamp(-60), "mfaAuthenticated": "false"},
        }
        context["sessionIssuer"].pop("accessKeyId")
        identity = {
            "type": "FederatedUser",
            "principalId": f"{account}:{name}",
            "arn": arn,
            "accountId": account,
            "accessKeyId": key,
            "sessionContext": context,
        }
        return Session(
            identity=identity, names=names or (name,), kind="federated-user", vias=("federation",),
            ip=ip(name), account=account,
        )  # fmt: skip

    def role(self, role, name, *, account=OWN, at=None, **context):
        """Return a session of a role that nobody opened yet."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        scope = context.pop("scope", None)
        identity = assumed(arn, name, started=self.stamp(at or -60), **context)
        identity["accessKeyId"] = self.key()
        if scope:
            identity["inScopeOf"] = scope
        return Session(
            identity=identity, names=(role.rpartition("/")[2],), principal=arn, account=account, ip=ip(name)
        )

    def sso(self, name, *, permissions="AdministratorAccess", account=OWN, agent=None):
        path = "aws-reserved/sso.amazonaws.com/eu-west-1/"
        session = self.role(
            f"{path}AWSReservedSSO_{permissions}_{digits(permissions, 16)}", name, account=account, at=-900
        )
        session.names, session.vias = (name,), ("sso",)
        session.agent = agent or self.pick(CLI, FIREFOX, TERRAFORM)
        return session

    def instance(self, role="batch-worker", *, account=OWN, shown=True):
        """Return an instance profile's session; `shown`: the call itself says so."""
        context = {"ec2RoleDelivery": "2.0"} if shown else {}
        session = self.role(role, "i-0" + digits(f"{role}{self.number()}", 16), account=account, **context)
        session.vias, session.agent = ("instance",), BOTO
        self.opened_by_service(session, "ec2.amazonaws.com")
        session.asks = not shown
        return session

    def function(self, name="nightly-cleanup", *, account=OWN):
        scope = {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": f"arn:aws:lambda:{self.region}:{account}:function:{name}",
        }
        session = self.role(f"service-role/{name}-role", name, account=account, scope=scope)
        session.vias, session.agent = ("function",), LAMBDA
        self.opened_by_service(session, "lambda.amazonaws.com", name=f"awslambda_55_{self.number()}")
        return session

    def task(self, role="orders-task", *, account=OWN):
        session = self.role(role, digits(f"task{self.number()}", 32), account=account)
        session.agent = BOTO
        self.opened_by_service(session, "ecs-tasks.amazonaws.com")
        return session

    def pod(self, role="external-dns", *, account=OWN):
        """Return a session of EKS Pod Identity."""
        name = f"eks-shop-{role[:9]}-3f0a5d5e-1b7c-4c1a-9d57-{digits(str(self.number()), 12)}"
        session = self.role(role, name, account=account)
        session.agent = BOTO
        self.opened_by_service(session, "pods.eks.amazonaws.com")
        return session

    def root(self, *, account=OWN):
        identity = {
            "type": "Root",
            "principalId": account,
            "arn": f"arn:aws:iam::{account}:root",
            "accountId": account,
            "accessKeyId": self.key(),
            "sessionContext": {"attributes": {"creationDate": self.stamp(-60), "mfaAuthenticated": "true"}},
        }
        return Session(
            identity=identity, names=("root", "acme-prod", account), kind="root", vias=("root",),
            principal=identity["arn"], account=account, agent=FIREFOX,
        )  # fmt: skip

    # What opens sessions.

    def stamp(self, seconds=0):
        return (self.at + timedelta(seconds=seconds)).strftime(STARTED)

    def credentials(self, key):
        return {
            "accessKeyId": key,
            "expiration": "Nov 30, 2026, 11:58:03 PM",
            "sessionToken": "IQoJb3JpZ2luX2VjE" + digits(key, 40),
        }

    def sts(self, by, operation, request, answer, *, lists=(), at=-60, region=None, **record):
        """Record an STS call by somebody in the account of `record`, else in their own; return its id."""
        op = Op(
            service="sts",
            operation=operation,
            request=request,
            answer=answer,
            lists=tuple((None, each) for each in lists),
        )
        record.setdefault("readOnly", True)
        record.setdefault("account", by.account)
        moment = self.at + timedelta(seconds=at)
        told = self.world.call(
            by.actor(),
            op,
            moment,
            region=region or self.sts_region(str(request.get("roleArn", ""))),
            **record,
        )
        return told.id

    def sts_region(self, role=""):
        """Return where an STS call is recorded: each role is taken by one kind of endpoint."""
        if role not in self.endpoints:
            self.endpoints[role] = self.random.random() < 0.75
        return self.region if self.endpoints[role] else GLOBAL

    def opened_by_service(self, session, service, *, name=None):
        identity = {"type": "AWSService", "invokedBy": service}
        caller = Session(
            identity=identity, names=(service,), ip=service, agent=service, account=session.account
        )
        self.record_opening(caller, session, session_name=name)

    def record_opening(
        self, by, session, *, at=-60, answer="whole", operation="AssumeRole", request=None, region=None,
        session_name=None, answers=None, lists=None, **record,
    ):  # fmt: skip
        """Record that `by` opened a session, in the trail of its account; return the event's id.

        `answer`: whole, null, or omitted. `answers`: further fields of the answer.
        """
        role, name = session.caller, session_name or session.name
        sent = {"roleArn": role, "roleSessionName": name, **(request or {})}
        got = {
            "credentials": self.credentials(session.key),
            "assumedRoleUser": {"assumedRoleId": session.identity["principalId"], "arn": session.arn},
            **(answers or {}),
        }
        listed = [role, session.key, name, session.identity["principalId"], session.arn]
        if answer == "null":
            got, listed = None, [role, name]
        if answer == "omitted":
            got = {"reason": "responseElements too large", "omitted": True, "originalSize": 281_640}
            listed = [role, name]
        resources = [{"accountId": session.account, "type": "AWS::IAM::Role", "ARN": role}]
        return self.sts(
            by, operation, sent, got, lists=listed if lists is None else lists, at=at, region=region,
            resources=resources, **{"account": session.account, **record},
        )  # fmt: skip

    def take(
        self, by, role, name, *, account=None, at=-60, tells=True, person=False, region=None, delivered_at=None,
        **how,
    ):  # fmt: skip
        """Let somebody take a role by AssumeRole; return the session.

        `tells`: whether the trail can tell who did. `person`: the name that they gave it is a person's.
        """
        account = account or by.account
        session = self.role(role, name, account=account, at=at)
        session.asks = True
        session.agent, session.ip = by.agent, by.ip
        if person:
            session.names = (name,)
        self.open_by(by, session, at=at, tells=tells, region=region, delivered_at=delivered_at, **how)
        return session

    def open_by(self, by, session, *, at=-60, tells=True, region=None, delivered_at=None, **how):
        """Record that somebody took the role of this session, in both accounts where there are two."""
        region = region or self.sts_region(session.caller)
        source = (by.identity.get("sessionContext") or {}).get("sourceIdentity")
        if source:
            session.identity["sessionContext"]["sourceIdentity"] = source
        more = {"region": region, "at": at, "delivered_at": delivered_at, **how}
        if by.account == session.account:
            ids = {self.record_opening(by, session, **more)}
        else:
            shared = str(self.world.uuid())
            seen = Session(
                identity={
                    "type": "AWSAccount",
                    "principalId": by.identity["principalId"],
                    "accountId": by.account,
                },
                names=(by.account,), ip=by.ip, agent=by.agent, account=session.account,
            )  # fmt: skip
            ids = {
                self.record_opening(seen, session, sharedEventID=shared, **more),
                self.record_opening(by, session, sharedEventID=shared, account=by.account, **more),
            }
        session.events = frozenset(ids)
        if tells:
            session.opened_by = by

    def token(
        self, provider, subject, role, name="GitHubActions", *, account=OWN, repositories=(None,), at=-60,
        recorded=True, issuer=None, **how,
    ):  # fmt: skip
        """Return a session that a web identity of this subject opened."""
        arn = f"arn:aws:iam::{account}:oidc-provider/{issuer or PROVIDERS[provider]}"
        web = {"federatedProvider": arn, "attributes": {}}
        session = self.role(role, name, account=account, at=at, webIdFederationData=web)
        session.vias, session.agent, session.repositories = ("oidc",), TERRAFORM, repositories
        session.asks = provider != "eks"
        if recorded:
            audience = "sts.amazonaws.com"
            caller = Session(
                identity={
                    "type": "WebIdentityUser",
                    "principalId": f"{arn}:{audience}:{subject}",
                    "userName": subject,
                    "identityProvider": arn,
                },
                names=(subject,), ip="192.0.2.44", account=account,
            )  # fmt: skip
            answers = {"subjectFromWebIdentityToken": subject, "provider": arn, "audience": audience}
            operation = "AssumeRoleWithWebIdentity"
            self.record_opening(caller, session, operation=operation, answers=answers, at=at, **how)
        else:
            session.repositories = (None,)
        return session

    def saml(self, name, role="Okta-Admins", *, account=OWN, names=None):
        session = self.role(role, name, account=account, at=-900)
        session.names, session.vias = names or (name,), ("saml", "chain", None)
        caller = Session(
            identity={
                "type": "SAMLUser",
                "principalId": f"9cVyPTxU2S4Kz1d3:{name}",
                "userName": name,
                "identityProvider": "9cVyPTxU2S4Kz1d3",
            },
            names=(name,), ip=ip(name), account=account,
        )  # fmt: skip
        answers = {"subject": name, "subjectType": "persistent", "issuer": "http://www.okta.com/exk1"}
        request = {"principalArn": f"arn:aws:iam::{account}:saml-provider/Okta"}
        self.record_opening(
            caller, session, operation="AssumeRoleWithSAML", request=request, answers=answers, at=-900
        )
        session.asks = True
        return session

    # What is changed.

    def thing(self, *, account=OWN, make=None, managed="terraform", region=None, **more):
        maker = self.m.at(account=account, region=region or self.region)
        kind = (make or self.random.choice(REGIONAL))(maker, f"shop-{self.world.seed}-{self.number()}")
        return self.world.born(kind, managed=managed, **more)

    def change(
        self, session, *, kind=None, after=0, captured=100, verdict="out-of-band", expected=(), **more
    ):
        """Let a session change one object, alone in its item; return the truth.

        `expected`: what is right of the actor, one of them; by default who the trail tells.
        """
        account = more.pop("account", session.account)
        kind = kind or self.thing(
            account=account, make=more.pop("make", None), managed=more.pop("managed", "terraform")
        )
        call = self.world.call(
            session.actor(), kind.updates[0](), self.at + timedelta(seconds=after), kind=kind, account=account
        )
        outcome = more.pop("outcome", "")
        truth = self.world.capture(
            kind, self.at + timedelta(seconds=after + captured, milliseconds=self.random.randrange(1000)), [call],
            label=self.label, verdict=verdict, envelope=more.pop("envelope", "eventbridge"), outcome=outcome,
        )  # fmt: skip
        truth.session = session
        truth.expected = tuple(expected) or (expected_of(session),)
        truth.reason_says = more.pop("reason_says", ())
        assert not more
        return truth


__all__ = ["FOREIGN", "GLOBAL", "OWN", "SECOND", "OriginStage"]
