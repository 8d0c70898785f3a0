"""What people, scripts and machines changed outside the pipeline, and how some of it was put right."""

from typing import Final

from iacwatch.core.model import Verdict
from iacwatch.demo.story import stock
from iacwatch.demo.story.calls import ApiCall, acted
from iacwatch.demo.story.recorder import Truth
from iacwatch.demo.story.thing import Thing
from iacwatch.demo.story.weeks import edits
from iacwatch.demo.story.weeks import stock as ours
from iacwatch.demo.story.weeks.applies import APPLIED
from iacwatch.demo.story.weeks.manual_changes import ManualChange, by_hand
from iacwatch.demo.story.weeks.recorder import Edit, Weeks

_ANYWHERE: Final = "0.0.0.0/0"
_UNMANAGED: Final = Truth(instead="unmanaged", story="no managed-by tag: none of our business")
_LOST: Final = Truth(instead="unmanaged", story="it lost its tag weeks ago: it is not reported any more")


def begin(weeks: Weeks) -> None:
    """Let Config discover what only people turned."""
    weeks.begin(stock.WORKER)


def recorded(weeks: Weeks) -> None:
    """Put what was done by hand on the agenda."""
    _forgotten(weeks)
    _repaired(weeks)
    _tags(weeks)
    _deleted(weeks)
    _access(weeks)
    _machines(weeks)
    _roles(weeks)
    _unmanaged(weeks)


def _forgotten(weeks: Weeks) -> None:
    """Record what nobody put right, or an apply weeks later."""
    by_hand(
        weeks,
        ManualChange(57, 25, stock.BOB, ours.SEARCH, edits.memory(1024), "Bob gives a function more memory"),
    )
    by_hand(weeks, ManualChange(50, -2, stock.PIPELINE, ours.SEARCH, edits.memory(256)))
    by_hand(
        weeks, ManualChange(43, 12, stock.FRANK, ours.MAIL_AGE, edits.patience(15), "Frank silences an alarm")
    )
    by_hand(
        weeks,
        ManualChange(29, 14, stock.FRANK, ours.CARTS, edits.protection(on=False), "Frank lifts a protection"),
    )
    by_hand(
        weeks, ManualChange(22, 26, stock.BOB, stock.THUMBNAILS, edits.memory(512), "Bob tries more memory")
    )
    by_hand(weeks, ManualChange(15, 2, stock.PIPELINE, stock.THUMBNAILS, edits.memory(256)))
    by_hand(
        weeks,
        ManualChange(
            29, 31, stock.ERIN, ours.PRICE_ERRORS, edits.threshold(900.0), "Erin, past her own stack"
        ),
    )
    by_hand(weeks, ManualChange(61, 0, ours.ROOT, ours.CATALOGUE, edits.storage(80), "the root user, of all"))

    # One item of both calls: the pipeline's hides Bob's no more than his hides the pipeline's.
    at = weeks.ago(36, minutes=-14)
    weeks.then(at, lambda: weeks.call(stock.PIPELINE, edits.deploy("5").call(ours.SEARCH), at))
    both = Edit(edits.timeout(120).call, lambda thing: edits.deploy("5").after(thing.having(timeout=120)))
    folded = Truth(
        verdict=Verdict.OUT_OF_BAND, actor=stock.BOB.name, story="Bob and an apply, in one item of Config's"
    )
    weeks.edit(weeks.ago(36, minutes=-13), stock.BOB, ours.SEARCH, both, folded)
    carol = ManualChange(
        8, 22, stock.CAROL, stock.QUEUE_AGE, edits.patience(6), "Carol runs terraform by hand"
    )
    by_hand(weeks, carol)
    by_hand(weeks, ManualChange(5, -3, stock.PIPELINE, stock.QUEUE_AGE, edits.patience(5)))


def _repaired(weeks: Weeks) -> None:
    """Record what the pipeline put right minutes, or two days, later."""
    for day, minutes, caller, port in ((36, 5, stock.ALICE, 9200), (29, 20, stock.FRANK, 9600)):
        opened, shut = edits.opened(port, _ANYWHERE), edits.shut(port, _ANYWHERE)
        by_hand(
            weeks, ManualChange(day, minutes, caller, ours.SEARCH_GROUP, opened, "a port opened to the world")
        )
        by_hand(weeks, ManualChange(day, minutes + 6, stock.PIPELINE, ours.SEARCH_GROUP, shut))
    by_hand(
        weeks,
        ManualChange(
            52, 0, stock.ALICE, ours.CATALOGUE, edits.public(is_public=True), "a database made public"
        ),
    )
    by_hand(weeks, ManualChange(50, -2, stock.PIPELINE, ours.CATALOGUE, edits.public(is_public=False)))
    by_hand(
        weeks,
        ManualChange(33, 0, stock.COST_SAVER, ours.CARTS, edits.units(5), "a cost-saving function saves"),
    )
    by_hand(weeks, ManualChange(33, 38, stock.PIPELINE, ours.CARTS, edits.units(20)))


