"""Stories of plain chains: who opened the first session, over nought to six roles taken in turn."""

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.blind.types import iam
from tests.worlds.origins.sessions import Session, expected_of, named, says
from tests.worlds.origins.stage import GLOBAL, Stories

PEOPLE = ("alice@example.com", "bob@example.com", "carol.jones", "Dora.Klein@example.com", "erik", "f.meyer")
ROLES = (
    "Admin", "platform/deployer", "ops-hop", "break-glass", "terraform-exec", "data/admin", "network-admin",
    "OrganizationAccountAccessRole", "support/tier-2",
)  # fmt: skip
MADE_UP = (
    "botocore-session-{n}", "aws-go-sdk-{n}512", "AWSCLI-Session", "terraform", "session", "{n}123456789",
    "aws-sdk-js-session-{n}",
)  # fmt: skip
MAIN, COMMIT = "repo:acme/infra:ref:refs/heads/main", "9f3c1d2e4b5a69788796a5b4c3d2e1f00f1e2d3c"
UUIDS = "{a1b2c3d4-1111-4222-8333-444455556666}:{0a0b0c0d-aaaa-4bbb-8ccc-ddddeeeeffff}:{99998888-7777-4666-8555-444433332222}"
CIRCLE = "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/1b2c3d4e-0000-4111-8222-333344445555/user/6f5e4d3c-9999-4888-8777-666655554444"
BRANCH = "project_path:acme/platform/infra:ref_type:branch:ref:main"
SUBJECTS = (
    ("github", MAIN, ("acme/infra@refs/heads/main",)),
    ("github", "repo:acme/Infra.live:ref:refs/tags/v1.2.0", ("acme/Infra.live@refs/tags/v1.2.0",)),
    ("github", "repo:acme/infra:environment:prod", ("acme/infra@environment:prod", "acme/infra@prod")),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",)),
    ("github", f"{MAIN}:job_workflow_ref:acme/ci/.github/workflows/apply.yml@refs/heads/main", None),
    ("github", "repository_id:4711:environment:prod", None),
    ("github", "repo:acme/infra:environment:<!channel> & `x`", None),
    ("gitlab", BRANCH, ("acme/platform/infra@main",)),
    ("gitlab", "project_path:acme/infra:ref_type:tag:ref:v3.1", ("acme/infra@v3.1",)),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:feature/a-b", ("acme/infra@feature/a-b",)),
    ("terraform", "organization:acme:project:Default Project:workspace:net-prod:run_phase:apply", ("acme/Default Project/net-prod",)),
    ("terraform", "organization:acme:project:infra:workspace:prod:run_phase:plan", ("acme/infra/prod",)),
    ("bitbucket", UUIDS, (None,)),
    ("circleci", CIRCLE, (None,)),
    ("buildkite", f"organization:acme:pipeline:infra:ref:refs/heads/main:commit:{COMMIT}:step:deploy", ("acme/infra@refs/heads/main",)),
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
    "by_task": lambda s: s.task(),
    "by_pod": lambda s: s.pod(),
}


