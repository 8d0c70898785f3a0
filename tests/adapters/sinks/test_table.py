"""The table: what people see in a terminal, and in a pipe."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from iacwatch.core.iac import Does, NextApply, NextStep
from iacwatch.core.model import Verdict
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.fixtures import hostile_text
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    actor,
    behind,
    change,
    event,
    finding,
    lead,
    match,
    unattributed,
)
from tests.fixtures.located import (
    ADDRESS,
    COMMAND,
    FILE_URL,
    IGNORE,
    RECREATED,
    UNKNOWN,
    address,
    located,
    odd_address,
)

WIDTHS = [60, 75, 76, 80, 117, 118, 120, 138, 200]


def shown(*findings, width=None, colour=None, encoding="utf-8", one=False, whole=False):
    """Return what is shown on a terminal of a width, or in a pipe."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="")
    console = Console(file=out, width=width or 140, force_terminal=width is not None, color_system=colour)
    style = ReportStyle(names={ACCOUNT: "prod-payments"})
    Table(console=console, style=style, one=one, whole=whole).emit(findings)
    out.flush()
    return raw.getvalue().decode(encoding)


def words_of(text):
    """Return the words without the columns' blanks and breaks."""
    return re.sub(r"[\s─-]+", "", text)


def holds(text, fact):
    return all(words_of(each) in words_of(text) for each in fact.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_the_terminal_and_tells_everything_and_what_to_do_in_a_line_to_copy(width):
    deep = 'module.network.module.vpc["prod-eu-west-1"].aws_security_group_rule.from_lb["443"]'
    some = [located(next_apply=RECREATED), located(address(address=deep), finding_id="f" * 32)]
    near, chained = unattributed(leads=(lead(),)), behind("bella@example.com")
    text = shown(*some, near, chained, width=width)
    *rows, next_, command = text.splitlines()
    assert (next_, command) == ("Next:", COMMAND)
    assert max(map(cell_len, rows)) <= width
    for fact in (
        "alice@example.com", "out-of-band", "opened 22/tcp to 0.0.0.0/0 on security group web", "10:11",
        "sg-0a1b2c3d4e5f60718", "terraform · prod-payments eu-west-1", "AuthorizeSecurityGroupIngress",
        "console, SSO Admin, from 198.51.100.7", "nobody found", "3 names tried", "near: by bob at 10:11",
        "bella@example.com through role gha-terraform-prod", ADDRESS, 'aws_security_group_rule.from_lb["443"]',
        "live/prod/net", "@acme/net", "the next apply recreates it if it is still in code",
    ):  # fmt: skip
        assert holds(text, fact), fact
    for fact in ("2026-11-18", "acme/infra"):  # where there is room
        assert holds(text, fact) is (width >= 118)
    if width in {80, 120}:  # the usual call and person are not broken
        assert any("AuthorizeSecurityGroupIngress" in line for line in rows)
        assert any("alice@example.com" in line for line in rows)
        assert ("2026-11-20 10:11" if width == 120 else f"{CAPTURED_AT:%m-%d} 10:11") in text


def test_a_pipe_gets_a_sentence_for_each_finding_without_colour_or_padding():
    first, second = shown(finding(), unattributed(leads=(lead(),)), colour="truecolor").splitlines()
    assert first == (
        "2026-11-20T10:11Z out-of-band: alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web"
        " (sg-0a1b2c3d4e5f60718) (managed by terraform), in prod-payments eu-west-1;"
        " AuthorizeSecurityGroupIngress, console, SSO Admin, from 198.51.100.7"
    )
    assert second.startswith("2026-11-20T10:12Z unattributed: Nobody found who ")
    assert (
        "near: AuthorizeSecurityGroupIngress by bob at 10:11: the item does not show what it sets" in second
    )
    assert shown(located(next_apply=RECREATED)) == (
        f"{first}; in IaC: {ADDRESS}, live/prod/net of acme/infra,"
        " owned by @acme/net, as of 2026-11-18 09:00; the next apply recreates it if it is still in code\n"
    )
    unread = NextApply(does=Does.UNKNOWN, rule="index-unread", reason="address not looked up: no table")
    assert shown(finding(next_apply=unread)) == f"{first}; in IaC: address not looked up\n"


def test_the_gravest_commands_stand_below_the_table_and_of_one_finding_all_there_is_to_do():
    plans = [NextStep(kind="plan", text=f"terraform plan -target=aws_vpc.v{number}") for number in range(5)]
    findings = [located(next_steps=(each, IGNORE), finding_id=str(place)) for place, each in enumerate(plans)]
    *_, first, _, third, more = shown(*findings, width=100).splitlines()
    assert (first, third) == (plans[0].text, plans[2].text)
    assert more == "and 2 more, which the formats jsonl and html contain"
    one = located(address(also=("aws_a.b",), disagreement="its tags name acme/apps"))
    assert shown(one, width=100, whole=True).partition("Next:\n")[2].splitlines() == [
        COMMAND,
        "Also at: aws_a.b",
        "Known by: the index of states",
        "Disagreement: its tags name acme/apps",
        f"Next apply: not known: {UNKNOWN.reason}",
        "To report it no more:",
        *IGNORE.text.split("\n"),
    ]
    text = shown(located(), located(finding_id="f" * 32), width=100, one=True)
    assert text.splitlines()[:2] == [ADDRESS, "live/prod/net · @acme/net"]
    assert text.count(ADDRESS) == 2, "above once, and in the command"


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_an_address_leads_to_the_code_and_a_call_to_cloudtrail_on_a_terminal_alone():
    stranger = event(name="Delete\x1b]8;;https://evil.example.com\x1b\\Bucket")
    for out in (Screen(), io.StringIO()):
        console = Console(file=out, width=120, force_terminal=True, color_system="standard")
        Table(console=console).emit([located(), finding(match=match(event=stranger))])
        urls = re.findall(r"\x1b\]8;id=[^;]*;([^\x1b]*)\x1b\\.*?\x1b\]8;;\x1b\\", out.getvalue())
        page = "https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/"
        assert {next((each for each in (page, FILE_URL) if url.startswith(each)), url) for url in urls} == (
            {page, FILE_URL} if out.isatty() else set()
        )


@pytest.mark.parametrize("width", [None, 60, 80, 120])
def test_side_effects_that_follow_each_other_are_one_row_about_one_resource(width):
    why = {"verdict": Verdict.SIDE_EFFECT, "match": None, "reason": "only relationships differ"}
    moments = [CAPTURED_AT + timedelta(minutes=minutes) for minutes in (1, 5, 9, 40)]
    some = [finding(**why, change=change(captured_at=moment)) for moment in moments]
    called = finding(match=match(event=event(occurred_at=CALLED_AT + timedelta(minutes=30))))
    text = shown(*some, called, width=width, one=True)
    assert all(word in text for word in ("3 side effects since", "2026-11-20", "10:13"))
    places = [text.index(moment) for moment in ("10:52", "10:41", "10:21")]  # a row's time is its last one
    assert places == sorted(places)
    assert len(re.findall(r"side-effect\b", text)) == 2, "the one at 10:52 stands alone"
    assert "side effects" not in shown(*some, called, width=width)


@pytest.mark.parametrize(
    "text", [*hostile_text.TEXTS, "[bold red]x[/]", "[link=https://evil.example.com]x[/link]", ":smile:"]
)
@pytest.mark.parametrize("width", [None, 60, 80, 138])
def test_strangers_text_is_text(text, width):
    odd = replace(hostile_text.odd(text), **odd_address(text))
    told = shown(odd, unattributed(reason=text), width=width, whole=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told)
    assert text not in {"[bold red]x[/]", ":smile:"} or words_of(text) in words_of(told)


def test_every_verdict_has_a_colour_that_vanishes_on_no_terminal_and_ascii_alone_gets_ascii():
    for verdict in Verdict:
        text = shown(finding(verdict=verdict), width=120, colour="standard")
        codes = {code for codes in re.findall(r"\x1b\[([0-9;]*)m", text) for code in codes.split(";")}
        assert codes <= {"", "0", "1", "2", "31", "32", "35"}, "bold, dim, red, green and magenta"
    assert "\x1b[1;31mout-of-band" in shown(finding(), width=120, colour="standard")
    zoe = finding(match=match(event=event(actor=actor(name="Zoë"))))
    assert all("Zo?" in shown(zoe, width=width, encoding="ascii") for width in (None, 80))
