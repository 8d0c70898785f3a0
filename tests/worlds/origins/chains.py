"""Stories of plain chains: who opened the first session, over nought to six roles taken in turn."""

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.blind.types import iam, storage
from tests.worlds.origins.sessions import expected_of, named, says
from tests.worlds.origins.stage import GLOBAL, Stories

ALICE, BOB, JUDY = "alice@example.com", "bob@example.com", "judy@partner.example"
TOOL = "botocore-session-1732512011"
PEOPLE = (ALICE, "carol.jones", "Dora.Klein@example.com", "erik", "f.meyer")
ROLES = (
    "Admin",
    "platform/deployer",
    "ops-hop",
    "terraform-exec",
    "OrganizationAccountAccessRole",
    "support/tier-2",
)
MADE_UP = (
    "botocore-session-{n}",
    "aws-go-sdk-{n}512",
    "AWSCLI-Session",
    "terraform",
    "session",
    "{n}123456789",
)
MAIN = "repo:acme/infra:ref:refs/heads/main"
ATLASSIAN = "{a1b2c3d4-1111-4222-8333-444455556666}:{99998888-7777-4666-8555-444433332222}"
CIRCLE = "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project"
BUILDKITE = "organization:acme:pipeline:{}:ref:refs/heads/main:commit:{}:step:deploy"
FITTING = (
    # Of the pipeline's own: (the provider, the token's subject, the repository that a report may name)
    ("github", MAIN, ("acme/infra@refs/heads/main",)),
    ("github", "repo:acme/infra:environment:prod", ("acme/infra@environment:prod", "acme/infra@prod")),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:main", ("acme/infra@main",)),
    ("terraform", "organization:acme:project:infra:workspace:prod:run_phase:apply", ("acme/infra/prod",)),
    ("bitbucket", ATLASSIAN, (None,)),
    ("circleci", f"{CIRCLE}/1b2c3d4e/user/6f5e4d3c", (None,)),
    ("buildkite", BUILDKITE.format("infra", "9f3c1d2e"), ("acme/infra@refs/heads/main",)),
)
SUBJECTS = (
    *FITTING,
    ("github", "repo:acme/Infra.live:ref:refs/tags/v1.2.0", ("acme/Infra.live@refs/tags/v1.2.0",)),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",)),
    ("github", f"{MAIN}:job_workflow_ref:acme/ci/.github/workflows/apply.yml@refs/heads/main", None),
    ("github", "repository_id:4711:environment:prod", None),
    ("github", "repo:acme/infra:environment:<!channel> & `x`", None),
    ("github", "repo:acme/web:ref:refs/heads/repo=acme/infra", ("acme/web@refs/heads/repo=acme/infra",)),
    ("gitlab", "project_path:acme/infra:ref_type:tag:ref:v3.1", ("acme/infra@v3.1",)),
    ("terraform", "organization:acme:project:Default Project:workspace:net:run_phase:plan", ("acme/Default Project/net",)),
)  # fmt: skip
SESSION_NAMES = {
    "github": "GitHubActions", "gitlab": "GitLabRunner-4711-99887766", "terraform": "terraform-run-CZcmD7eagjhyX0vN",
    "bitbucket": "build-session", "circleci": "CircleCI-infra-482", "buildkite": "buildkite-job-0193a1b2-c3d4",
}  # fmt: skip
CONSOLE = {"sessionCredentialFromConsole": "true"}
SIGN_IN = f"arn:aws:signin:us-east-1:{OWN}:session/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
SIGN_IN_AGENT = "AWS Signin, aws-internal/3 aws-sdk-java/1.12.750"

FIRSTS = {
    "by_sso": lambda s: s.sso(s.pick(*PEOPLE), permissions=s.pick("Admin", "PowerUser")),
    "by_user": lambda s: s.user(s.pick("dora", "ops/erik", "svc.deploy", "jane.doe")),
    "by_mfa": lambda s: s.user_with_mfa(s.pick("gina", "people/hugo")),
    "by_saml": lambda s: s.saml(s.pick("frank@example.com", "f.ziegler")),
    "by_instance": lambda s: s.instance(s.pick("batch-worker", "ci/jenkins-node")),
    "by_function": lambda s: s.function(s.pick("nightly-cleanup", "rotator")),
    "by_pod": lambda s: s.pod(),
}


