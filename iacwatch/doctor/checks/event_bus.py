"""Checks the EventBridge bus that findings are put on. Nothing is put on it."""

from collections.abc import Iterator

from iacwatch.aws.errors import calling
from iacwatch.core.arn import arn_parts
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, refused
from iacwatch.errors import AwsError, NotThere


@check("events", after="ledger.table")
def event_bus(examination: Examination) -> Iterator[Result]:
    """Judge whether the bus is there: AWS drops what is sent to one that is not."""
    setup = examination.setup
    bus, region = setup.bus.name, setup.bus.region
    if not bus:
        return
    try:
        with calling(f"cannot look at the bus {bus}", action="events:DescribeEventBus"):
            setup.sessions.client("events", region=region).describe_event_bus(Name=bus)
    except NotThere:
        name = bus if arn_parts(bus) is None else bus.rpartition("/")[2]
        mend = setup.command("events", "create-event-bus", "--name", name, region=region)
        yield fail(
            "events",
            f"the bus {bus} does not exist in {region}: findings stay in the queue",
            f"set events.bus to one that does, or {mend}",
        )
    except AwsError as error:
        yield refused("events", error)
    else:
        yield ok("events", f"the bus {bus} is there (putting events on it is not tried)")
