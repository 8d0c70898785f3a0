"""Stories of `started_by`: the pipeline's role in the pipeline's hands, and in others'."""

from datetime import timedelta
from functools import partial

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND, TERRAFORM
from tests.worlds.blind.types import ec2
from tests.worlds.origins.chains import (
    ALICE,
    BOB,
    BUILDKITE,
    CIRCLE,
    FITTING,
    JUDY,
    MAIN,
    SESSION_NAMES,
    SIGN_IN_AGENT,
)
from tests.worlds.origins.sessions import named, says
from tests.worlds.origins.stage import GLOBAL, Stories

OTHERS = (
    # Of somebody else's: the same, and who issued the token instead
    ("github", "repo:acme/website:ref:refs/heads/main", ("acme/website@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/heads/main-x", ("acme/infra@refs/heads/main-x",), None),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",), None),
    ("github", "repo:acme/infra:ref:refs/tags/main", ("acme/infra@refs/tags/main",), None),
    ("github", "repo:acme/infra-fork:ref:refs/heads/main", ("acme/infra-fork@refs/heads/main",), None),
    ("github", "repo:Acme/infra:ref:refs/heads/main", ("Acme/infra@refs/heads/main",), None),
    ("github", MAIN, None, "token.actions.githubusercontent.com/evilcorp"),
    ("gitlab", MAIN, None, "gitlab.evil.example"),
    ("terraform", "organization:acme:project:infra:workspace:dev:run_phase:apply", ("acme/infra/dev",), None),
    ("buildkite", BUILDKITE.format("app", "1"), ("acme/app@refs/heads/main",), None),
    ("circleci", f"{CIRCLE}/ffffffff/user/6f5e4d3c", (None,), None),
)
ATLANTIS = "system:serviceaccount:atlantis:atlantis"
RELEASE, DEPLOY = "release-prod", "deploy-orders"
INSIDE = {"verdict": "in-workflow"}


class Hands(Stories):
    """Plays the guarded roles."""

    def run(self, *, role=RELEASE, fitting=None, **more):
        """Return a session of a run of the pipeline's own."""
        provider, text, repositories = fitting or self.random.choice(FITTING)
        return self.s.token(provider, text, role, SESSION_NAMES[provider], repositories=repositories, **more)

    def story_run_of_the_pipeline(self, count=40):
        """Play so many runs of the pipeline: none of them is anybody's but its own."""
        for number in range(count):
            self.begin("a run of the pipeline")
            self.change(self.run(), **INSIDE)
            if number % 6 == 0:
                self.begin("a run of the pipeline over a deploy role")
                session = self.run(role="ci-hub", account=self.s.pick(OWN, SECOND), at=-200)
                self.change(self.take(session, RELEASE, "GitHubActions", account=OWN), **INSIDE)

    def story_by_hand(self):
        """Each way to take the pipeline's role, mostly beside a run of its own in the same second."""
        s = self.s
        for label, first in (
            ("a person", partial(s.sso, ALICE)),
            ("a user with MFA", partial(s.user_with_mfa, "gina")),
            ("a SAML person", partial(s.saml, "frank@example.com")),
            ("a person of a foreign account", partial(s.sso, JUDY, account=FOREIGN)),
            ("a user of an allowed account", partial(s.user, "zoe", account=SECOND)),
        ):
            for hops in (1, 2, 3):
                self.begin(f"{label} in the pipeline's role over {hops}")
                self.taken_beside_a_run(first(), hops)
        self.begin("a person in the pipeline's role, and the run, on one object")
        kind = s.thing(ec2.security_group)
        session = self.take(s.sso(ALICE), RELEASE, "GitHubActions")
        own = s.call(self.run(fitting=FITTING[0]), kind.updates[0](), -9, kind=kind)
        truth = self.change(session, kind=kind)
        truth.causes = (own, *truth.causes)
        self.begin("a person in the pipeline's role, in the console")
        user = s.user("jane.doe", agent=SIGN_IN_AGENT)
        self.change(self.take(user, RELEASE, "jane.doe", person=True, region=GLOBAL))
        self.begin("a pipeline of a foreign account in the pipeline's role")
        run = self.run(role="vendor-ci", account=FOREIGN, fitting=FITTING[0], at=-150)
        right = named(FOREIGN, RELEASE, "GitHubActions", f"account {FOREIGN}")
        self.change(self.take(run, RELEASE, "GitHubActions", account=OWN), right)
        self.begin("a person found while all is young", minutes=12)
        self.change(self.take(s.sso(ALICE), RELEASE, "GitHubActions"))

    def taken_beside_a_run(self, session, hops):
        foreign = session.account == FOREIGN
        for number in range(hops - 1):
            hop = f"hop-{self.random.randrange(10**10)}"
            session = self.take(session, "ops-hop", hop, at=-150 + 30 * number, account=OWN)
        region = self.s.sts_region(RELEASE)
        name = self.random.choice(tuple(SESSION_NAMES.values()))
        session = self.take(session, RELEASE, name, region=region, account=OWN)
        session.agent = TERRAFORM
        if self.random.random() < 0.7:
            self.change(self.run(region=region, fitting=FITTING[0]), **INSIDE)
        self.change(session, *([named(JUDY, account=FOREIGN)] if foreign else []))

    def story_tokens_of_others(self):
        for provider, text, repositories, issuer in OTHERS:
            self.begin(f"a token of another: {text} {issuer or ''}")
            self.change(self.run(fitting=(provider, text, repositories), issuer=issuer))

    def story_agents(self):
        """Jenkins on an instance: its profile's role starts the deploy role's sessions."""
        s, agent = self.s, "ci/jenkins-agent"
        through = partial(s.user, "dora")
        for label, first, seen in (
            ("an instance", partial(s.instance, agent), INSIDE),
            ("another instance", partial(s.instance, "batch-worker"), {}),
            ("a person through the instance's role", through, {}),
            ("a role of the agent's name in another account", partial(s.instance, agent, account=SECOND), {}),
        ):
            self.begin(f"{label} starts the deploy role")
            by = first()
            if first is through:
                by = self.take(by, agent, "i-0a1b2c3d4e5f60718", at=-120)
            self.change(self.take(by, DEPLOY, "jenkins-infra-apply-482", account=OWN), **seen)

    def story_operators(self):
        for permissions, seen in (("Oncall", INSIDE), ("Admin", {})):
            self.begin(f"a person under the permission set {permissions} takes the break-glass role")
            person = self.s.sso("ivy@example.com", permissions=permissions)
            self.change(self.take(person, "ops-break-glass", "Oncall"), **seen)

    def story_service_account(self):
        cluster = "oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000"
        for label, subject, issuer, seen in (
            ("Atlantis by its service account", ATLANTIS, None, INSIDE),
            ("another service account", "system:serviceaccount:default:atlantis", None, {}),
            ("another cluster's service account", ATLANTIS, cluster, {}),
        ):
            self.begin(f"{label} in Atlantis's role")
            self.change(self.s.token("eks", subject, "agent-atlantis", "atlantis-0", issuer=issuer), **seen)
        self.hand("agent-atlantis", "atlantis-0")

    def story_machines_in_their_own_role(self):
        for label, made in (
            ("an instance, shown by the call", partial(self.s.instance, "agent-jenkins")),
            ("an instance, not shown by the call", partial(self.s.instance, "agent-jenkins", shown=False)),
            ("a pod", partial(self.s.pod, "agent-pod")),
        ):
            self.begin(f"{label} in its own guarded role")
            session = made()
            session.asks = True
            self.change(session, **INSIDE)
        self.hand("agent-jenkins", "i-0a1b2c3d4e5f60718")
        self.hand("agent-pod", session.name)

    def hand(self, role, name):
        """Let somebody take a machine's role over another, under the name that the machine gives its sessions."""
        self.begin(f"{role} taken by hand")
        hop = self.take(self.s.user("dora"), "ops-hop", "hop-17325120114", at=-120)
        self.change(self.take(hop, role, name))

    def nobodys(self, name="GitHubActions"):
        """Return a session of the pipeline's role whose opening is in no trail."""
        session = self.s.unopened(RELEASE, name)
        session.agent = TERRAFORM
        return session

    def unattributable(self, session):
        """Nobody is told to have opened it: the session's own word is."""
        self.change(session, says(session, chain=[]), says=(session.name,))

    def story_unknown(self):
        """What nobody knows by `give_up_after` is not the pipeline's, and says so."""
        for name in ("GitHubActions", "terraform-run-CZcmD7eagjhyX0vN"):
            self.begin("a session of the pipeline's role whose origin is in no trail")
            self.unattributable(self.nobodys(name))
        self.begin("a web identity in the pipeline's role whose STS event is in no trail")
        self.unattributable(self.run(recorded=False, fitting=FITTING[0]))
        self.begin("two in the pipeline's role under one key")
        session = self.run(fitting=FITTING[0], region="eu-west-1")
        session.repositories, session.asks = (None,), True
        self.s.record_opening(self.s.sso(BOB), session, region="eu-west-1")
        self.unattributable(session)

    def story_young(self):
        """Before `give_up_after` an unknown origin waits; an STS event that comes late is found."""
        waits = {"verdict": "", "outcome": "deferred"}
        self.begin("an unknown origin, just given up", minutes=48)
        self.unattributable(self.nobodys())
        for minutes in (22, 43):
            self.begin("an unknown origin, still young", minutes=minutes)
            self.change(self.nobodys(), **waits)
        for hand in (False, True):
            self.begin(f"a late STS event, {'a person' if hand else 'the run'}", minutes=24)
            later = {"delivered_at": self.s.world.now + timedelta(minutes=12)}
            if hand:
                session = self.take(self.s.sso(ALICE), RELEASE, "GitHubActions", **later)
            else:
                session = self.run(fitting=FITTING[0], **later)
            truth = self.change(session, **waits)
            self.s.late.append((truth, "out-of-band" if hand else "in-workflow"))

    def story_source_identity_that_says_the_pipeline(self):
        """A source identity names somebody, and vouches for nobody."""
        session = self.take(self.s.sso("mallory@example.com"), RELEASE, "GitHubActions")
        session.identity["sessionContext"]["sourceIdentity"] = "gha-terraform-prod"
        self.change(session, named("mallory@example.com", "gha-terraform-prod", kind="assumed-role"))
