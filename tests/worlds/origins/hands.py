"""Stories of `started_by`: the pipeline's role in the pipeline's hands, and in others'."""

from datetime import timedelta

from tests.worlds.blind.actors import TERRAFORM
from tests.worlds.blind.types import ec2
from tests.worlds.origins.chains import SESSION_NAMES, Chains
from tests.worlds.origins.sessions import Expected, expected_of
from tests.worlds.origins.stage import FOREIGN, GLOBAL, OWN, SECOND

FITTING = (
    ("github", "repo:acme/infra:ref:refs/heads/main", ("acme/infra@refs/heads/main",)),
    ("github", "repo:acme/infra:environment:prod", ("acme/infra@environment:prod", "acme/infra@prod")),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:main", ("acme/infra@main",)),
    ("terraform", "organization:acme:project:infra:workspace:prod:run_phase:apply", ("acme/infra/prod",)),
    (
        "bitbucket",
        "{a1b2c3d4-1111-4222-8333-444455556666}:{99998888-7777-4666-8555-444433332222}",
        (None,),
    ),
    ("circleci", "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/1b2c3d4e/user/6f5e4d3c", (None,)),
    ("buildkite", "organization:acme:pipeline:infra:ref:refs/heads/main:commit:9f3c1d2e:step:deploy", ("acme/infra@refs/heads/main",)),
)  # fmt: skip
OTHERS = (
    ("github", "repo:acme/website:ref:refs/heads/main", ("acme/website@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/heads/feature-x", ("acme/infra@refs/heads/feature-x",), None),
    ("github", "repo:acme/infra:ref:refs/heads/main-x", ("acme/infra@refs/heads/main-x",), None),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",), None),
    ("github", "repo:acme-x/infra:ref:refs/heads/main", ("acme-x/infra@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/tags/main", ("acme/infra@refs/tags/main",), None),
    ("github", "repo:Acme/infra:ref:refs/heads/main", ("Acme/infra@refs/heads/main",), None),
    ("github", "repo:acme/infra:ref:refs/heads/main", None, "token.actions.githubusercontent.com/evilcorp"),
    ("gitlab", "repo:acme/infra:ref:refs/heads/main", None, "gitlab.evil.example"),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:main2", ("acme/infra@main2",), None),
    ("terraform", "organization:acme:project:infra:workspace:dev:run_phase:apply", ("acme/infra/dev",), None),
    ("buildkite", "organization:acme:pipeline:app:ref:refs/heads/main:commit:1:step:deploy", ("acme/app@refs/heads/main",), None),
    ("circleci", "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/ffffffff/user/6f5e4d3c", (None,), None),
)  # fmt: skip
RELEASE, DEPLOY = "release-prod", "deploy-orders"


class Hands:
    """Plays the guarded roles."""

    def __init__(self, stage):
        self.stage, self.random = stage, stage.random
        self.chains = Chains(stage)

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
        return self.stage.token(
            provider, text, role, SESSION_NAMES[provider], repositories=repositories, **more
        )

    def runs(self, count):
        """Play so many runs of the pipeline: none of them is anybody's but its own."""
        for number in range(count):
            self.stage.begin("a run of the pipeline")
            self.stage.change(self.run(), verdict="in-workflow")
            if number % 6 == 0:
                self.stage.begin("a run of the pipeline over a deploy role")
                session = self.run(role="ci-hub", account=self.stage.pick(OWN, SECOND), at=-200)
                there = self.stage.take(session, RELEASE, "GitHubActions", account=OWN)
                self.stage.change(there, verdict="in-workflow")

    def by_hand(self):
        """Each way to take the pipeline's role, mostly beside a run of its own in the same second."""
        s = self.stage
        for label, first, home in (
            ("a person", lambda: s.sso("alice@example.com"), OWN),
            ("a user", lambda: s.user("dora"), OWN),
            ("a user with MFA", lambda: s.user_with_mfa("gina"), OWN),
            ("a SAML person", lambda: s.saml("frank@example.com"), OWN),
            ("a person of an allowed account", lambda: s.sso("bob@example.com", account=SECOND), SECOND),
            (
                "a person of a foreign account",
                lambda: s.sso("judy@partner.example", account=FOREIGN),
                FOREIGN,
            ),
            ("a user of an allowed account", lambda: s.user("zoe", account=SECOND), SECOND),
        ):
            for hops in (1, 2, 3):
                s.begin(f"{label} in the pipeline's role over {hops}")
                session = first()
                for number in range(hops - 1):
                    session = s.take(
                        session, "ops-hop", f"hop-{self.random.randrange(10**10)}", at=-150 + 30 * number,
                        account=OWN,
                    )  # fmt: skip
                region = s.sts_region(RELEASE)
                name = self.random.choice(tuple(SESSION_NAMES.values()))
                session = s.take(session, RELEASE, name, region=region, account=OWN)
                session.agent = TERRAFORM
                if self.random.random() < 0.7:
                    beside = self.run(region=region, fitting=FITTING[0])
                    s.change(beside, verdict="in-workflow")
                expected = ()
                if home == FOREIGN:
                    expected = [Expected(names=("judy@partner.example",), account=FOREIGN, chain=None)]
                s.change(session, expected=expected)
        s.begin("a person in the pipeline's role, and the run, on one object")
        kind = s.thing(make=ec2.security_group)
        session = s.take(s.sso("alice@example.com"), RELEASE, "GitHubActions")
        beside = self.run(fitting=FITTING[0])
        own = s.world.call(beside.actor(), kind.updates[0](), s.at - timedelta(seconds=9), kind=kind)
        truth = s.change(session, kind=kind)
        truth.causes = (own, *truth.causes)
        s.begin("a person in the pipeline's role, in the console")
        user = s.user("jane.doe", agent="AWS Signin, aws-internal/3 aws-sdk-java/1.12.750")
        s.change(s.take(user, RELEASE, "jane.doe", person=True, region=GLOBAL))
        s.begin("a pipeline of a foreign account in the pipeline's role")
        run = self.run(role="vendor-ci", account=FOREIGN, fitting=FITTING[0], at=-150)
        session = s.take(run, RELEASE, "GitHubActions", account=OWN)
        names = (FOREIGN, RELEASE, "GitHubActions", f"account {FOREIGN}")
        s.change(session, expected=[Expected(names=names, chain=None)])
        s.begin("a person found while all is young", minutes=12)
        s.change(s.take(s.sso("alice@example.com"), RELEASE, "GitHubActions"))

    def others_tokens(self):
        for provider, text, repositories, issuer in OTHERS:
            self.stage.begin(f"a token of another: {text} {issuer or ''}")
            session = self.stage.token(
                provider, text, RELEASE, SESSION_NAMES[provider], repositories=repositories, issuer=issuer
            )
            self.stage.change(session)

    def agents(self):
        """Jenkins on an instance: its profile's role starts the deploy role's sessions."""
        s = self.stage
        for _ in range(3):
            s.begin("an instance starts the deploy role")
            session = s.take(s.instance("ci/jenkins-agent"), DEPLOY, "jenkins-infra-apply-482")
            s.change(session, verdict="in-workflow")
        s.begin("another instance starts the deploy role")
        s.change(s.take(s.instance("batch-worker"), DEPLOY, "jenkins-infra-apply-482"))
        s.begin("a person starts the deploy role through the instance's role")
        hand = s.take(s.user("dora"), "ci/jenkins-agent", "i-0a1b2c3d4e5f60718", at=-120)
        s.change(s.take(hand, DEPLOY, "jenkins-infra-apply-483"))
        s.begin("a role of the agent's name in another account starts the deploy role")
        other = s.instance("ci/jenkins-agent", account=SECOND)
        s.change(s.take(other, DEPLOY, "jenkins-infra-apply-484", account=OWN))

    def operators(self):
        s = self.stage
        s.begin("the one on call takes the break-glass role")
        s.change(s.take(s.user("oncall"), "ops-break-glass", "oncall", person=True), verdict="in-workflow")
        s.begin("a permission set that may take the break-glass role")
        person = s.sso("ivy@example.com", permissions="Oncall")
        s.change(s.take(person, "ops-break-glass", "fix", person=False), verdict="in-workflow")
        s.begin("somebody else takes the break-glass role, called as the one on call")
        s.change(s.take(s.user("dora"), "ops-break-glass", "oncall", person=True))

    def says(self, session):
        return Expected(names=session.names, kind="assumed-role", chain=[], known=False)

    def unknown(self):
        """What nobody knows by `give_up_after` is not the pipeline's, and says so."""
        s = self.stage
        for name in ("GitHubActions", "terraform-run-CZcmD7eagjhyX0vN", "deploy"):
            s.begin("a session of the pipeline's role whose origin is in no trail")
            session = s.role(RELEASE, name)
            session.agent, session.asks = TERRAFORM, True
            s.change(session, expected=[self.says(session)], reason_says=(name,))
        s.begin("a web identity in the pipeline's role whose STS event is in no trail")
        session = self.run(recorded=False, fitting=FITTING[0])
        s.change(session, expected=[self.says(session)], reason_says=("GitHubActions",))
        s.begin("two in the pipeline's role under one key")
        session = self.run(fitting=FITTING[0], region="eu-west-1")
        session.repositories, session.asks = (None,), True
        s.record_opening(s.sso("bob@example.com"), session, region="eu-west-1")
        s.change(session, expected=[self.says(session)], reason_says=("GitHubActions",))

    def young(self):
        """Before `give_up_after` an unknown origin waits; an STS event that comes late is found."""
        s = self.stage
        s.begin("an unknown origin, just given up", minutes=48)
        session = s.role(RELEASE, "GitHubActions")
        session.agent, session.asks = TERRAFORM, True
        s.change(session, expected=[self.says(session)], reason_says=("GitHubActions",))
        for minutes in (22, 31, 43):
            s.begin("an unknown origin, still young", minutes=minutes)
            session = s.role(RELEASE, "GitHubActions")
            session.agent, session.asks = TERRAFORM, True
            s.change(session, verdict="", outcome="deferred")
        for hand in (False, True):
            s.begin(f"a late STS event, {'a person' if hand else 'the run'}", minutes=24)
            later = s.world.now + timedelta(minutes=12)
            if hand:
                session = s.take(s.sso("alice@example.com"), RELEASE, "GitHubActions", delivered_at=later)
            else:
                session = self.run(fitting=FITTING[0], delivered_at=later)
            truth = s.change(session, verdict="", outcome="deferred")
            later = "out-of-band" if hand else "in-workflow"
            s.late.append((truth, later, truth.causes, (expected_of(session),)))

    def sourced(self):
        """A source identity names somebody, and vouches for nobody."""
        s = self.stage
        s.begin("the pipeline's role under a source identity")
        person = s.sso("grace@example.com")
        person.identity["sessionContext"]["sourceIdentity"] = "grace@example.com"
        session = s.take(person, RELEASE, "GitHubActions")
        s.change(session, expected=[Expected(names=("grace@example.com",), kind="assumed-role")])
        s.begin("a source identity that says the pipeline")
        person = s.sso("mallory@example.com")
        session = s.take(person, RELEASE, "GitHubActions")
        session.identity["sessionContext"]["sourceIdentity"] = "gha-terraform-prod"
        names = ("mallory@example.com", "gha-terraform-prod")
        s.change(session, expected=[Expected(names=names, kind="assumed-role")])
