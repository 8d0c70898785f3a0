"""The account in which people hide: its rules beside those of the blind worlds, and the shorthands of a way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.worlds.blind import config
from tests.worlds.blind.actors import OWN, assumed
from tests.worlds.blind.kind import Op
from tests.worlds.blind.run import Account
from tests.worlds.blind.world import World

RULES = """
[[workflow]]
name = "release"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/release-*"]
started_by = ["token.actions.githubusercontent.com:repo:acme/infra:ref:refs/heads/main"]

[[report.ignore]]
principals = ["arn:aws:iam::*:role/cleanup*"]
"""
OMITTED = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"


class HidingAccount(Account):
    """The fake AWS with the ways to hide in it."""

    def __init__(self, aws, world, folder):
        super().__init__(aws, world, folder)
        place = folder / "iacwatch.toml"
        place.write_text(place.read_text() + RULES)


def seconds(count):
    return timedelta(seconds=count)


class Stage:
    """Where a way is played: an object, the pipeline, somebody who hides."""

    def __init__(self, seed, now=None):
        self.world = World(seed, now or datetime.now(UTC))
        self.cast, self.m, self.random = self.world.cast, self.world.maker, self.world.random
        self.pipeline = self.cast.pipeline()
        self.alice, self.bob = self.cast.alice(), self.cast.bob()
        self.label, self.at = "", self.world.now

    def begin(self, label):
        self.label = label
        self.at = self.world.ago(minutes=self.random.uniform(80, 400))

    def thing(self, make, managed="terraform", **more):
        kind = make(self.m.at(), more.pop("name", None) or f"shop-{self.m.next()}")
        return self.world.born(kind, managed=managed, **more)

    def do(self, actor, op, kind, after=0, **record):
        if "requestParameters" in record:
            record.setdefault("lists", ())
        return self.world.call(actor, op, self.at + seconds(after), kind=kind, **record)

    def seen(self, kind, *causes, after=100, **more):
        more.setdefault("label", self.label)
        more.setdefault("envelope", "eventbridge")
        return self.world.capture(kind, self.at + seconds(after), causes, **more)

    def op(self, service, operation, request, *, answer=None, lists=(), change=lambda: None):
        return Op(
            service=service, operation=operation, request=request, answer=answer, lists=lists, change=change
        )

    # Sessions whose opening is in the trail.

    def release(self, *, role="release-prod", session="GitHubActions", key=""):
        """Return a session of the role that only the main branch may open."""
        identity = assumed(f"arn:aws:iam::{OWN}:role/{role}", session, started=self.cast.started + self.label)
        identity["sessionContext"]["attributes"]["creationDate"] = self.cast.started
        base = self.cast.plain(role, session)
        return replace(base, identity=identity, names=(role, session))

    def opened_by(self, actor, session, *, after=-60):
        """Record that somebody took the role of this session."""
        identity = session.identity
        role = identity["sessionContext"]["sessionIssuer"]["arn"]
        name = identity["arn"].rpartition("/")[2]
        answer = {
            "credentials": {"accessKeyId": identity["accessKeyId"], "expiration": "Nov 30, 2026, 8:00:00 PM"},
            "assumedRoleUser": {"assumedRoleId": identity["principalId"], "arn": identity["arn"]},
        }
        op = self.op(
            "sts",
            "AssumeRole",
            {"roleArn": role, "roleSessionName": name},
            answer=answer,
            lists=((None, role), (None, identity["accessKeyId"]), (None, name)),
        )
        return self.world.call(actor, op, self.at + seconds(after), region="eu-west-1", readOnly=True)

    def opened_by_token(self, subject, session, *, after=-60):
        """Record that a web identity of this subject opened the session."""
        identity = session.identity
        identity["sessionContext"]["webIdFederationData"] = {"federatedProvider": PROVIDER, "attributes": {}}
        role = identity["sessionContext"]["sessionIssuer"]["arn"]
        name = identity["arn"].rpartition("/")[2]
        caller = {
            "type": "WebIdentityUser",
            "principalId": f"{PROVIDER}:sts.amazonaws.com:{subject}",
            "userName": subject,
            "identityProvider": PROVIDER,
        }
        answer = {
            "credentials": {"accessKeyId": identity["accessKeyId"], "expiration": "Nov 30, 2026, 8:00:00 PM"},
            "subjectFromWebIdentityToken": subject,
            "assumedRoleUser": {"assumedRoleId": identity["principalId"], "arn": identity["arn"]},
            "provider": PROVIDER,
            "audience": "sts.amazonaws.com",
        }
        op = self.op(
            "sts",
            "AssumeRoleWithWebIdentity",
            {"roleArn": role, "roleSessionName": name},
            answer=answer,
            lists=((None, role), (None, identity["accessKeyId"]), (None, name)),
        )
        actor = replace(session, identity=caller)
        return self.world.call(actor, op, self.at + seconds(after), region="eu-west-1", readOnly=True)


def named(actor, *names):
    return replace(actor, names=names)


def agent(actor, text):
    return replace(actor, agent=text, ip=text)


__all__ = ["OMITTED", "HidingAccount", "Stage", "agent", "config", "named", "seconds"]
