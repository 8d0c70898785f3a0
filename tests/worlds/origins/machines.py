"""Stories of machines' own roles that a workflow guards, of calls from other accounts, and of stacks' change sets."""

from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.blind.kind import Op
from tests.worlds.blind.types import storage
from tests.worlds.origins.chains import MAIN, Chains
from tests.worlds.origins.services import ALICE, BOB, CLOUDFORMATION, ORDERS, Services, called
from tests.worlds.origins.sessions import expected_of, named, says
from tests.worlds.origins.stage import GLOBAL, Stories

ATLANTIS = "system:serviceaccount:atlantis:atlantis"
TOOL = "botocore-session-1732512011"


class Machines(Stories):
    """Plays them, each with the hand that imitates it."""

    def __init__(self, stage):
        super().__init__(stage)
        self.services = Services(stage)
        self.told, self.begun, self.update = self.services.told, self.services.begun, self.services.update

    def play(self):
        for story in (
            self.service_account, self.own_role, self.build, self.pod, self.bucket_of_ours, self.bucket_from_abroad,
            self.change_set, self.change_set_of_another_stack, self.cancelled, self.stack_long_ago, self.root_of_a_member,
            self.console_of_yesterday, self.stack_role_by_hand,
        ):  # fmt: skip
            story()

    def hand(self, label, role, name):
        """Let somebody take a machine's role under the name that the machine gives its sessions."""
        self.begin(label)
        self.change(self.take(self.s.sso(ALICE), role, name))
        self.begin(f"{label}, by hand over two")
        hop = self.take(self.s.user("dora"), "ops-hop", "hop-17325120114", at=-120)
        self.change(self.take(hop, role, name))

    def runs(self, label, session_of):
        """Let a machine's own session make a change."""
        self.begin(label)
        session = session_of()
        session.asks = True
        self.change(session, verdict="in-workflow")
        return session

    def service_account(self):
        def token(subject, **more):
            return self.s.token("eks", subject, "agent-atlantis", "atlantis-0", **more)

        self.runs("Atlantis by its service account", lambda: token(ATLANTIS))
        for subject in ("system:serviceaccount:atlantis:default", "system:serviceaccount:default:atlantis"):
            self.begin(f"another service account in Atlantis's role: {subject}")
            self.change(token(subject))
        self.begin("another cluster's service account in Atlantis's role")
        other = "oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000"
        self.change(token(ATLANTIS, issuer=other))
        self.hand("Atlantis's role", "agent-atlantis", "atlantis-0")

    def own_role(self):
        for shown in (True, False):
            self.begin(
                f"an instance in its own guarded role, {'shown' if shown else 'not shown'} by the call"
            )
            self.change(self.s.instance("agent-jenkins", shown=shown), verdict="in-workflow")
        self.hand("the instance's role", "agent-jenkins", "i-0a1b2c3d4e5f60718")

    def build(self):
        def session():
            name = f"AWSCodeBuild-{self.s.world.uuid()}"
            return self.s.by_service("codebuild.amazonaws.com", "agent-codebuild", name)

        name = self.runs("CodeBuild in its own guarded role", session).name
        self.hand("CodeBuild's role", "agent-codebuild", name)

    def pod(self):
        session = self.runs("a pod in its own guarded role", lambda: self.s.pod("agent-pod"))
        self.hand("the pod's role", "agent-pod", session.name)

    def shared_call(self, label, caller, right=None):
        """Let a session of another account change a bucket of ours: our trail shows the account alone."""
        self.begin(f"{label} changes a bucket of ours")
        session, kind = caller(), self.s.thing(storage.bucket)
        op, shared = kind.updates[0](), str(self.s.world.uuid())
        ours = session.seen_abroad(session.account, session.names)
        told = self.s.call(ours, op, kind=kind, account=OWN, sharedEventID=shared)
        theirs = Op(service=op.service, operation=op.operation, request=op.request, lists=op.lists)
        self.s.call(session, theirs, sharedEventID=shared, account=session.account, region=self.s.region)
        truth = self.s.seen(kind, told, after=70, verdict="out-of-band")
        truth.session, truth.reason_says = ours, ()
        truth.expected = (right or expected_of(session),)

    def bucket_of_ours(self):
        self.shared_call("a person of an allowed account", lambda: self.s.sso(BOB, account=SECOND))
        zoe = lambda: self.s.user("zoe", account=SECOND)  # noqa: E731 (made when its story begins)
        self.shared_call("a role of an allowed account", lambda: self.take(zoe(), "Admin", TOOL))

    def bucket_from_abroad(self):
        judy, abroad = "judy@partner.example", {"account": FOREIGN, "chain": []}
        person = named(judy, **abroad)
        self.shared_call("a person of a foreign account", lambda: self.s.sso(judy, account=FOREIGN), person)
        user = named(FOREIGN, f"account {FOREIGN}", **abroad)
        self.shared_call("a user of a foreign account", lambda: self.s.user("mallory", account=FOREIGN), user)

    def change_call(self, by, stack, operation, *, at, named=True):
        """Record a call on a stack's change set; executing lists no resource."""
        name = stack.split("/")[1]
        change_set = stack.replace(":stack/", ":changeSet/").replace(name, f"{name}-change")
        sent = {"changeSetName": change_set, **({"stackName": name} if named else {})}
        answer = {"id": change_set, "stackId": stack} if operation == "CreateChangeSet" else None
        op = self.s.op("cloudformation", operation, sent, answer=answer)
        self.s.call(by, op, at, region=self.s.region)

    def change_set(self):
        for known in (True, False):
            which = f"stack {'' if known else 'not '}named"
            label = f"a change set made by the pipeline, executed by a person, {which}"
            stack, session = self.begun(label, "orders")
            run = self.s.token("github", ORDERS, "app-deploy", repositories=None)
            bob, alice = self.s.sso(BOB), self.s.sso(ALICE)
            self.update(bob, stack, at=-900)
            self.change_call(run, stack, "CreateChangeSet", at=-90)
            self.change_call(alice, stack, "ExecuteChangeSet", at=-30, named=known)
            self.told(stack, session, called(alice), *([] if known else [says(session)]))

    def change_set_of_another_stack(self):
        stack, session = self.begun("a change set of another stack is executed meanwhile", "orders")
        alice, bob = self.s.sso(ALICE), self.s.sso(BOB)
        self.update(alice, stack)
        other = self.services.arn("web")
        self.change_call(bob, other, "CreateChangeSet", at=-60)
        self.change_call(bob, other, "ExecuteChangeSet", at=-20)
        self.told(stack, session, called(alice))

    def cancelled(self):
        stack, session = self.begun("an update that somebody else cancels", "orders")
        alice, bob = self.s.sso(ALICE), self.s.sso(BOB)
        self.update(alice, stack, at=-300)
        name = stack.split("/")[1]
        listed = (("AWS::CloudFormation::Stack", name),)
        op = self.s.op("cloudformation", "CancelUpdateStack", {"stackName": name}, lists=listed)
        self.s.call(bob, op, -20, region=self.s.region)
        self.told(stack, session, called(bob), called(alice))

    def stack_long_ago(self):
        stack, session = self.begun("a stack that was updated nine hours before", "orders")
        self.update(self.s.sso(BOB), stack, at=-9 * 3600)
        self.told(stack, session, says(session))

    def stack_role_by_hand(self):
        self.begin("a stack's service role taken by a person while the pipeline updates the stack")
        stack, role = self.services.arn("orders"), "cfn-guarded"
        run = self.s.token("github", MAIN, "ci-hub", repositories=None)
        self.update(run, stack, role=role)
        self.told(stack, self.take(self.s.sso(ALICE), role, "AWSCloudFormation"), managed="guarded")
        self.begin("a stack's service role taken by a person, CloudFormation's agent forged")
        stack = self.services.arn("orders")
        self.update(run, stack, role=role)
        session = self.take(self.s.user("dora"), role, "AWSCloudFormation")
        session.agent = CLOUDFORMATION
        self.told(stack, session, managed="guarded")

    def root_of_a_member(self):
        self.begin("root of a member account, by AssumeRoot")
        alice, root = self.s.sso(ALICE), self.s.root(account=SECOND)
        root.identity["sessionContext"]["assumedRoot"], root.asks = "true", True
        policy = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
        sent = {"targetPrincipal": SECOND, "taskPolicyArn": {"arn": policy}}
        answer = {"credentials": self.s.credentials(root.key)}
        more = {"lists": [root.key, SECOND], "sharedEventID": str(self.s.world.uuid())}
        for account in (OWN, SECOND):
            self.s.sts(alice, "AssumeRoot", sent, answer, account=account, region=self.s.region, **more)
        self.change(root, named(ALICE, *root.names), make=storage.bucket)

    def console_of_yesterday(self):
        self.begin("a console's chained session, opened thirty hours before")
        session = self.take(self.s.sso(ALICE), "Admin", TOOL, at=-30 * 3600, region=GLOBAL)
        Chains(self.s).in_the_console(session)
        self.change(session, expected_of(session), says(session, chain=[]))
