"""What the demo's account holds when the day begins, and who works there."""

from iacwatch.demo.story import callers, things
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.thing import Thing, rule


def _managed(thing: Thing, team: str = "shop", by: str = "terraform") -> Thing:
    return thing.tagged(managed_by=by, team=team)


WEB = _managed(things.security_group("web", rule("tcp", 443, "0.0.0.0/0")))
DATABASE_GROUP = _managed(things.security_group("database", rule("tcp", 5432, "10.20.0.0/20")))
PARTNERS = _managed(
    things.security_group(
        "partners",
        *(rule("tcp", 8443, f"203.0.113.{host}/32", f"partner {host:03}") for host in range(1, 241)),
    ),
    team="partners",
)
SUBNET = _managed(things.subnet("app-a"), team="platform")
WORKER = _managed(things.instance("batch-worker").tagged(Name="batch-worker"), team="batch")
JUMP_HOST = _managed(things.instance("jump-host").tagged(Name="jump-host"), team="platform")
ASSETS = _managed(things.bucket("acme-shop-assets"))
ACCESS_LOGS = _managed(things.bucket("acme-access-logs"), team="platform")
CHECKOUT_ROLE = _managed(things.role("checkout"))
DEPLOY_ROLE = _managed(things.role("deploy"), team="platform")
CHECKOUT_ACCESS = _managed(things.policy("checkout-access"))
CHECKOUT = _managed(things.function("checkout"))
THUMBNAILS = _managed(things.function("thumbnails"))
ORDERS_DB = _managed(things.database("orders"))
ORDERS_TABLE = _managed(things.table("orders"))
SESSIONS = _managed(things.table("sessions"))
OLD_CARTS = _managed(things.table("carts-2024"))
ORDERS_KEY = _managed(things.key("orders at rest"))
ORDERS_QUEUE = _managed(things.queue("orders"))
REFUNDS_QUEUE = _managed(things.queue("refunds"))
ORDER_EVENTS = _managed(things.topic("order-events"))
BILLING_ALERTS = _managed(things.topic("billing-alerts"), team="finance")
BILLING_EVENTS = _managed(things.topic("billing-events"), team="finance")
QUEUE_AGE = _managed(things.alarm("orders-queue-age"))
ERRORS = _managed(things.alarm("checkout-errors"))
REPORTS_QUEUE = _managed(things.queue("reports"), team="finance", by="cloudformation")
REPORTS = _managed(things.function("monthly-reports"), team="finance", by="cloudformation")

PIPELINE: Caller = callers.pipeline()
ALICE: Caller = callers.person("alice@example.com")
BOB: Caller = callers.person("bob@example.com", permissions="PowerUserAccess", agent=callers.CLI)
CAROL: Caller = callers.person("carol@example.com", agent=callers.TERRAFORM)
ERIN: Caller = callers.user("erin", agent=callers.CLI)
FRANK: Caller = callers.person("frank@example.com", permissions="PowerUserAccess")
GRACE: Caller = callers.person("grace@example.com", permissions="SandboxUser")
COST_SAVER: Caller = callers.function("cost-saver")
