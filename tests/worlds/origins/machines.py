"""Stories of machines' own roles that a workflow guards, of calls from other accounts, and of stacks' change sets."""

from datetime import timedelta

from tests.worlds.blind.kind import Op
from tests.worlds.blind.types import storage
from tests.worlds.origins.services import CLOUDFORMATION, Services
from tests.worlds.origins.sessions import Expected, Session, expected_of
from tests.worlds.origins.stage import FOREIGN, GLOBAL, OWN, SECOND

ATLANTIS = "system:serviceaccount:atlantis:atlantis"
TOOL = "botocore-session-1732512011"


class Machines:
    """Plays them, each with the hand that imitates it."""

    def __init__(self, stage):
        self.stage = stage

    def play(self):
        for story in (
            self.service_account, self.own_role, self.build, self.pod, self.bucket_of_ours, self.bucket_from_abroad,
            self.change_set, self.change_set_of_another_stack, self.cancelled, self.stack_long_ago, self.root_of_a_member,
            self.console_of_yesterday, self.stack_role_by_hand,
        ):  # fmt: skip
            story()

    def hand(self, role, name):
        """Let somebody take a machine's role under the name that the machine gives its sessions."""
        s = self.stage
        s.change(s.take(s.sso("alice@example.com"), role, name))
        s.begin(f"{s.label}, by hand over two")
        hop = s.take(s.user("dora"), "ops-hop", "hop-17325120114", at=-120)
        s.change(s.take(hop, role, name))

    def service_account(self):
        s = self.stage
        s.begin("Atlantis by its service account")
        session = s.token("eks", ATLANTIS, "agent-atlantis", "atlantis-0")
        session.asks = True
        s.change(session, verdict="in-workflow")
        for subject in ("system:serviceaccount:atlantis:default", "system:serviceaccount:default:atlantis"):
            s.begin(f"another service account in Atlantis's role: {subject}")
            s.change(s.token("eks", subject, "agent-atlantis", "atlantis-0"))
        s.begin("another cluster's service account in Atlantis's role")
        other = "oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000"
        s.change(s.token("eks", ATLANTIS, "agent-atlantis", "atlantis-0", issuer=other))
        s.begin("Atlantis's role")
        self.hand("agent-atlantis", "atlantis-0")

    def own_role(self):
        s = self.stage
        for shown in (True, False):
            s.begin(f"an instance in its own guarded role, {'shown' if shown else 'not shown'} by the call")
            session = s.instance("agent-jenkins", shown=shown)
            s.change(session, verdict="in-workflow")
        s.begin("the instance's role")
        self.hand("agent-jenkins", "i-0a1b2c3d4e5f60718")

    def build(self):
        s = self.stage
        s.begin("CodeBuild in its own guarded role")
        name = f"AWSCodeBuild-{s.world.uuid()}"
        session = s.role("agent-codebuild", name)
        session.asks = True
        s.opened_by_service(session, "codebuild.amazonaws.com")
        s.change(session, verdict="in-workflow")
        s.begin("CodeBuild's role")
        self.hand("agent-codebuild", name)

    def pod(self):
        s = self.stage
        s.begin("a pod in its own guarded role")
        session = s.pod("agent-pod")
        session.asks = True
        s.change(session, verdict="in-workflow")
        s.begin("the pod's role")
        self.hand("agent-pod", session.name)

    # Calls that another account's session makes on an object of ours.

    def shared_call(self, session):
        """Let a session of another account change a bucket of ours: our trail shows the account alone."""
        s = self.stage
        kind = s.thing(make=storage.bucket, account=OWN)
        op = kind.updates[0]()
        shared = str(s.world.uuid())
        copy = {"sharedEventID": shared, "account": session.account, "region": s.region}
        ours = Session(
            identity={
                "type": "AWSAccount",
                "principalId": session.identity["principalId"],
                "accountId": session.account,
            },
            names=session.names, ip=session.ip, agent=session.agent, account=session.account,
        )  # fmt: skip
        told = s.world.call(ours.actor(), op, s.at, kind=kind, account=OWN, sharedEventID=shared)
        theirs = Op(service=op.service, operation=op.operation, request=op.request, lists=op.lists)
        s.world.call(session.actor(), theirs, s.at, **copy)
        truth = s.world.capture(
            kind,
            s.at + timedelta(seconds=70),
            [told],
            label=s.label,
            verdict="out-of-band",
            envelope="eventbridge",
        )
        truth.session, truth.reason_says = ours, ()
        return truth

    def bucket_of_ours(self):
        s = self.stage
        s.begin("a person of an allowed account changes a bucket of ours")
        person = s.sso("bob@example.com", account=SECOND)
        self.shared_call(person).expected = (expected_of(person),)
        s.begin("a role of an allowed account changes a bucket of ours")
        session = s.take(s.user("zoe", account=SECOND), "Admin", TOOL)
        self.shared_call(session).expected = (expected_of(session),)

    def bucket_from_abroad(self):
        s = self.stage
        s.begin("a person of a foreign account changes a bucket of ours")
        person = s.sso("judy@partner.example", account=FOREIGN)
        self.shared_call(person).expected = (Expected(names=person.names, account=FOREIGN, chain=[]),)
        s.begin("a user of a foreign account changes a bucket of ours")
        user = s.user("mallory", account=FOREIGN)
        names = (FOREIGN, f"account {FOREIGN}")
        self.shared_call(user).expected = (Expected(names=names, account=FOREIGN, chain=[]),)

    # Stacks by change sets, as most tools update them.

    def calls_on(self, stack):
        """Return what records a call on a stack's change set by somebody; executing lists no resource."""
        s = self.stage
        name = stack.split("/")[1]
        change_set = stack.replace(":stack/", ":changeSet/").replace(name, f"{name}-change")

        def call(by, operation, *, at, named=True):
            sent = {"changeSetName": change_set, **({"stackName": name} if named else {})}
            answer = {"id": change_set, "stackId": stack} if operation == "CreateChangeSet" else None
            op = Op(service="cloudformation", operation=operation, request=sent, answer=answer)
            s.world.call(by.actor(), op, s.at + timedelta(seconds=at), region=s.region)

        return call

    def change_set(self):
        s, services = self.stage, Services(self.stage)
        for named in (True, False):
            s.begin(
                f"a change set made by the pipeline, executed by a person, stack {'' if named else 'not '}named"
            )
            stack, session = services.arn("orders"), services.service_role()
            run = s.token("github", "repo:acme/orders:ref:refs/heads/main", "app-deploy", repositories=None)
            bob, alice = s.sso("bob@example.com"), s.sso("alice@example.com")
            services.update(bob, stack, at=-900)
            call = self.calls_on(stack)
            call(run, "CreateChangeSet", at=-90)
            call(alice, "ExecuteChangeSet", at=-30, named=named)
            right = [services.caller_of(alice, session)]
            if not named:
                right.append(services.says(session))
            s.change(session, kind=services.object_of(stack, "terraform"), expected=right)

    def change_set_of_another_stack(self):
        s, services = self.stage, Services(self.stage)
        s.begin("a change set of another stack is executed meanwhile")
        stack, session = services.arn("orders"), services.service_role()
        alice, bob = s.sso("alice@example.com"), s.sso("bob@example.com")
        services.update(alice, stack)
        other = self.calls_on(services.arn("web"))
        other(bob, "CreateChangeSet", at=-60)
        other(bob, "ExecuteChangeSet", at=-20)
        right = [services.caller_of(alice, session)]
        s.change(session, kind=services.object_of(stack, "terraform"), expected=right)

    def cancelled(self):
        s, services = self.stage, Services(self.stage)
        s.begin("an update that somebody else cancels")
        stack, session = services.arn("orders"), services.service_role()
        alice, bob = s.sso("alice@example.com"), s.sso("bob@example.com")
        services.update(alice, stack, at=-300)
        op = Op(
            service="cloudformation",
            operation="CancelUpdateStack",
            request={"stackName": stack.split("/")[1]},
            lists=(("AWS::CloudFormation::Stack", stack.split("/")[1]),),
        )
        s.world.call(bob.actor(), op, s.at - timedelta(seconds=20), region=s.region)
        right = [services.caller_of(each, session) for each in (bob, alice)]
        s.change(session, kind=services.object_of(stack, "terraform"), expected=right)

    def stack_long_ago(self):
        s, services = self.stage, Services(self.stage)
        s.begin("a stack that was updated nine hours before")
        stack, session = services.arn("orders"), services.service_role()
        services.update(s.sso("bob@example.com"), stack, at=-9 * 3600)
        s.change(session, kind=services.object_of(stack, "terraform"), expected=[services.says(session)])

    def stack_role_by_hand(self):
        s, services = self.stage, Services(self.stage)
        s.begin("a stack's service role taken by a person while the pipeline updates the stack")
        stack = services.arn("orders")
        run = s.token("github", "repo:acme/infra:ref:refs/heads/main", "ci-hub", repositories=None)
        services.update(run, stack, role="cfn-guarded")
        session = s.take(s.sso("alice@example.com"), "cfn-guarded", "AWSCloudFormation")
        s.change(session, kind=services.object_of(stack, "guarded"))
        s.begin("a stack's service role taken by a person, CloudFormation's agent forged")
        stack = services.arn("orders")
        services.update(run, stack, role="cfn-guarded")
        session = s.take(s.user("dora"), "cfn-guarded", "AWSCloudFormation")
        session.agent = CLOUDFORMATION
        s.change(session, kind=services.object_of(stack, "guarded"))

    # The console, and root.

    def root_of_a_member(self):
        s = self.stage
        s.begin("root of a member account, by AssumeRoot")
        alice = s.sso("alice@example.com")
        root = s.root(account=SECOND)
        root.identity["sessionContext"]["assumedRoot"] = "true"
        root.asks = True
        shared = str(s.world.uuid())
        request = {
            "targetPrincipal": SECOND,
            "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
        }
        answer = {"credentials": s.credentials(root.key)}
        for account in (OWN, SECOND):
            s.sts(
                alice, "AssumeRoot", request, answer, lists=[root.key, SECOND], sharedEventID=shared,
                account=account, region=s.region,
            )  # fmt: skip
        named = Expected(names=("alice@example.com", *root.names), chain=None)
        s.change(root, make=storage.bucket, expected=[named])

    def console_of_yesterday(self):
        s = self.stage
        s.begin("a console's chained session, opened thirty hours before")
        session = s.take(s.sso("alice@example.com"), "Admin", TOOL, at=-30 * 3600, region=GLOBAL)
        session.more = {"sessionCredentialFromConsole": "true"}
        context = session.identity["sessionContext"]
        context["signInSessionArn"] = (
            f"arn:aws:signin:us-east-1:{OWN}:session/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
        )
        says = Expected(names=session.names, kind="assumed-role", chain=[], known=False)
        s.change(session, expected=[expected_of(session), says])