def _tags(weeks: Weeks) -> None:
    """Record the tag taken off one object, and its value changed on another: no apply goes there any more."""
    lost, changed = ours.LEGACY_PRICES, ours.SNAPSHOTS
    by_hand(
        weeks,
        ManualChange(47, 0, stock.GRACE, lost, edits.table_unmarked("managed-by"), "Grace takes the tag off"),
    )
    weeks.edit(weeks.ago(43, minutes=21), stock.GRACE, lost, edits.units(80), _LOST)
    weeks.edit(weeks.ago(29, minutes=27), stock.GRACE, lost, edits.units(120), _LOST)
    by_frank = edits.bucket_marked(managed_by="frank")
    by_hand(
        weeks, ManualChange(43, 16, stock.FRANK, changed, by_frank, "Frank takes a bucket over, by its tag")
    )
    by_hand(
        weeks,
        ManualChange(
            36, 12, stock.FRANK, changed, edits.closed(is_closed=False), "and opens it to the world"
        ),
    )


def _deleted(weeks: Weeks) -> None:
    """Record an object that the pipeline made, and somebody deleted by hand."""
    notices, bob = ours.DEPLOY_NOTICES, stock.BOB
    made = acted("CreateTopic", notices)
    made = ApiCall(
        source=made.source, name=made.name, request={"name": notices.name}, response=_topic(notices),
        listed=made.listed,
    )  # fmt: skip
    weeks.creation(weeks.ago(57, minutes=-16), stock.PIPELINE, notices, made, APPLIED)
    weeks.edit(weeks.ago(50, minutes=-16), stock.PIPELINE, notices, edits.display("Deploys"), APPLIED)
    gone = Truth(verdict=Verdict.OUT_OF_BAND, actor=bob.name, story="Bob deletes what terraform made")
    weeks.deletion(weeks.ago(40), bob, notices, lambda thing: acted("DeleteTopic", thing), gone)


def _topic(thing: Thing) -> dict[str, str | None]:
    return {"topicArn": thing.arn}


def _access(weeks: Weeks) -> None:
    """Record a role that could do anything for three quarters of an hour."""
    role, alice = ours.SEARCH_ROLE, stock.ALICE
    by_hand(
        weeks, ManualChange(26, 4, alice, role, edits.almighty(is_so=True), "Alice makes a role almighty")
    )
    by_hand(weeks, ManualChange(26, 47, alice, role, edits.almighty(is_so=False), "and takes it back"))


def _machines(weeks: Weeks) -> None:
    """Record how a script on an instance makes another larger at night, and an apply makes it small."""
    worker = stock.WORKER
    night = "a script on an instance, by the role of its profile"
    by_hand(weeks, ManualChange(12, 0, ours.RESIZER, worker, edits.kind("t4g.large"), night))
    by_hand(weeks, ManualChange(8, -10, stock.PIPELINE, worker, edits.kind("t4g.small")))


def _roles(weeks: Weeks) -> None:
    """Record what Heidi did through two roles, and Dave in the pipeline's; applies put both right."""
    heidi = "Heidi, through two roles"
    by_hand(weeks, ManualChange(19, 3, stock.BY_TWO_ROLES, ours.CARTS, edits.units(90), heidi))
    by_hand(weeks, ManualChange(15, 6, stock.PIPELINE, ours.CARTS, edits.units(30)))
    dave = "Dave, in the pipeline's role"
    by_hand(weeks, ManualChange(12, 41, stock.AS_PIPELINE, ours.MAIL_AGE, edits.threshold(2000.0), dave))
    by_hand(weeks, ManualChange(8, 4, stock.PIPELINE, ours.MAIL_AGE, edits.threshold(90.0)))


def _unmanaged(weeks: Weeks) -> None:
    """Record what never was managed: a bucket of Grace's, a function, a table with a managed one's name."""
    notebooks, grace = ours.NOTEBOOKS, stock.GRACE
    made = acted("CreateBucket", notebooks, CreateBucketConfiguration="")
    weeks.creation(weeks.ago(40, minutes=9), grace, notebooks, made, _UNMANAGED)
    weeks.edit(weeks.ago(33, minutes=7), grace, notebooks, edits.closed(is_closed=False), _UNMANAGED)
    weeks.edit(weeks.ago(26, minutes=22), grace, notebooks, edits.kept("Enabled"), _UNMANAGED)
    weeks.deletion(
        weeks.ago(15, minutes=8), grace, notebooks, lambda thing: acted("DeleteBucket", thing), _UNMANAGED
    )
    for day, read in ((43, 11), (29, 23)):
        # Half a minute before an apply turns the table that has nearly its name.
        at = weeks.ago(day, minutes=-21 - day * 7 % 60, seconds=30)
        weeks.edit(at, stock.BOB, ours.CARTS_TEST, edits.units(read), _UNMANAGED)
