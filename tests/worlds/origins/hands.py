"""Stories of `started_by`: the pipeline's role in the pipeline's hands, and in others'."""

from datetime import timedelta
from functools import partial

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND, TERRAFORM
from tests.worlds.blind.types import ec2
from tests.worlds.origins.chains import MAIN, SESSION_NAMES, SIGN_IN_AGENT
from tests.worlds.origins.sessions import named, says
from tests.worlds.origins.stage import GLOBAL, Stories

ATLASSIAN = "{a1b2c3d4-1111-4222-8333-444455556666}:{99998888-7777-4666-8555-444433332222}"
CIRCLE = "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project"
BUILDKITE = "organization:acme:pipeline:{}:ref:refs/heads/main:commit:{}:step:deploy"
FITTING = (
    ("github", MAIN, ("acme/infra@refs/heads/main",)),
    ("github", "repo:acme/infra:environment:prod", ("acme/infra@environment:prod", "acme/infra@prod")),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:main", ("acme/infra@main",)),
    ("terraform", "organization:acme:project:infra:workspace:prod:run_phase:apply", ("acme/infra/prod",)),
    ("bitbucket", ATLASSIAN, (None,)),
    ("circleci", f"{CIRCLE}/1b2c3d4e/user/6f5e4d3c", (None,)),
    ("buildkite", BUILDKITE.format("infra", "9f3c1d2e"), ("acme/infra@refs/heads/main",)),
)
OTHERS = (
    ("github", "repo:acme/website:ref:refs/heads/main", ("acme/website@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/heads/feature-x", ("acme/infra@refs/heads/feature-x",), None),
    ("github", "repo:acme/infra:ref:refs/heads/main-x", ("acme/infra@refs/heads/main-x",), None),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",), None),
    ("github", "repo:acme-x/infra:ref:refs/heads/main", ("acme-x/infra@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/tags/main", ("acme/infra@refs/tags/main",), None),
    ("github", "repo:acme/infra-fork:ref:refs/heads/main", ("acme/infra-fork@refs/heads/main",), None),
    ("github", "repo:acme/infra:environment:main", ("acme/infra@environment:main", "acme/infra@main"), None),
    ("github", "repo:Acme/infra:ref:refs/heads/main", ("Acme/infra@refs/heads/main",), None),
    ("github", MAIN, None, "token.actions.githubusercontent.com/evilcorp"),
    ("gitlab", MAIN, None, "gitlab.evil.example"),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:main2", ("acme/infra@main2",), None),
    ("terraform", "organization:acme:project:infra:workspace:dev:run_phase:apply", ("acme/infra/dev",), None),
    ("buildkite", BUILDKITE.format("app", "1"), ("acme/app@refs/heads/main",), None),
    ("circleci", f"{CIRCLE}/ffffffff/user/6f5e4d3c", (None,), None),
)
RELEASE, DEPLOY = "release-prod", "deploy-orders"
ALICE, JUDY = "alice@example.com", "judy@partner.example"
INSIDE = {"verdict": "in-workflow"}


class Hands(Stories):
    """Plays the guarded roles."""

    def play(self):
        self.runs(24)
        for _ in range(2):
            self.by_hand()
        self.others_tokens()
        self.agents()
        self.operators()
        self.unknown()
        self.young()
        self.sourced()

    def run(self, *, role=RELEASE, fitting=None, **more):
        """Return a session of a run of the pipeline's own."""
        provider, text, repositories = fitting or self.random.choice(FITTING)
        return self.s.token(provider, text, role, SESSION_NAMES[provider], repositories=repositories, **more)

    def runs(self, count):
        """Play so many runs of the pipeline: none of them is anybody's but its own."""
        for number in range(count):
            self.begin("a run of the pipeline")
            self.change(self.run(), **INSIDE)
            if number % 6 == 0:
                self.begin("a run of the pipeline over a deploy role")
                session = self.run(role="ci-hub", account=self.s.pick(OWN, SECOND), at=-200)
                self.change(self.take(session, RELEASE, "GitHubActions", account=OWN), **INSIDE)

    def by_hand(self):
        """Each way to take the pipeline's role, mostly beside a run of its own in the same second."""
        s = self.s
        for label, first in (
            ("a person", partial(s.sso, ALICE)),
            ("a user", partial(s.user, "dora")),
            ("a user with MFA", partial(s.user_with_mfa, "gina")),
            ("a SAML person", partial(s.saml, "frank@example.com")),
            ("a person of an allowed account", partial(s.sso, "bob@example.com", account=SECOND)),
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

    def others_tokens(self):
        for provider, text, repositories, issuer in OTHERS:
            self.begin(f"a token of another: {text} {issuer or ''}")
            self.change(self.run(fitting=(provider, text, repositories), issuer=issuer))

    def agents(self):
        """Jenkins on an instance: its profile's role starts the deploy role's sessions."""
        s, agent = self.s, "ci/jenkins-agent"
        for _ in range(3):
            self.begin("an instance starts the deploy role")
            self.change(self.take(s.instance(agent), DEPLOY, "jenkins-infra-apply-482"), **INSIDE)
        self.begin("another instance starts the deploy role")
        self.change(self.take(s.instance("batch-worker"), DEPLOY, "jenkins-infra-apply-482"))
        self.begin("a person starts the deploy role through the instance's role")
        hand = self.take(s.user("dora"), agent, "i-0a1b2c3d4e5f60718", at=-120)
        self.change(self.take(hand, DEPLOY, "jenkins-infra-apply-483"))
        self.begin("a role of the agent's name in another account starts the deploy role")
        other = s.instance(agent, account=SECOND)
        self.change(self.take(other, DEPLOY, "jenkins-infra-apply-484", account=OWN))

    def operators(self):
        s, role = self.s, "ops-break-glass"
        self.begin("the one on call takes the break-glass role")
        self.change(self.take(s.user("oncall"), role, "oncall", person=True), **INSIDE)
        self.begin("a permission set that may take the break-glass role")
        person = s.sso("ivy@example.com", permissions="Oncall")
        self.change(self.take(person, role, "fix"), **INSIDE)
        self.begin("somebody else takes the break-glass role, called as the one on call")
        self.change(self.take(s.user("dora"), role, "oncall", person=True))

    def nobodys(self, name="GitHubActions"):
        """Return a session of the pipeline's role whose opening is in no trail."""
        session = self.s.unopened(RELEASE, name)
        session.agent = TERRAFORM
        return session

    def unattributable(self, session):
        """Nobody is told to have opened it: the session's own word is."""
        self.change(session, says(session, chain=[]), says=(session.name,))

    def unknown(self):
        """What nobody knows by `give_up_after` is not the pipeline's, and says so."""
        for name in ("GitHubActions", "terraform-run-CZcmD7eagjhyX0vN", "deploy"):
            self.begin("a session of the pipeline's role whose origin is in no trail")
            self.unattributable(self.nobodys(name))
        self.begin("a web identity in the pipeline's role whose STS event is in no trail")
        self.unattributable(self.run(recorded=False, fitting=FITTING[0]))
        self.begin("two in the pipeline's role under one key")
        session = self.run(fitting=FITTING[0], region="eu-west-1")
        session.repositories, session.asks = (None,), True
        self.s.record_opening(self.s.sso("bob@example.com"), session, region="eu-west-1")
        self.unattributable(session)

    def young(self):
        """Before `give_up_after` an unknown origin waits; an STS event that comes late is found."""
        waits = {"verdict": "", "outcome": "deferred"}
        self.begin("an unknown origin, just given up", minutes=48)
        self.unattributable(self.nobodys())
        for minutes in (22, 31, 43):
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

    def sourced(self):
        """A source identity names somebody, and vouches for nobody."""
        self.begin("the pipeline's role under a source identity")
        person = self.s.sso("grace@example.com")
        person.identity["sessionContext"]["sourceIdentity"] = "grace@example.com"
        session = self.take(person, RELEASE, "GitHubActions")
        self.change(session, named("grace@example.com", kind="assumed-role"))
        self.begin("a source identity that says the pipeline")
        session = self.take(self.s.sso("mallory@example.com"), RELEASE, "GitHubActions")
        session.identity["sessionContext"]["sourceIdentity"] = "gha-terraform-prod"
        self.change(session, named("mallory@example.com", "gha-terraform-prod", kind="assumed-role"))
