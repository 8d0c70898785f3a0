"""What the account held in the weeks beside the `stock`, and who else called."""

from iacwatch.demo.story import callers, kinds, stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.thing import Thing, arn_of, relation, unique


def scaling_group(name: str) -> Thing:
    """Return an Auto Scaling group; Config's id is its ARN, which no call bears."""
    digits = unique("", name, 32)
    uuid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    arn = arn_of("autoscaling", f"autoScalingGroup:{uuid}:autoScalingGroupName/{name}")
    return Thing(
        type="AWS::AutoScaling::AutoScalingGroup",
        id=arn,
        name=name,
        arn=arn,
        configuration={
            "autoScalingGroupARN": arn,
            "autoScalingGroupName": name,
            "minSize": 2,
            "maxSize": 4,
            "desiredCapacity": 2,
            "healthCheckType": "ELB",
            "instances": [member(f"{name}-1"), member(f"{name}-2")],
        },
    )


def member(seed: str) -> dict[str, str]:
    """Return an instance as its group lists it."""
    identifier = kinds.instance(seed).id
    return {"instanceId": identifier, "lifecycleState": "InService", "healthStatus": "Healthy"}


def schedule(name: str) -> Thing:
    """Return an EventBridge rule that goes by the clock."""
    arn = arn_of("events", f"rule/{name}")
    return Thing(
        type="AWS::Events::Rule",
        id=name,
        name=name,
        arn=arn,
        created=None,
        configuration={"Arn": arn, "Name": name, "ScheduleExpression": "rate(1 day)", "State": "ENABLED"},
    )


def interface_of(instance: Thing) -> dict[str, object]:
    """Return how a security group is related to the network interface of an instance."""
    kind = "AWS::EC2::NetworkInterface"
    return relation(kind, unique("eni-0", instance.id, 16), "Is associated with NetworkInterface")


def _managed(thing: Thing, team: str = "search", by: str = "terraform") -> Thing:
    return thing.tagged(managed_by=by, team=team)


CARTS = _managed(kinds.table("carts"), team="shop")
CARTS_TEST = kinds.table("carts-test")
LEGACY_PRICES = _managed(kinds.table("legacy-prices"), team="pricing")
SEARCH = _managed(kinds.function("search-index"))
SEARCH_GROUP = _managed(kinds.security_group("search"))
SEARCH_ROLE = _managed(kinds.role("search-index"))
SEARCH_ACCESS = _managed(kinds.policy("search-access"))
SNAPSHOTS = _managed(kinds.bucket("acme-search-snapshots"))
MAIL = _managed(kinds.queue("mail"), team="crm")
MAIL_AGE = _managed(kinds.alarm("mail-queue-age"), team="crm")
STOCK_LEVELS = _managed(kinds.topic("stock-levels"), team="shop")
DEPLOY_NOTICES = _managed(kinds.topic("deploy-notices"), team="platform")
CATALOGUE = _managed(kinds.database("catalogue").having(publiclyAccessible=False))
CATALOGUE_KEY = _managed(kinds.key("catalogue at rest"))
NIGHTLY = _managed(schedule("nightly-import"), team="pricing")
WEB_SCALING = _managed(scaling_group("web-asg"), team="shop")
PRICE_IMPORT = _managed(kinds.function("price-import"), team="pricing", by="cloudformation")
PRICE_ERRORS = _managed(kinds.alarm("price-import-errors"), team="pricing", by="cloudformation")
AUDIT = _managed(kinds.bucket("acme-audit-trail"), team="security")
NOTEBOOKS = kinds.bucket("grace-notebooks")
HELLO = kinds.function("hello-world")

QUIET = (
    *(stock.JUMP_HOST, stock.ACCESS_LOGS, stock.ORDERS_KEY, stock.BILLING_EVENTS, stock.SUBNET),
    *(kinds.topic("billing-alerts-test").tagged(team="finance"), HELLO, AUDIT),
    *(WEB_SCALING, LEGACY_PRICES, CARTS_TEST, CATALOGUE_KEY, PRICE_ERRORS),
)
"""What was as it is here when AWS Config was switched on; of the rest, the applies know how it was."""

ONCALL: Caller = callers.user("oncall-bot")
RESIZER: Caller = callers.machine("nightly-resize", kinds.instance("tools").id)
ROOT: Caller = callers.root()


def preview(name: str) -> tuple[Thing, Thing, Thing]:
    """Return what is made for the preview of a pull request."""
    made = (kinds.queue(name), kinds.function(name), kinds.table(name))
    queue, function, table = (_managed(each, team="shop") for each in made)
    return queue, function, table