class Chains(Stories):
    """Plays every first session through every count of roles."""

    def play(self):
        for first in FIRSTS:
            for hops in (0, 1, 2, 3):
                self.chain(first, hops)
        for hops in (4, 5, 6):
            self.chain(self.random.choice(tuple(FIRSTS)[:4]), hops)
        for subject in SUBJECTS:
            self.by_token(subject, len(subject[1]) % 3)
        self.federated()
        self.begin("root")
        self.change(self.s.root())
        self.sourced()
        self.global_objects()
        self.cross_account()
        self.from_abroad()
        self.switched_in_the_console()
        self.begin("pod by service account")
        external, name = "system:serviceaccount:kube-system:external-dns", "1718035023456789000"
        self.change(self.s.token("eks", external, "eks/external-dns", name))
        self.begin("session opened eleven hours before")
        self.change(self.take(self.by_sso(), "Admin", self.name(), at=-11 * 3600))

    def name(self):
        return self.random.choice(MADE_UP).replace("{n}", str(self.random.randrange(10**9, 2 * 10**9)))

    def by_sso(self):
        return FIRSTS["by_sso"](self.s)

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

    def by_token(self, subject, hops):
        provider, text, repositories = subject
        self.begin(f"token of {provider} over {hops}")
        role, name = self.s.pick("app-deploy", "ci/app-deploy"), SESSION_NAMES[provider]
        session = self.s.token(provider, text, role, name, repositories=repositories, at=-200)
        self.change(self.hops(session, hops, person=0))

    def federated(self):
        self.begin("federation token")
        self.change(self.s.federated("mary.major", "broker"))
        self.begin("federation token of a made-up name")
        self.change(self.s.federated("gntd-2hbKq3", "john.smith", names=("john.smith",)))

    def sourced(self):
        """A source identity names the one behind without a lookup; who set it is in the trail too."""
        for hops in (1, 2):
            self.begin(f"source identity over {hops}")
            person = self.s.sso("grace@example.com")
            person.identity["sessionContext"]["sourceIdentity"] = "grace@example.com"
            right = named("grace@example.com", kind="assumed-role")
            self.change(self.hops(person, hops, person=0), right)

    def global_objects(self):
        """The call of a global service is in us-east-1, whatever region its caller's STS was."""
        for region in ("eu-west-1", GLOBAL):
            self.begin(f"global object, STS in {region}", region="eu-west-1")
            self.change(self.take(self.by_sso(), "Admin", self.name(), region=region), make=iam.role)
        self.begin("STS in the home region, the call elsewhere", region="us-west-2")
        session = self.take(self.by_sso(), "Admin", self.name(), region="eu-west-1")
        # Two regions are asked, at most: this one is told only where the role's sessions were met there before.
        self.change(session, expected_of(session), says(session, chain=[]))

    def cross_account(self):
        ways = (self.s.sso, SECOND), (self.s.user, SECOND), (self.s.sso, OWN), (self.s.user, OWN)
        for first, home in ways:
            for hops in (1, 2):
                self.begin(f"from {'ours' if home == OWN else 'an allowed account'} over {hops}")
                session = first(self.s.pick("alice@example.com", "zoe"), account=home)
                role, there = self.random.choice(ROLES), OWN if home == SECOND else SECOND
                session = self.take(session, role, self.name(), account=there, at=-120)
                self.change(self.hops(session, hops - 1))
        self.begin("there and back")
        session = self.take(self.by_sso(), "hub/admin", self.name(), account=SECOND, at=-120)
        self.change(self.take(session, "spoke-admin", self.name(), account=OWN))
        self.begin("token in an allowed account, role in ours")
        provider, text, repositories = SUBJECTS[0]
        more = {"account": SECOND, "repositories": repositories, "at": -200}
        session = self.s.token(provider, text, "tools/ci-hub", **more)
        self.change(self.take(session, "app-rollout", "GitHubActions", account=OWN))

    def from_abroad(self):
        """The first half lies in an account that nobody asks: the session's name is all that is known."""
        for hops in (1, 2):
            self.begin(f"person of a foreign account over {hops}")
            person = self.s.sso("judy@partner.example", account=FOREIGN)
            session = self.take(person, "vendor-access", self.name(), account=OWN, at=-120)
            known = named("judy@partner.example", account=FOREIGN)
            self.change(self.hops(session, hops - 1, person=0), known)
        self.begin("machine of a foreign account")
        machine = self.s.role("integration", "1718035023456789000", account=FOREIGN)
        name = self.name()
        right = named(FOREIGN, "vendor-access", "1718035023456789000", f"account {FOREIGN}")
        self.change(self.take(machine, "vendor-access", name, account=OWN), right)
        self.begin("user of a foreign account")
        mallory = self.s.user("mallory", account=FOREIGN)
        self.change(self.take(mallory, "vendor-access", name, account=OWN), right)

    def switched_in_the_console(self):
        self.begin("console role switching, a user")
        user = self.s.user("jane.doe", agent=SIGN_IN_AGENT)
        self.change(self.switched(user, "Admin"))
        self.begin("console role switching, keys of the console's own")
        session = self.in_the_console(self.s.unopened("Admin", "jane.roe", names=("jane.roe",)))
        self.change(session, named("jane.roe", kind="assumed-role", known=False))

    def switched(self, user, role):
        """Return the session of a user who switched to a role in the console."""
        session = self.take(user, role, user.names[0], person=True, region=GLOBAL)
        session.more = CONSOLE
        return session

    def in_the_console(self, session: Session):
        """Return a session whose keys are the console's own."""
        session.identity["sessionContext"]["signInSessionArn"], session.more = SIGN_IN, CONSOLE
        return session
