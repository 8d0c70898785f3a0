"""Stories of services that act for somebody: where an event says who called, and where none does."""

from datetime import timedelta

from tests.worlds.blind.kind import Op
from tests.worlds.origins.sessions import Expected, expected_of
from tests.worlds.origins.stage import OWN, SECOND

CLOUDFORMATION = "cloudformation.amazonaws.com"


class Services:
    """Plays stacks, stack sets, products, builds and runbooks."""

    def __init__(self, stage):
        self.stage = stage

    def play(self):
        for managed, verdict in (("terraform", "out-of-band"), ("cloudformation", "in-workflow")):
            self.own_credentials(managed, verdict)
            self.stack(managed, verdict)
            self.stack_of_a_pipeline(managed, verdict)
            self.stack_beside_a_failed_update(managed, verdict)
            self.stack_that_nobody_is_seen_to_update(managed, verdict)
        self.guarded_stack()
        self.nested_stack()
        self.product()
        self.stack_set()
        self.build()
        self.forwarded()

    def arn(self, name, account=OWN):
        """Return the ARN of a stack: no two of one name are there at once."""
        s = self.stage
        stack = f"{name}-{s.number()}"
        return f"arn:aws:cloudformation:{s.region}:{account}:stack/{stack}/{s.world.uuid()}"

    def object_of(self, stack, managed, account=OWN):
        tags = {
            "aws:cloudformation:stack-id": stack,
            "aws:cloudformation:stack-name": stack.split("/")[1],
            "aws:cloudformation:logical-id": "Web",
        }
        return self.stage.thing(managed=managed, tags=tags, account=account)

    def service_role(self, role="cfn-exec", name="AWSCloudFormation", service=CLOUDFORMATION, account=OWN):
        session = self.stage.role(role, name, account=account)
        self.stage.opened_by_service(session, service)
        return session.through(service)

    def update(self, by, stack, *, at=-40, role="cfn-exec", **record):
        """Record that somebody updates a stack."""
        s = self.stage
        op = Op(
            service="cloudformation",
            operation="UpdateStack",
            request={
                "stackName": stack.split("/")[1],
                "roleARN": f"arn:aws:iam::{OWN}:role/{role}",
                "usePreviousTemplate": True,
            },
            answer={"stackId": stack},
            lists=(("AWS::CloudFormation::Stack", stack),),
        )
        s.world.call(
            by.actor(), op, s.at + timedelta(seconds=at), region=s.region, account=by.account, **record
        )

    def caller_of(self, by, session):
        """Return what is right: who called for it; the service's session lies between."""
        right = expected_of(by)
        right.chain = None
        del session
        return right

    def says(self, session):
        return Expected(names=session.names, kind="assumed-role", chain=None, known=False)

    def own_credentials(self, managed, verdict):
        s = self.stage
        s.begin(f"a stack with its caller's credentials, {managed}")
        stack = self.arn("web")
        alice = s.take(s.sso("alice@example.com"), "Admin", "botocore-session-1732512011")
        self.update(alice, stack)
        s.change(
            alice.through(CLOUDFORMATION), kind=self.object_of(stack, managed), verdict=verdict,
            expected=[expected_of(alice)],
        )  # fmt: skip

    def stack(self, managed, verdict):
        s = self.stage
        s.begin(f"a stack with a service role, {managed}")
        stack, session = self.arn("web"), self.service_role()
        alice = s.sso("alice@example.com")
        self.update(alice, stack)
        s.change(
            session, kind=self.object_of(stack, managed), verdict=verdict,
            expected=[self.caller_of(alice, session)],
        )  # fmt: skip

    def stack_of_a_pipeline(self, managed, verdict):
        s = self.stage
        s.begin(f"a pipeline updates a stack with a service role, {managed}")
        stack, session = self.arn("orders"), self.service_role()
        subject = "repo:acme/orders:ref:refs/heads/main"
        run = s.token("github", subject, "app-deploy", repositories=("acme/orders@refs/heads/main",))
        self.update(run, stack)
        s.change(
            session, kind=self.object_of(stack, managed), verdict=verdict,
            expected=[self.caller_of(run, session)],
        )  # fmt: skip

    def stack_beside_a_failed_update(self, managed, verdict):
        s = self.stage
        s.begin(f"a failed update of the stack comes between, {managed}")
        stack, session = self.arn("web"), self.service_role()
        alice, bob = s.sso("alice@example.com"), s.sso("bob@example.com")
        self.update(alice, stack)
        self.update(
            bob, stack, at=-10, errorCode="ValidationException", errorMessage="No updates are to be performed.",
        )  # fmt: skip
        s.change(
            session, kind=self.object_of(stack, managed), verdict=verdict,
            expected=[self.caller_of(alice, session)],
        )  # fmt: skip

    def stack_that_nobody_is_seen_to_update(self, managed, verdict):
        s = self.stage
        s.begin(f"a stack that nobody is seen to update, {managed}")
        stack, session = self.arn("web"), self.service_role()
        self.update(s.sso("bob@example.com"), self.arn("web"))
        s.change(session, kind=self.object_of(stack, managed), verdict=verdict, expected=[self.says(session)])

    def guarded_stack(self):
        s = self.stage
        s.begin("the pipeline updates its stack")
        stack, session = self.arn("orders"), self.service_role("cfn-guarded")
        run = s.token(
            "github",
            "repo:acme/infra:ref:refs/heads/main",
            "ci-hub",
            repositories=("acme/infra@refs/heads/main",),
        )
        self.update(run, stack, role="cfn-guarded")
        right = [self.caller_of(run, session)]
        s.change(session, kind=self.object_of(stack, "guarded"), verdict="in-workflow", expected=right)
        s.begin("a person updates the pipeline's stack")
        stack, session = self.arn("orders"), self.service_role("cfn-guarded")
        alice = s.sso("alice@example.com")
        self.update(alice, stack, role="cfn-guarded")
        right = [self.caller_of(alice, session)]
        s.change(session, kind=self.object_of(stack, "guarded"), verdict="out-of-band", expected=right)

    def nested_stack(self):
        s = self.stage
        s.begin("a nested stack: its parent is updated by a person")
        parent, stack = self.arn("web"), self.arn("web-Net-1ABC")
        session = self.service_role()
        alice = s.sso("alice@example.com")
        self.update(alice, parent)
        self.update(session, stack, at=-25)
        right = [self.caller_of(alice, session), self.says(session)]
        s.change(session, kind=self.object_of(stack, "terraform"), expected=right)

    def product(self):
        s = self.stage
        for callers in (["alice@example.com"], ["alice@example.com", "bob@example.com"]):
            s.begin(f"a product of Service Catalog that {len(callers)} updated")
            product = f"pp-{s.number():013}"
            stack = f"arn:aws:cloudformation:{s.region}:{OWN}:stack/SC-{OWN}-{product}/{s.world.uuid()}"
            session = self.service_role("sc-launch", "servicecatalog", "servicecatalog.amazonaws.com")
            people = [s.sso(each) for each in callers]
            for before, person in zip((70, 95), people, strict=False):
                op = Op(
                    service="servicecatalog",
                    operation="UpdateProvisionedProduct",
                    request={"provisionedProductName": "web", "productId": "prod-abcdefghijklm"},
                    answer={"recordDetail": {"provisionedProductId": product, "recordId": "rec-1"}},
                )
                s.world.call(person.actor(), op, s.at - timedelta(seconds=before), region=s.region)
            self.update(session, stack, role="sc-launch")
            acting = session.through(CLOUDFORMATION)
            alone = len(people) == 1
            right = [self.caller_of(people[0], session) if alone else self.says(session)]
            s.change(acting, kind=self.object_of(stack, "terraform"), expected=right)

    def stack_set(self):
        s = self.stage
        s.begin("a stack set of the allowed account")
        stack = self.arn("StackSet-baseline-0c5d1f7a")
        admin = s.role("AWSCloudFormationStackSetAdministrationRole", "StackSet-baseline", account=SECOND)
        s.opened_by_service(admin, CLOUDFORMATION)
        execution = "AWSCloudFormationStackSetExecutionRole"
        session = s.take(
            admin.through(CLOUDFORMATION), execution, "StackSet-baseline", account=OWN, tells=False
        )
        names = (execution, *admin.names)
        right = [Expected(names=names, kind="assumed-role", chain=None, known=False)]
        acting = session.through(CLOUDFORMATION)
        s.change(acting, kind=self.object_of(stack, "terraform"), expected=right)

    def build(self):
        s = self.stage
        s.begin("a build of CodeBuild")
        session = self.service_role(
            "service-role/codebuild-infra", f"AWSCodeBuild-{s.world.uuid()}", "codebuild.amazonaws.com"
        )
        session.identity.pop("invokedBy")
        s.change(session, expected=[self.says(session)])
        s.begin("a stage of CodePipeline")
        session = self.service_role(
            "service-role/pipeline-infra", "1732512011234", "codepipeline.amazonaws.com"
        )
        s.change(session, expected=[self.says(session)])

    def forwarded(self):
        s = self.stage
        s.begin("a service calls with a session of a chain")
        dora = s.take(s.user("dora"), "Admin", "aws-go-sdk-17325120114")
        expected = [expected_of(dora)]
        s.change(dora.through("autoscaling.amazonaws.com"), expected=expected)
