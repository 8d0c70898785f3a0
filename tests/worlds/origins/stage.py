"""Where a story of the world of origins is played: first sessions, what opens further ones, the truth about each change."""

from datetime import timedelta

from tests.worlds.blind.actors import BOTO, CLI, FIREFOX, LAMBDA, OWN, TERRAFORM, assumed, digits, ip, token
from tests.worlds.blind.types import balancers, databases, ec2, storage, streams, vpc
from tests.worlds.origins.sessions import Session, expected_of
from tests.worlds.stage import Stage, play, seconds

REGIONAL = (
    ec2.security_group,
    databases.table,
    storage.bucket,
    streams.stream,
    vpc.subnet,
    balancers.target_group,
)
REGIONS = ("eu-west-1", "eu-west-1", "eu-west-1", "us-east-1", "eu-central-1", "us-west-2")
GLOBAL = "us-east-1"
LEFT_OUT = {"reason": "responseElements too large", "omitted": True, "originalSize": 281_640}
OIDC, SAML = "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"
PROVIDERS = {
    "github": "token.actions.githubusercontent.com",
    "gitlab": "gitlab.com",
    "terraform": "app.terraform.io",
    "bitbucket": "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
    "circleci": "oidc.circleci.com/org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f",
    "buildkite": "agent.buildkite.com",
    "eks": "oidc.eks.eu-west-1.amazonaws.com/id/7C0F1A5B3D9E4C2F8A6B0D1E3F5A7C9B",
}


