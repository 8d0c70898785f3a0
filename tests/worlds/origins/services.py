"""Stories of services that act for somebody: where an event says who called, and where none does."""

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.origins.chains import MAIN
from tests.worlds.origins.sessions import expected_of, named, says
from tests.worlds.origins.stage import Stories

ORDERS = MAIN.replace("infra", "orders")
CLOUDFORMATION = "cloudformation.amazonaws.com"
ALICE, BOB = "alice@example.com", "bob@example.com"


class Services(Stories):
    """Plays stacks, stack sets, products, builds and runbooks."""

    def play(self):
        for managed, verdict in (("terraform", "out-of-band"), ("cloudformation", "in-workflow")):
            for story in (self.own_credentials, self.stack, self.pipelines, self.failed_update, self.unseen):
                story(managed, verdict=verdict)
        self.guarded_stack()
        self.nested_stack()
        self.product()
        self.stack_set()
        self.build()
        self.begin("a service calls with a session of a chain")
        dora = self.take(self.s.user("dora"), "Admin", "aws-go-sdk-17325120114")
        self.change(dora.through("autoscaling.amazonaws.com"), expected_of(dora))

    def arn(self, name):
        """Return the ARN of a stack: no two of one name are there at once."""
        stack = f"{name}-{self.s.number()}"
        return f"arn:aws:cloudformation:{self.s.region}:{OWN}:stack/{stack}/{self.s.world.uuid()}"

    def service_role(self, role="cfn-exec", name="AWSCloudFormation", service=CLOUDFORMATION):
        return self.s.by_service(service, role, name).through(service)

    def begun(self, label, name="web", role="cfn-exec"):
        """Begin a story of a stack with a service role; return the stack, and the role's session."""
        self.begin(label)
        return self.arn(name), self.service_role(role)

    def update(self, by, stack, *, at=-40, role="cfn-exec", operation="UpdateStack", **record):
        """Record that somebody updates a stack."""
        name, role_arn = stack.split("/")[1], f"arn:aws:iam::{OWN}:role/{role}"
        sent = {"stackName": name, "roleARN": role_arn, "usePreviousTemplate": True}
        listed = (("AWS::CloudFormation::Stack", stack),)
        op = self.s.op("cloudformation", operation, sent, answer={"stackId": stack}, lists=listed)
        self.s.call(by, op, at, region=self.s.region, account=by.account, **record)

    def told(self, stack, session, *right, managed="terraform", **seen):
        """Change an object of a stack; who is right is an expectation, or somebody who called for it."""
        name = stack.split("/")[1]
        tags = {"stack-id": stack, "stack-name": name, "logical-id": "Web"}
        tags = {f"aws:cloudformation:{key}": text for key, text in tags.items()}
        self.change(session, *right, kind=self.s.thing(managed=managed, tags=tags), **seen)

    def own_credentials(self, managed, **seen):
        self.begin(f"a stack with its caller's credentials, {managed}")
        stack = self.arn("web")
        alice = self.take(self.s.sso(ALICE), "Admin", "botocore-session-1732512011")
        self.update(alice, stack)
        self.told(stack, alice.through(CLOUDFORMATION), expected_of(alice), managed=managed, **seen)

    def stack(self, managed, **seen):
        stack, session = self.begun(f"a stack with a service role, {managed}")
        alice = self.s.sso(ALICE)
        self.update(alice, stack)
        self.told(stack, session, called(alice), managed=managed, **seen)

    def pipelines(self, managed, **seen):
        label = f"a pipeline updates a stack with a service role, {managed}"
        stack, session = self.begun(label, "orders")
        repositories = ("acme/orders@refs/heads/main",)
        run = self.s.token("github", ORDERS, "app-deploy", repositories=repositories)
        self.update(run, stack)
        self.told(stack, session, called(run), managed=managed, **seen)

    def failed_update(self, managed, **seen):
        stack, session = self.begun(f"a failed update of the stack comes between, {managed}")
        alice, bob = self.s.sso(ALICE), self.s.sso(BOB)
        self.update(alice, stack)
        refused = {"errorCode": "ValidationException", "errorMessage": "No updates are to be performed."}
        self.update(bob, stack, at=-10, **refused)
        self.told(stack, session, called(alice), managed=managed, **seen)

    def unseen(self, managed, **seen):
        stack, session = self.begun(f"a stack that nobody is seen to update, {managed}")
        self.update(self.s.sso(BOB), self.arn("web"))
        self.told(stack, session, says(session), managed=managed, **seen)

    def guarded_stack(self):
        stack, session = self.begun("the pipeline updates its stack", "orders", "cfn-guarded")
        run = self.s.token("github", MAIN, "ci-hub", repositories=("acme/infra@refs/heads/main",))
        self.update(run, stack, role="cfn-guarded")
        self.told(stack, session, called(run), managed="guarded", verdict="in-workflow")
        stack, session = self.begun("a person updates the pipeline's stack", "orders", "cfn-guarded")
        alice = self.s.sso(ALICE)
        self.update(alice, stack, role="cfn-guarded")
        self.told(stack, session, called(alice), managed="guarded")

    def nested_stack(self):
        self.begin("a nested stack: its parent is updated by a person")
        parent, stack = self.arn("web"), self.arn("web-Net-1ABC")
        session, alice = self.service_role(), self.s.sso(ALICE)
        self.update(alice, parent)
        self.update(session, stack, at=-25)
        self.told(stack, session, called(alice), says(session))

    def product(self):
        for callers in ([ALICE], [ALICE, BOB]):
            self.begin(f"a product of Service Catalog that {len(callers)} updated")
            product = f"pp-{self.s.number():013}"
            tail = f"stack/SC-{OWN}-{product}/{self.s.world.uuid()}"
            session = self.service_role("sc-launch", "servicecatalog", "servicecatalog.amazonaws.com")
            people = [self.s.sso(each) for each in callers]
            sent = {"provisionedProductName": "web", "productId": "prod-abcdefghijklm"}
            got = {"recordDetail": {"provisionedProductId": product, "recordId": "rec-1"}}
            op = self.s.op("servicecatalog", "UpdateProvisionedProduct", sent, answer=got)
            for before, person in zip((70, 95), people, strict=False):
                self.s.call(person, op, -before, region=self.s.region)
            stack = f"arn:aws:cloudformation:{self.s.region}:{OWN}:{tail}"
            self.update(session, stack, role="sc-launch")
            right = called(people[0]) if len(people) == 1 else says(session)
            self.told(stack, session.through(CLOUDFORMATION), right)

    def stack_set(self):
        self.begin("a stack set of the allowed account")
        stack, execution = self.arn("StackSet-baseline-0c5d1f7a"), "AWSCloudFormationStackSetExecutionRole"
        role, name = "AWSCloudFormationStackSetAdministrationRole", "StackSet-baseline"
        admin = self.s.by_service(CLOUDFORMATION, role, name, account=SECOND)
        session = self.take(admin.through(CLOUDFORMATION), execution, name, account=OWN, tells=False)
        right = named(execution, *admin.names, kind="assumed-role", known=False)
        self.told(stack, session.through(CLOUDFORMATION), right)

    def build(self):
        self.begin("a build of CodeBuild")
        name, codebuild = f"AWSCodeBuild-{self.s.world.uuid()}", "codebuild.amazonaws.com"
        session = self.service_role("service-role/codebuild-infra", name, codebuild)
        session.identity.pop("invokedBy")
        self.change(session, says(session))
        self.begin("a stage of CodePipeline")
        role, name = "service-role/pipeline-infra", "1732512011234"
        session = self.service_role(role, name, "codepipeline.amazonaws.com")
        self.change(session, says(session))


def called(by):
    """Return what is right where somebody called for a stack: the service's session lies between."""
    return expected_of(by, chain=None)
