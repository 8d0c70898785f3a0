"""What the demo's account holds when the day begins, and who works there."""

from iacwatch.demo.story import callers, kinds
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.thing import Thing, arn_of, rule


def _in_stack(thing: Thing, logical_id: str) -> Thing:
    """Return an object with the tags that CloudFormation gives to what it made."""
    stack = arn_of("cloudformation", "stack/monthly-reports/1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    marks = {"stack-name": "monthly-reports", "stack-id": stack, "logical-id": logical_id}
    return thing.tagged(**{f"aws:cloudformation:{name}": value for name, value in marks.items()})


def _managed(thing: Thing, team: str = "shop", by: str = "terraform") -> Thing:
    return thing.tagged(managed_by=by, team=team)


WEB = _managed(kinds.security_group("web", rule("tcp", 443, "0.0.0.0/0")))
DATABASE_GROUP = _managed(kinds.security_group("database", rule("tcp", 5432, "10.20.0.0/20")))
PARTNERS = _managed(
    kinds.security_group(
        "partners",
        *(rule("tcp", 8443, f"203.0.113.{host}/32", f"partner {host:03}") for host in range(1, 241)),
    ),
    team="partners",
)
SUBNET = _managed(kinds.subnet("app-a"), team="platform")
WORKER = _managed(kinds.instance("batch-worker").tagged(Name="batch-worker"), team="batch")
JUMP_HOST = _managed(kinds.instance("jump-host").tagged(Name="jump-host"), team="platform")
ASSETS = _managed(kinds.bucket("acme-shop-assets"))
ACCESS_LOGS = _managed(kinds.bucket("acme-access-logs"), team="platform")
CHECKOUT_ROLE = _managed(kinds.role("checkout"))
DEPLOY_ROLE = _managed(kinds.role("deploy"), team="platform")
CHECKOUT_ACCESS = _managed(kinds.policy("checkout-access"))
CHECKOUT = _managed(kinds.function("checkout"))
THUMBNAILS = _managed(kinds.function("thumbnails"))
ORDERS_DB = _managed(kinds.database("orders"))
ORDERS_TABLE = _managed(kinds.table("orders"))
SESSIONS = _managed(kinds.table("sessions"))
OLD_CARTS = _managed(kinds.table("carts-2024"))
ORDERS_KEY = _managed(kinds.key("orders at rest"))
ORDERS_QUEUE = _managed(kinds.queue("orders"))
REFUNDS_QUEUE = _managed(kinds.queue("refunds"))
ORDER_EVENTS = _managed(kinds.topic("order-events"))
BILLING_ALERTS = _managed(kinds.topic("billing-alerts"), team="finance")
BILLING_EVENTS = _managed(kinds.topic("billing-events"), team="finance")
QUEUE_AGE = _managed(kinds.alarm("orders-queue-age"))
ERRORS = _managed(kinds.alarm("checkout-errors"))
REPORTS_QUEUE = _in_stack(_managed(kinds.queue("reports"), team="finance", by="cloudformation"), "Queue")
REPORTS = _in_stack(
    _managed(kinds.function("monthly-reports"), team="finance", by="cloudformation"), "Function"
)

PIPELINE: Caller = callers.pipeline()
ALICE: Caller = callers.person("alice@example.com")
BOB: Caller = callers.person("bob@example.com", permissions="PowerUserAccess", agent=callers.CLI)
CAROL: Caller = callers.person("carol@example.com", agent=callers.TERRAFORM)
ERIN: Caller = callers.user("erin", agent=callers.CLI)
FRANK: Caller = callers.person("frank@example.com", permissions="PowerUserAccess")
GRACE: Caller = callers.person("grace@example.com", permissions="SandboxUser")
DAVE: Caller = callers.person("dave@example.com")
AS_PIPELINE: Caller = callers.taken(DAVE, "gha-terraform-prod", "GitHubActions", agent=callers.TERRAFORM)
HEIDI: Caller = callers.person("heidi@example.com", permissions="PowerUserAccess", agent=callers.CLI)
BY_TWO_ROLES: Caller = callers.taken(
    callers.taken(HEIDI, "ops-jump", "heidi"),
    "table-admin",
    "botocore-session-1764000000",
    agent=callers.BOTO3,
)
COST_SAVER: Caller = callers.function("cost-saver")
