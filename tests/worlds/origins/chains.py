"""Stories of plain chains: who opened the first session, over nought to six roles taken in turn."""

from tests.worlds.blind.types import iam
from tests.worlds.origins.sessions import Expected, expected_of
from tests.worlds.origins.stage import FOREIGN, GLOBAL, OWN, SECOND

PEOPLE = ("alice@example.com", "bob@example.com", "carol.jones", "Dora.Klein@example.com", "erik", "f.meyer")
ROLES = (
    "Admin", "platform/deployer", "ops-hop", "break-glass", "terraform-exec", "data/admin", "network-admin",
    "OrganizationAccountAccessRole", "support/tier-2",
)  # fmt: skip
MADE_UP = (
    "botocore-session-{n}", "aws-go-sdk-{n}512", "AWSCLI-Session", "terraform", "session", "{n}123456789",
    "aws-sdk-js-session-{n}",
)  # fmt: skip
SUBJECTS = (
    ("github", "repo:acme/infra:ref:refs/heads/main", ("acme/infra@refs/heads/main",)),
    ("github", "repo:acme/Infra.live:ref:refs/tags/v1.2.0", ("acme/Infra.live@refs/tags/v1.2.0",)),
    ("github", "repo:acme/infra:environment:prod", ("acme/infra@environment:prod", "acme/infra@prod")),
    ("github", "repo:acme/infra:pull_request", ("acme/infra@pull_request",)),
    (
        "github",
        "repo:acme/infra:ref:refs/heads/main:job_workflow_ref:acme/ci/.github/workflows/apply.yml@refs/heads/main",
        None,
    ),
    ("github", "repository_id:4711:environment:prod", None),
    ("github", "repo:acme/infra:environment:<!channel> & `x`", None),
    ("gitlab", "project_path:acme/platform/infra:ref_type:branch:ref:main", ("acme/platform/infra@main",)),
    ("gitlab", "project_path:acme/infra:ref_type:tag:ref:v3.1", ("acme/infra@v3.1",)),
    ("gitlab", "project_path:acme/infra:ref_type:branch:ref:feature/a-b", ("acme/infra@feature/a-b",)),
    ("terraform", "organization:acme:project:Default Project:workspace:net-prod:run_phase:apply", ("acme/Default Project/net-prod",)),
    ("terraform", "organization:acme:project:infra:workspace:prod:run_phase:plan", ("acme/infra/prod",)),
    (
        "bitbucket",
        "{a1b2c3d4-1111-4222-8333-444455556666}:{0a0b0c0d-aaaa-4bbb-8ccc-ddddeeeeffff}:{99998888-7777-4666-8555-444433332222}",
        (None,),
    ),
    ("circleci", "org/0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f/project/1b2c3d4e-0000-4111-8222-333344445555/user/6f5e4d3c-9999-4888-8777-666655554444", (None,)),
    ("buildkite", "organization:acme:pipeline:infra:ref:refs/heads/main:commit:9f3c1d2e4b5a69788796a5b4c3d2e1f00f1e2d3c:step:deploy", ("acme/infra@refs/heads/main",)),
)  # fmt: skip
SESSION_NAMES = {
    "github": "GitHubActions", "gitlab": "GitLabRunner-4711-99887766", "terraform": "terraform-run-CZcmD7eagjhyX0vN",
    "bitbucket": "build-session", "circleci": "CircleCI-infra-482", "buildkite": "buildkite-job-0193a1b2-c3d4",
}  # fmt: skip


