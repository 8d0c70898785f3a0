"""Stories of services that act for somebody, and of calls from other accounts: where an event says who called, and where none does."""

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.blind.kind import Op
from tests.worlds.blind.types import storage
from tests.worlds.origins.chains import ALICE, BOB, JUDY, MAIN, TOOL
from tests.worlds.origins.sessions import called, expected_of, named, says
from tests.worlds.origins.stage import Stories

ORDERS = MAIN.replace("infra", "orders")
CLOUDFORMATION, GUARDED = "cloudformation.amazonaws.com", "cfn-guarded"


class Services(Stories):
    """Plays stacks, stack sets, builds, and buckets that other accounts change."""

    def arn(self, name="orders"):
        """Return the ARN of a stack: no two of one name are there at once."""
        stack = f"{name}-{self.s.number()}"
        return f"arn:aws:cloudformation:{self.s.region}:{OWN}:stack/{stack}/{self.s.world.uuid()}"

    def service_role(self, role="cfn-exec", name="AWSCloudFormation", service=CLOUDFORMATION):
        return self.s.by_service(service, role, name).through(service)

    def begun(self, label, role="cfn-exec"):
        """Begin a story of a stack with a service role; return the stack, the role's session, and two people."""
        self.begin(label)
        return self.arn(), self.service_role(role), self.s.sso(ALICE), self.s.sso(BOB)

    def pipeline(self, role="app-deploy", subject=ORDERS, repositories=None):
        return self.s.token("github", subject, role, repositories=repositories)

    def update(self, by, stack, *, at=-40, role="cfn-exec", **record):
        """Record that somebody updates a stack."""
        name, role_arn = stack.split("/")[1], f"arn:aws:iam::{OWN}:role/{role}"
        sent = {"stackName": name, "roleARN": role_arn, "usePreviousTemplate": True}
        listed = (("AWS::CloudFormation::Stack", stack),)
        op = self.s.op("cloudformation", "UpdateStack", sent, answer={"stackId": stack}, lists=listed)
        self.s.call(by, op, at, region=self.s.region, account=by.account, **record)

    def told(self, stack, session, *right, managed="terraform", **seen):
        """Change an object of a stack; who is right is an expectation, or somebody who called for it."""
        name = stack.split("/")[1]
        tags = {"stack-id": stack, "stack-name": name, "logical-id": "Web"}
        tags = {f"aws:cloudformation:{key}": text for key, text in tags.items()}
        self.change(session, *right, kind=self.s.thing(managed=managed, tags=tags), **seen)

    def story_stacks(self):
        for managed, verdict in (("terraform", "out-of-band"), ("cloudformation", "in-workflow")):
            seen = {"managed": managed, "verdict": verdict}
            self.begin(f"a stack with its caller's credentials, {managed}")
            stack, alice = self.arn(), self.take(self.s.sso(ALICE), "Admin", TOOL)
            self.update(alice, stack)
            self.told(stack, alice.through(CLOUDFORMATION), expected_of(alice), **seen)
            label = f"a failed update of a stack with a service role comes between, {managed}"
            stack, session, alice, bob = self.begun(label)
            self.update(alice, stack)
            refused = {"errorCode": "ValidationException", "errorMessage": "No updates are to be performed."}
            self.update(bob, stack, at=-10, **refused)
            self.told(stack, session, called(alice), **seen)
            stack, session, *_ = self.begun(f"a pipeline updates a stack with a service role, {managed}")
            run = self.pipeline(repositories=("acme/orders@refs/heads/main",))
            self.update(run, stack)
            self.told(stack, session, called(run), **seen)
            stack, session, _, bob = self.begun(f"a stack that nobody is seen to update, {managed}")
            self.update(bob, self.arn())
            self.told(stack, session, says(session), **seen)

    def story_guarded_stack(self):
        stack, session, alice, _ = self.begun("the pipeline updates its stack", GUARDED)
        run = self.pipeline("ci-hub", MAIN, ("acme/infra@refs/heads/main",))
        self.update(run, stack, role=GUARDED)
        self.told(stack, session, called(run), managed="guarded", verdict="in-workflow")
        stack, session, alice, _ = self.begun("a person updates the pipeline's stack", GUARDED)
        self.update(alice, stack, role=GUARDED)
        self.told(stack, session, called(alice), managed="guarded")
        for label, by, agent in (
            ("a person while the pipeline updates the stack", self.s.sso(ALICE), None),
            ("a person under CloudFormation's agent", self.s.user("dora"), CLOUDFORMATION),
        ):
            self.s.label = f"a stack's service role taken by {label}"
            stack, run = self.arn(), self.pipeline("ci-hub", MAIN)
            self.update(run, stack, role=GUARDED)
            session = self.take(by, GUARDED, "AWSCloudFormation")
            session.agent = agent or session.agent
            self.told(stack, session, managed="guarded")

    def story_nested_stack(self):
        parent, stack = self.arn("web"), self.arn("web-Net-1ABC")
        session, alice = self.service_role(), self.s.sso(ALICE)
        self.update(alice, parent)
        self.update(session, stack, at=-25)
        self.told(stack, session, called(alice), says(session))

    def story_stack_updated_nine_hours_before(self):
        stack, session = self.arn(), self.service_role()
        self.update(self.s.sso(BOB), stack, at=-9 * 3600)
        self.told(stack, session, says(session))

    def change_call(self, by, stack, operation, *, at, named=True):
        """Record a call on a stack's change set; executing lists no resource."""
        name = stack.split("/")[1]
        change_set = stack.replace(":stack/", ":changeSet/").replace(name, f"{name}-change")
        sent = {"changeSetName": change_set, **({"stackName": name} if named else {})}
        answer = {"id": change_set, "stackId": stack} if operation == "CreateChangeSet" else None
        op = self.s.op("cloudformation", operation, sent, answer=answer)
        self.s.call(by, op, at, region=self.s.region)

    def story_change_sets(self):
        for known in (True, False):
            which = f"stack {'' if known else 'not '}named"
            label = f"a change set made by the pipeline, executed by a person, {which}"
            stack, session, alice, bob = self.begun(label)
            self.update(bob, stack, at=-900)
            self.change_call(self.pipeline(), stack, "CreateChangeSet", at=-90)
            self.change_call(alice, stack, "ExecuteChangeSet", at=-30, named=known)
            self.told(stack, session, called(alice), *([] if known else [says(session)]))
        stack, session, alice, bob = self.begun("a change set of another stack is executed meanwhile")
        self.update(alice, stack)
        other = self.arn("web")
        self.change_call(bob, other, "CreateChangeSet", at=-60)
        self.change_call(bob, other, "ExecuteChangeSet", at=-20)
        self.told(stack, session, called(alice))

    def story_stack_set_of_the_allowed_account(self):
        stack, execution = self.arn("StackSet-baseline-0c5d1f7a"), "AWSCloudFormationStackSetExecutionRole"
        role, name = "AWSCloudFormationStackSetAdministrationRole", "StackSet-baseline"
        admin = self.s.by_service(CLOUDFORMATION, role, name, account=SECOND)
        session = self.take(admin.through(CLOUDFORMATION), execution, name, account=OWN, tells=False)
        right = named(execution, *admin.names, kind="assumed-role", known=False)
        self.told(stack, session.through(CLOUDFORMATION), right)

    def story_services_with_a_role_or_a_chain(self):
        name, codebuild = f"AWSCodeBuild-{self.s.world.uuid()}", "codebuild.amazonaws.com"
        session = self.service_role("service-role/codebuild-infra", name, codebuild)
        session.identity.pop("invokedBy")
        self.change(session, says(session))
        dora = self.take(self.s.user("dora"), "Admin", "aws-go-sdk-17325120114")
        self.change(dora.through("autoscaling.amazonaws.com"), expected_of(dora), after=1)

    def story_buckets_changed_from_other_accounts(self):
        """Our trail shows the account alone."""
        zoe, mallory = self.s.user("zoe", account=SECOND), self.s.user("mallory", account=FOREIGN)
        abroad = {"account": FOREIGN, "chain": []}
        for label, session, right in (
            ("a person of an allowed account", self.s.sso(BOB, account=SECOND), None),
            ("a role of an allowed account", self.take(zoe, "Admin", TOOL), None),
            ("a person of a foreign account", self.s.sso(JUDY, account=FOREIGN), named(JUDY, **abroad)),
            ("a user of a foreign account", mallory, named(FOREIGN, f"account {FOREIGN}", **abroad)),
        ):
            self.s.label, kind = f"{label} changes a bucket of ours", self.s.thing(storage.bucket)
            op, shared = kind.updates[0](), str(self.s.world.uuid())
            ours = session.seen_abroad(session.account, session.names)
            told = self.s.call(ours, op, kind=kind, account=OWN, sharedEventID=shared)
            theirs = Op(service=op.service, operation=op.operation, request=op.request, lists=op.lists)
            self.s.call(session, theirs, sharedEventID=shared, account=session.account, region=self.s.region)
            truth = self.s.seen(kind, told, after=70, verdict="out-of-band")
            truth.session, truth.reason_says = ours, ()
            truth.expected = (right or expected_of(session),)