class OriginStage(Stage):
    """Plays stories into one world; a moment is a whole second, in one region."""

    def __init__(self, seed, now=None):
        super().__init__(seed, now, minutes=(60, 420))
        self.region, self.count = "eu-west-1", 0
        self.late, self.endpoints = [], {}

    def begin(self, label, *, minutes=None, region=None):
        super().begin(label, minutes)
        self.at = self.at.replace(microsecond=0)
        self.region = region or self.random.choice(REGIONS)

    def number(self):
        self.count += 1
        return self.count

    def key(self):
        return "ASIA" + token(f"{self.world.seed}/{self.number()}", 16)

    def stamp(self, after=0):
        return f"{self.at + seconds(after):%Y-%m-%dT%H:%M:%SZ}"

    def identity(self, type_, principal, arn, account, **more):
        told = {"type": type_, "principalId": principal, "arn": arn, "accountId": account}
        return {**told, "accessKeyId": self.key(), **more}

    def context(self, mfa="false", **more):
        return {**more, "attributes": {"creationDate": self.stamp(-60), "mfaAuthenticated": mfa}}

    def user(self, name, *, account=OWN, agent=CLI):
        arn, plain = f"arn:aws:iam::{account}:user/{name}", name.rpartition("/")[2]
        more = {"accessKeyId": "AKIA" + token(arn, 16), "userName": plain}
        identity = self.identity("IAMUser", "AIDA" + token(arn), arn, account, **more)
        more = {"ip": ip(name), "agent": agent, "account": account, "principal": arn, "vias": ("iam-user",)}
        return Session(identity=identity, names=(plain,), kind="iam-user", **more)

    def user_with_mfa(self, name):
        """Return the user in a session of GetSessionToken."""
        plain, key = self.user(name), self.key()
        request, answer = {"serialNumber": f"{plain.arn}-mfa"}, {"credentials": self.credentials(key)}
        self.sts(plain, "GetSessionToken", request, answer, lists=[key])
        context = self.context("true", sessionIssuer={})
        plain.identity = {**plain.identity, "accessKeyId": key, "sessionContext": context}
        return plain

    def federated(self, name, broker, *, names=None):
        """Return a session of GetFederationToken."""
        user, arn = self.user(broker), f"arn:aws:sts::{OWN}:federated-user/{name}"
        issuer = {each: text for each, text in user.identity.items() if each != "accessKeyId"}
        context = self.context(sessionIssuer=issuer)
        identity = self.identity("FederatedUser", f"{OWN}:{name}", arn, OWN, sessionContext=context)
        key, more = identity["accessKeyId"], {"kind": "federated-user", "vias": ("federation",)}
        answer = {"credentials": self.credentials(key), "federatedUser": {"arn": arn}}
        self.sts(user, "GetFederationToken", {"name": name}, answer, lists=[key, name], readOnly=False)
        return Session(identity=identity, names=names or (name,), ip=ip(name), **more)

    def root(self, *, account=OWN):
        arn = f"arn:aws:iam::{account}:root"
        identity = self.identity("Root", account, arn, account, sessionContext=self.context("true"))
        more = {"kind": "root", "vias": ("root",), "principal": arn, "account": account, "agent": FIREFOX}
        return Session(identity=identity, names=("root", "acme-prod", account), **more)

    def role(self, role, name, *, account=OWN, at=None, **context):
        """Return a session of a role that nobody opened yet."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        identity = assumed(arn, name, started=self.stamp(at or -60), **context)
        identity["accessKeyId"] = self.key()
        names = (role.rpartition("/")[2],)
        return Session(identity=identity, names=names, principal=arn, account=account, ip=ip(name))

    def unopened(self, role, name, *, names=None):
        """Return a session whose opening is in no trail."""
        session = self.role(role, name)
        session.names, session.asks = names or session.names, True
        return session

    def sso(self, name, *, permissions="AdministratorAccess", account=OWN):
        role = f"AWSReservedSSO_{permissions}_{digits(permissions, 16)}"
        role = f"aws-reserved/sso.amazonaws.com/eu-west-1/{role}"
        session = self.role(role, name, account=account, at=-900)
        session.names, session.vias = (name,), ("sso",)
        session.agent = self.pick(CLI, FIREFOX, TERRAFORM)
        return session

    def by_service(self, service, role, name, *, account=OWN, opened_as=None, **context):
        """Return a session that a service opened."""
        session = self.role(role, name, account=account, **context)
        session.agent = BOTO
        identity, more = {"type": "AWSService", "invokedBy": service}, {"ip": service, "agent": service}
        caller = Session(identity=identity, names=(service,), account=account, **more)
        self.record_opening(caller, session, session_name=opened_as)
        return session

    def instance(self, role="batch-worker", *, account=OWN, shown=True):
        """Return an instance profile's session; `shown`: the call itself says so."""
        context = {"ec2RoleDelivery": "2.0"} if shown else {}
        name = "i-0" + digits(f"{role}{self.number()}", 16)
        session = self.by_service("ec2.amazonaws.com", role, name, account=account, **context)
        session.vias, session.asks = ("instance",), not shown
        return session

    def function(self, name="nightly-cleanup"):
        opened_as = f"awslambda_55_{self.number()}"
        role = f"service-role/{name}-role"
        session = self.by_service("lambda.amazonaws.com", role, name, opened_as=opened_as)
        arn = f"arn:aws:lambda:{self.region}:{OWN}:function:{name}"
        session.identity["inScopeOf"] = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": arn}
        session.vias, session.agent = ("function",), LAMBDA
        return session

    def pod(self, role="external-dns"):
        """Return a session of EKS Pod Identity."""
        name = f"eks-shop-{role[:9]}-3f0a5d5e-1b7c-4c1a-9d57-{digits(str(self.number()), 12)}"
        return self.by_service("pods.eks.amazonaws.com", role, name)

    def credentials(self, key):
        secret = "IQoJb3JpZ2luX2VjE" + digits(key, 40)
        return {"accessKeyId": key, "expiration": "Nov 30, 2026, 11:58:03 PM", "sessionToken": secret}

    def sts(self, by, operation, request, answer, *, lists=(), at=-60, region=None, **record):
        """Record an STS call by somebody in the account of `record`, else in their own; return its id."""
        op = self.op("sts", operation, request, answer=answer, lists=tuple((None, each) for each in lists))
        region = region or self.sts_region(str(request.get("roleArn", "")))
        return self.call(by, op, at, region=region, **{"readOnly": True, "account": by.account, **record}).id

    def call(self, by, op, after=0, **record):
        """Record any call of a session's."""
        return self.world.call(by.actor(), op, self.at + seconds(after), **record)

    def sts_region(self, role=""):
        """Return where an STS call is recorded: each role is taken by one kind of endpoint."""
        if role not in self.endpoints:
            self.endpoints[role] = self.random.random() < 0.75
        return self.region if self.endpoints[role] else GLOBAL

    def record_opening(
        self, by, session, *, answer="whole", operation="AssumeRole", session_name=None, answers=(), lists=None, **record
    ):  # fmt: skip
        """Record that `by` opened a session, in the trail of its account; return the event's id.

        `answer`: whole, null, or omitted. `answers`: further fields of the answer.
        """
        role, name = session.caller, session_name or session.name
        assumed_id = session.identity["principalId"]
        user = {"assumedRoleId": assumed_id, "arn": session.arn}
        got = {"credentials": self.credentials(session.key), "assumedRoleUser": user, **dict(answers)}
        listed = [role, session.key, name, assumed_id, session.arn]
        if answer != "whole":
            got, listed = LEFT_OUT if answer == "omitted" else None, [role, name]
        resources = [{"accountId": session.account, "type": "AWS::IAM::Role", "ARN": role}]
        given = {"resources": resources, "account": session.account, **record}
        sent = {"roleArn": role, "roleSessionName": name}
        return self.sts(by, operation, sent, got, lists=listed if lists is None else lists, **given)

    def take(self, by, role, name, *, account=None, at=-60, tells=True, person=False, **how):
        """Let somebody take a role by AssumeRole, in both accounts where there are two; return the session.

        `tells`: whether the trail can tell who did. `person`: the name that they gave it is a person's.
        """
        session = self.role(role, name, account=account or by.account, at=at)
        session.asks, session.agent, session.ip = True, by.agent, by.ip
        session.names = (name,) if person else session.names
        how = {**how, "region": how.get("region") or self.sts_region(session.caller), "at": at}
        source = (by.identity.get("sessionContext") or {}).get("sourceIdentity")
        if source:
            session.identity["sessionContext"]["sourceIdentity"] = source
        openers = [(by, {})]
        if by.account != session.account:
            shared = {"sharedEventID": str(self.world.uuid())}
            openers = [(by.seen_abroad(session.account), shared), (by, {**shared, "account": by.account})]
        events = [self.record_opening(each, session, **more, **how) for each, more in openers]
        session.events, session.opened_by = frozenset(events), by if tells else None
        return session

    def token(
        self, provider, subject, role, name="GitHubActions", *, account=OWN, repositories=(None,), recorded=True,
        issuer=None, at=-60, **how,
    ):  # fmt: skip
        """Return a session that a web identity of this subject opened."""
        arn = f"arn:aws:iam::{account}:oidc-provider/{issuer or PROVIDERS[provider]}"
        web = {"federatedProvider": arn, "attributes": {}}
        session = self.role(role, name, account=account, at=at, webIdFederationData=web)
        session.vias, session.agent, session.repositories = ("oidc",), TERRAFORM, repositories
        session.asks = provider != "eks"
        if not recorded:
            session.repositories = (None,)
            return session
        audience = "sts.amazonaws.com"
        identity = {"type": "WebIdentityUser", "principalId": f"{arn}:{audience}:{subject}"}
        identity |= {"userName": subject, "identityProvider": arn}
        caller = Session(identity=identity, names=(subject,), ip="192.0.2.44", account=account)
        answers = {"subjectFromWebIdentityToken": subject, "provider": arn, "audience": audience}
        self.record_opening(caller, session, operation=OIDC, answers=answers, at=at, **how)
        return session

    def saml(self, name, role="Okta-Admins"):
        session = self.role(role, name, at=-900)
        session.names, session.vias, session.asks = (name,), ("saml", "chain", None), True
        told = {
            "principalId": f"9cVyPTxU2S4Kz1d3:{name}",
            "userName": name,
            "identityProvider": "9cVyPTxU2S4Kz1d3",
        }
        identity = {"type": "SAMLUser", **told}
        answers = {"subject": name, "subjectType": "persistent", "issuer": "http://www.okta.com/exk1"}
        caller = Session(identity=identity, names=(name,), ip=ip(name))
        self.record_opening(caller, session, operation=SAML, answers=answers, at=-900)
        return session

    def thing(self, make=None, *, account=OWN, managed="terraform", **more):
        maker = self.m.at(account=account, region=self.region)
        kind = (make or self.random.choice(REGIONAL))(maker, f"shop-{self.world.seed}-{self.number()}")
        return self.world.born(kind, managed=managed, **more)

    def change(self, session, *expected, kind=None, make=None, after=0, says=(), **seen):
        """Let a session change one object, alone in its item; return the truth.

        `expected`: what is right of the actor, one of them; by default who the trail tells. `says`: what the
        reason must hold where the one behind is not known.
        """
        kind = kind or self.thing(make, account=session.account)
        call = self.call(session, kind.updates[0](), after, kind=kind, account=session.account)
        at = self.at + timedelta(seconds=after + 100, milliseconds=self.random.randrange(1000))
        given = {"label": self.label, "verdict": "out-of-band", "envelope": "eventbridge", **seen}
        truth = self.world.capture(kind, at, [call], **given)
        truth.session, truth.reason_says = session, says
        truth.expected = expected or (expected_of(session),)
        return truth


class Stories:
    """A group of stories on one stage: every method whose name begins so."""

    def __init__(self, stage):
        self.s, self.random = stage, stage.random
        self.begin, self.change, self.take = stage.begin, stage.change, stage.take

    def play(self):
        play(self, "story_")
