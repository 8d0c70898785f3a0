"""Who opens sessions in the world of origins, and what a report should say of each."""

from dataclasses import dataclass, field, replace

from tests.worlds.blind.actors import CLI, OWN, Actor

THIRD = "222233334444"
"""An account that is allowed, and whose role lets nobody in."""


@dataclass(kw_only=True, eq=False)
class Session:
    """One identity, and how a report names it where it is the origin; `opened_by`: as far as a trail can tell.

    `names`: what it may be called. `vias` and `repositories` are what is right, () where nothing is judged.
    `events`: the ids of what opened it. `asks`: whether to know its opener takes a lookup.
    """

    identity: dict
    names: tuple[str, ...]
    kind: str = "assumed-role"
    vias: tuple[str | None, ...] = ()
    principal: str | None = None
    repositories: tuple[str | None, ...] = (None,)
    ip: str = "198.51.100.7"
    agent: str = CLI
    more: dict = field(default_factory=dict)
    opened_by: "Session | None" = None
    events: frozenset = frozenset()
    asks: bool = False
    account: str = OWN

    @property
    def key(self):
        return self.identity.get("accessKeyId")

    @property
    def arn(self):
        return self.identity.get("arn")

    @property
    def name(self):
        """Return the session's name; None where it is none."""
        roles = {"AssumedRole", "FederatedUser"}
        return self.arn.rpartition("/")[2] if self.identity.get("type") in roles else None

    @property
    def caller(self):
        """Return who a call says it was: what lasts of it."""
        context = self.identity.get("sessionContext") or {}
        issuer = context.get("sessionIssuer") or {}
        return issuer.get("arn") if self.identity.get("type") == "AssumedRole" else self.arn

    def behind(self):
        """Return the sessions from this one to the origin, nearest first."""
        line = [self]
        while line[-1].opened_by is not None:
            line.append(line[-1].opened_by)
        return line

    def actor(self):
        """Return the caller as the blind worlds know one."""
        return Actor(names=self.names, identity=self.identity, ip=self.ip, agent=self.agent, more=self.more)

    def through(self, service):
        """Return the same session where a service calls with it."""
        identity = {**self.identity, "invokedBy": service}
        return replace(self, identity=identity, ip=service, agent=service, more={})

    def seen_abroad(self, account, names=()):
        """Return the caller as another account's trail shows it: without a name."""
        shown = {"principalId": self.identity["principalId"], "accountId": self.account}
        more = {"ip": self.ip, "agent": self.agent, "account": account}
        return Session(identity={"type": "AWSAccount", **shown}, names=names or (self.account,), **more)


@dataclass(kw_only=True)
class Expected:
    """What is right for the actor of one finding; None: not judged. `known`: the one behind is named, not the session."""

    names: tuple[str, ...]
    kind: str | None = None
    vias: tuple[str | None, ...] = ()
    principal: str | None = None
    repositories: tuple[str | None, ...] | None = None
    chain: list | None = None
    account: str | None = None
    known: bool = True


def expected_of(session, **more):
    """Return what is right where the trail tells who stands behind this session."""
    *between, origin = session.behind()
    told = {
        name: getattr(origin, name)
        for name in ("names", "kind", "vias", "principal", "repositories", "account")
    }
    return Expected(**{**told, "chain": between, "known": not origin.asks or "oidc" in origin.vias, **more})


def named(*names, **more):
    """Return what is right where a session's own word names somebody, or the account is all that is known."""
    return Expected(names=names, **more)


def says(session, **more):
    """Return what is right where who opened a session is not known: the session's own word."""
    return Expected(**{"names": session.names, "kind": "assumed-role", "chain": None, "known": False, **more})


def called(by):
    """Return what is right where somebody called for a stack: the service's session lies between."""
    return expected_of(by, chain=None)