class Chains:
    """Plays every first session through every count of roles."""

    def __init__(self, stage):
        self.stage, self.random = stage, stage.random

    def play(self, rounds=1):
        firsts = [
            self.by_sso, self.by_user, self.by_mfa, self.by_saml, self.by_instance, self.by_function,
            self.by_task, self.by_pod,
        ]  # fmt: skip
        for number in range(rounds):
            for first in firsts:
                for hops in (0, 1, 2, 3):
                    self.chain(first, hops)
            for hops in (4, 5, 6):
                self.chain(self.random.choice(firsts[:4]), hops)
            for subject in SUBJECTS:
                self.by_token(subject, (number + len(subject[1])) % 3)
            self.federated()
            self.rooted()
            self.sourced()
            self.global_objects()
            self.cross_account()
            self.from_abroad()
            self.switched_in_the_console()
            self.pod_by_service_account()
            self.old_session()

    def name(self):
        return self.random.choice(MADE_UP).replace("{n}", str(self.random.randrange(10**9, 2 * 10**9)))

    # First sessions.

    def by_sso(self):
        return self.stage.sso(
            self.random.choice(PEOPLE), permissions=self.random.choice(("Admin", "PowerUser"))
        )

    def by_user(self):
        return self.stage.user(self.random.choice(("dora", "ops/erik", "svc.deploy", "jane.doe")))

    def by_mfa(self):
        return self.stage.user_with_mfa(self.random.choice(("gina", "people/hugo")))

    def by_saml(self):
        return self.stage.saml(self.random.choice(("frank@example.com", "f.ziegler")))

    def by_instance(self):
        return self.stage.instance(self.random.choice(("batch-worker", "ci/jenkins-node")))

    def by_function(self):
        return self.stage.function(self.random.choice(("nightly-cleanup", "rotator")))

    def by_task(self):
        return self.stage.task()

    def by_pod(self):
        return self.stage.pod()

    # Stories.

    def hops(self, session, count, *, person=0.2, **how):
        """Take so many roles in turn; now and then under a name that somebody chose."""
        for number in range(count):
            chosen = self.random.random() < person
            name = self.random.choice(PEOPLE) if chosen else self.name()
            at = -60 - 20 * (count - number)
            session = self.stage.take(session, self.random.choice(ROLES), name, at=at, person=chosen, **how)
        return session

    def chain(self, first, hops):
        self.stage.begin(f"{first.__name__} over {hops}")
        self.stage.change(self.hops(first(), hops))

    def by_token(self, subject, hops):
        provider, text, repositories = subject
        self.stage.begin(f"token of {provider} over {hops}")
        session = self.stage.token(
            provider, text, self.random.choice(("app-deploy", "ci/app-deploy")), SESSION_NAMES[provider],
            repositories=repositories, at=-200,
        )  # fmt: skip
        self.stage.change(self.hops(session, hops, person=0))

    def federated(self):
        self.stage.begin("federation token")
        self.stage.change(self.stage.federated("mary.major", "broker"))
        self.stage.begin("federation token of a made-up name")
        session = self.stage.federated("gntd-2hbKq3", "john.smith", names=("john.smith",))
        self.stage.change(session)

    def rooted(self):
        self.stage.begin("root")
        self.stage.change(self.stage.root())

    def sourced(self):
        """A source identity names the one behind without a lookup; who set it is in the trail too."""
        for hops in (1, 2):
            self.stage.begin(f"source identity over {hops}")
            person = self.stage.sso("grace@example.com")
            person.identity["sessionContext"]["sourceIdentity"] = "grace@example.com"
            session = self.hops(person, hops, person=0)
            named = Expected(names=("grace@example.com",), kind="assumed-role")
            self.stage.change(session, expected=[named])
            session.sourced = True

    def global_objects(self):
        """The call of a global service is in us-east-1, whatever region its caller's STS was."""
        for region in ("eu-west-1", GLOBAL):
            self.stage.begin(f"global object, STS in {region}", region="eu-west-1")
            session = self.stage.take(self.by_sso(), "Admin", self.name(), region=region)
            self.stage.change(session, make=iam.role)

        self.stage.begin("STS in the home region, the call elsewhere", region="us-west-2")
        session = self.stage.take(self.by_sso(), "Admin", self.name(), region="eu-west-1")
        # Two regions are asked, at most: this one is told only where the role's sessions were met there before.
        says = Expected(names=session.names, kind="assumed-role", chain=[], known=False)
        self.stage.change(session, expected=[expected_of(session), says])

    def cross_account(self):
        for first, home, there in (
            (self.stage.sso, SECOND, OWN), (self.stage.user, SECOND, OWN), (self.stage.sso, OWN, SECOND),
            (self.stage.user, OWN, SECOND),
        ):  # fmt: skip
            for hops in (1, 2):
                self.stage.begin(f"from {'ours' if home == OWN else 'an allowed account'} over {hops}")
                session = first(self.random.choice(("alice@example.com", "zoe")), account=home)
                session = self.stage.take(
                    session, self.random.choice(ROLES), self.name(), account=there, at=-120
                )
                self.stage.change(self.hops(session, hops - 1))
        self.stage.begin("there and back")
        session = self.stage.take(self.by_sso(), "hub/admin", self.name(), account=SECOND, at=-120)
        self.stage.change(self.stage.take(session, "spoke-admin", self.name(), account=OWN))
        self.stage.begin("token in an allowed account, role in ours")
        provider, text, repositories = SUBJECTS[0]
        session = self.stage.token(
            provider, text, "tools/ci-hub", account=SECOND, repositories=repositories, at=-200
        )
        self.stage.change(self.stage.take(session, "app-rollout", "GitHubActions", account=OWN))

    def from_abroad(self):
        """The first half lies in an account that nobody asks: the session's name is all that is known."""
        for hops in (1, 2):
            self.stage.begin(f"person of a foreign account over {hops}")
            person = self.stage.sso("judy@partner.example", account=FOREIGN)
            session = self.stage.take(person, "vendor-access", self.name(), account=OWN, at=-120)
            known = [Expected(names=("judy@partner.example",), account=FOREIGN, chain=None)]
            self.stage.change(self.hops(session, hops - 1, person=0), expected=known)
        self.stage.begin("machine of a foreign account")
        machine = self.stage.role("integration", "1718035023456789000", account=FOREIGN)
        name = self.name()
        session = self.stage.take(machine, "vendor-access", name, account=OWN)
        names = (FOREIGN, "vendor-access", "1718035023456789000", f"account {FOREIGN}")
        self.stage.change(session, expected=[Expected(names=names, chain=None)])
        self.stage.begin("user of a foreign account")
        session = self.stage.take(
            self.stage.user("mallory", account=FOREIGN), "vendor-access", name, account=OWN
        )
        self.stage.change(session, expected=[Expected(names=names, chain=None)])

    def switched_in_the_console(self):
        self.stage.begin("console role switching, a user")
        user = self.stage.user("jane.doe", agent="AWS Signin, aws-internal/3 aws-sdk-java/1.12.750")
        session = self.stage.take(user, "Admin", "jane.doe", person=True, region=GLOBAL)
        session.more = {"sessionCredentialFromConsole": "true"}
        self.stage.change(session)
        self.stage.begin("console role switching, keys of the console's own")
        session = self.stage.role("Admin", "jane.roe")
        session.names, session.asks = ("jane.roe",), True
        session.identity["sessionContext"]["signInSessionArn"] = (
            f"arn:aws:signin:us-east-1:{OWN}:session/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
        )
        session.more = {"sessionCredentialFromConsole": "true"}
        self.stage.change(session, expected=[Expected(names=("jane.roe",), kind="assumed-role", known=False)])

    def pod_by_service_account(self):
        self.stage.begin("pod by service account")
        session = self.stage.token(
            "eks", "system:serviceaccount:kube-system:external-dns", "eks/external-dns", "1718035023456789000"
        )
        self.stage.change(session)

    def old_session(self):
        self.stage.begin("session opened eleven hours before")
        session = self.stage.take(self.by_sso(), "Admin", self.name(), at=-11 * 3600)
        self.stage.change(session)
