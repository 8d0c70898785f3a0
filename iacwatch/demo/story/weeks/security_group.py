"""The security group that somebody opens again and again, which `iacwatch demo who web` shows."""

from typing import Final

from iacwatch.demo.story import stock
from iacwatch.demo.story.calls import acted
from iacwatch.demo.story.thing import rule
from iacwatch.demo.story.weeks import edits
from iacwatch.demo.story.weeks import stock as ours
from iacwatch.demo.story.weeks.manual_changes import ManualChange, by_hand
from iacwatch.demo.story.weeks.recorder import Weeks

_ANYWHERE: Final = "0.0.0.0/0"
_INSIDE: Final = "10.20.0.0/16"
_OFFICE: Final = "198.51.100.0/24"


def begin(weeks: Weeks) -> None:
    """Let Config discover the group as it was."""
    rules = [rule("tcp", 443, _ANYWHERE), rule("tcp", 8080, _INSIDE)]
    weeks.begin(stock.WEB.having(ipPermissions=rules).tagged(team="web"))


def recorded(weeks: Weeks) -> None:
    """Put what became of the group on the agenda."""
    web = stock.WEB
    by_hand(
        weeks,
        ManualChange(57, 2, stock.PIPELINE, web, edits.shut(8080, _INSIDE)),
        ManualChange(
            57,
            43,
            stock.ALICE,
            web,
            edits.opened(22, _ANYWHERE, "debug"),
            "Alice looks for a leak, and forgets",
        ),
        ManualChange(50, -9, stock.PIPELINE, web, edits.shut(22, _ANYWHERE)),
        ManualChange(
            43, 34, stock.BOB, web, edits.opened(8443, _OFFICE), "Bob shows something to a customer"
        ),
        ManualChange(36, -9, stock.PIPELINE, web, edits.shut(8443, _OFFICE)),
        ManualChange(
            36,
            42,
            stock.ALICE,
            web,
            edits.opened(22, _OFFICE, "debug again"),
            "Alice debugs again, by console",
        ),
        ManualChange(
            36,
            49,
            stock.PIPELINE,
            web,
            edits.shut(22, _OFFICE),
            "seven minutes later the pipeline puts it right",
        ),
        ManualChange(
            26, 10, ours.ONCALL, web, edits.opened(22, _OFFICE), "the on-call script lets its people in"
        ),
        ManualChange(
            26, 51, ours.ONCALL, web, edits.shut(22, _OFFICE), "the on-call script closes what it opened"
        ),
        ManualChange(22, 3, stock.PIPELINE, web, edits.marked(team="shop")),
        ManualChange(
            15,
            24,
            stock.FRANK,
            web,
            edits.described(443, _ANYWHERE, "shop and search"),
            "Frank writes a note",
        ),
        ManualChange(8, -6, stock.PIPELINE, web, edits.described(443, _ANYWHERE, None)),
        ManualChange(
            8,
            31,
            stock.BOB,
            web,
            edits.opened(3389, _ANYWHERE),
            "Bob opens a port for a machine that is not here",
        ),
        ManualChange(
            8,
            40,
            stock.PIPELINE,
            web,
            edits.shut(3389, _ANYWHERE),
            "nine minutes later the pipeline puts it right",
        ),
    )
    # Who was refused, or only tried whether they might, changed nothing, however near in time.
    for day, minutes, caller, code in (
        (57, 42, stock.GRACE, "Client.UnauthorizedOperation"),
        (36, 41, stock.BOB, "Client.DryRunOperation"),
        (8, 30, stock.GRACE, "Client.UnauthorizedOperation"),
    ):
        call = acted("AuthorizeSecurityGroupIngress", stock.WEB, ipPermissions={}).refused(code)
        weeks.call(caller, call, weeks.ago(day, minutes=minutes, seconds=23))