class Chains(Stories):
    """Plays every first session through every count of roles."""

    def story_chains(self):
        for first in FIRSTS:
            for hops in (0, 1, 2, 3):
                self.chain(first, hops)
        for hops in (4, 5, 6):
            self.chain(self.random.choice(tuple(FIRSTS)[:4]), hops)

    def story_tokens(self):
        for provider, text, repositories in SUBJECTS:
            hops = len(text) % 3
            self.begin(f"token of {provider} over {hops}")
            role, name = self.s.pick("app-deploy", "ci/app-deploy"), SESSION_NAMES[provider]
            session = self.s.token(provider, text, role, name, repositories=repositories, at=-200)
            self.change(self.hops(session, hops, person=0))
        self.begin("pod by service account")
        external, name = "system:serviceaccount:kube-system:external-dns", "1718035023456789000"
        self.change(self.s.token("eks", external, "eks/external-dns", name))

    def name(self):
        return self.random.choice(MADE_UP).replace("{n}", str(self.random.randrange(10**9, 2 * 10**9)))

    def hops(self, session, count, *, person=0.2):
        """Take so many roles in turn; now and then under a name that somebody chose."""
        for number in range(count):
            chosen = self.random.random() < person
            name = self.random.choice(PEOPLE) if chosen else self.name()
            at = -60 - 20 * (count - number)
            session = self.take(session, self.random.choice(ROLES), name, at=at, person=chosen)
        return session

    def chain(self, first, hops):
        self.begin(f"{first} over {hops}")
        self.change(self.hops(FIRSTS[first](self.s), hops))

    def story_federation_tokens(self):
        self.change(self.s.federated("mary.major", "broker"))
        self.change(self.s.federated("gntd-2hbKq3", "john.smith", names=("john.smith",)), after=1)

    def story_root(self):
        self.change(self.s.root())

    def story_root_of_a_member_by_assume_root(self):
        alice, root = self.s.sso(ALICE), self.s.root(account=SECOND)
        root.identity["sessionContext"]["assumedRoot"], root.asks = "true", True
        policy = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
        sent = {"targetPrincipal": SECOND, "taskPolicyArn": {"arn": policy}}
        answer = {"credentials": self.s.credentials(root.key)}
        more = {"lists": [root.key, SECOND], "sharedEventID": str(self.s.world.uuid())}
        for account in (OWN, SECOND):
            self.s.sts(alice, "AssumeRoot", sent, answer, account=account, region=self.s.region, **more)
        self.change(root, named(ALICE, *root.names), make=storage.bucket)

    def story_source_identity(self):
        """A source identity names the one behind without a lookup; who set it is in the trail too."""
        for hops in (1, 2):
            self.begin(f"source identity over {hops}")
            person = self.s.sso("grace@example.com")
            person.identity["sessionContext"]["sourceIdentity"] = "grace@example.com"
            right = named("grace@example.com", kind="assumed-role")
            self.change(self.hops(person, hops, person=0), right)

    def story_regions(self):
        """The call of a global service is in us-east-1, whatever region its caller's STS was."""
        for region in ("eu-west-1", GLOBAL):
            self.begin(f"global object, STS in {region}", region="eu-west-1")
            self.change(self.take(self.s.sso(ALICE), "Admin", self.name(), region=region), make=iam.role)
        self.begin("STS in the home region, the call elsewhere", region="us-west-2")
        session = self.take(self.s.sso(ALICE), "Admin", self.name(), region="eu-west-1")
        # Two regions are asked, at most: this one is told only where the role's sessions were met there before.
        self.change(session, expected_of(session), says(session, chain=[]))

    def story_from_an_allowed_account(self):
        ways = (self.s.sso, SECOND), (self.s.user, SECOND), (self.s.sso, OWN), (self.s.user, OWN)
        for first, home in ways:
            for hops in (1, 2):
                self.begin(f"from {'ours' if home == OWN else 'an allowed account'} over {hops}")
                session = first(self.s.pick(ALICE, "zoe"), account=home)
                role, there = self.random.choice(ROLES), OWN if home == SECOND else SECOND
                session = self.take(session, role, self.name(), account=there, at=-120)
                self.change(self.hops(session, hops - 1))
        self.begin("there and back")
        session = self.take(self.s.sso(BOB), "hub/admin", self.name(), account=SECOND, at=-120)
        self.change(self.take(session, "spoke-admin", self.name(), account=OWN))
        self.begin("token in an allowed account, role in ours")
        provider, text, repositories = SUBJECTS[0]
        more = {"account": SECOND, "repositories": repositories, "at": -200}
        session = self.s.token(provider, text, "tools/ci-hub", **more)
        self.change(self.take(session, "app-rollout", "GitHubActions", account=OWN))

    def story_from_abroad(self):
        """The first half lies in an account that nobody asks: the session's name is all that is known."""
        for hops in (1, 2):
            self.begin(f"person of a foreign account over {hops}")
            person = self.s.sso(JUDY, account=FOREIGN)
            session = self.take(person, "vendor-access", self.name(), account=OWN, at=-120)
            self.change(self.hops(session, hops - 1, person=0), named(JUDY, account=FOREIGN))
        machine = self.s.role("integration", "1718035023456789000", account=FOREIGN)
        right = named(FOREIGN, "vendor-access", "1718035023456789000", f"account {FOREIGN}")
        for label, by in (("machine", machine), ("user", self.s.user("mallory", account=FOREIGN))):
            self.begin(f"{label} of a foreign account")
            self.change(self.take(by, "vendor-access", self.name(), account=OWN), right)

    def story_switched_in_the_console(self):
        user = self.s.user("jane.doe", agent=SIGN_IN_AGENT)
        session = self.take(user, "Admin", "jane.doe", person=True, region=GLOBAL)
        session.more = CONSOLE
        self.change(session)
        self.begin("console role switching, keys of the console's own")
        session = self.in_the_console(self.s.unopened("Admin", "jane.roe", names=("jane.roe",)))
        self.change(session, named("jane.roe", kind="assumed-role", known=False))
        self.begin("a console's chained session, opened thirty hours before")
        session = self.take(self.s.sso(ALICE), "Admin", TOOL, at=-30 * 3600, region=GLOBAL)
        self.change(self.in_the_console(session), expected_of(session), says(session, chain=[]))

    def in_the_console(self, session):
        """Return a session whose keys are the console's own."""
        session.identity["sessionContext"]["signInSessionArn"], session.more = SIGN_IN, CONSOLE
        return session
