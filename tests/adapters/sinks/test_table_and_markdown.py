"""The reports for people: the table in a terminal and in a pipe, and Markdown, which is seen by parsers of it and of HTML."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

from iacwatch.core.iac import Does, NextApply, NextStep
from iacwatch.core.model import Verdict
from iacwatch.core.present.links import cloudtrail_event, config_timeline
from iacwatch.core.text import plain
from iacwatch.sinks.markdown import sink as markdown
from iacwatch.sinks.markdown.sink import LONGEST_COMMENT, Markdown
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.fixtures import hostile_text, quarter
from tests.fixtures.builders import CALLED_AT, CAPTURED_AT, actor, change, entry, event, finding, many, match
from tests.fixtures.located import ADDRESS, COMMAND, IGNORE, NEAR, RECREATED, WHOLE, located, odd_address
from tests.fixtures.parsed_html import Parsed
from tests.fixtures.streams import written_at_the_end

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def shown(*findings, width=None, colour=None, encoding="utf-8", one=False, whole=False):
    """Return what is shown on a terminal of a width, or in a pipe."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="")
    console = Console(file=out, width=width or 140, force_terminal=width is not None, color_system=colour)
    style = ReportStyle(names={"111122223333": "prod-payments"})
    Table(console=console, style=style, one=one, whole=whole).emit(findings)
    out.flush()
    return raw.getvalue().decode(encoding)


def words_of(text):
    """Return the words without the columns' blanks and breaks."""
    return re.sub(r"[\s─-]+", "", text)


def holds(text, fact):
    return all(words_of(each) in words_of(text) for each in fact.split())


@pytest.mark.parametrize("width", [60, 75, 76, 80, 117, 118, 120, 138, 200])
def test_it_fits_the_terminal_and_tells_everything_and_what_to_do_in_a_line_to_copy(width):
    deep = 'module.network.module.vpc["prod-eu-west-1"].aws_security_group_rule.from_lb["443"]'
    text = shown(WHOLE, replace(WHOLE, iac=replace(WHOLE.iac, address=deep)), NEAR, width=width)
    *rows, next_, command = text.splitlines()
    assert (next_, command) == ("Next:", COMMAND)
    assert max(map(cell_len, rows)) <= width
    for fact in (
        "alice@example.com", "out-of-band", "opened 22/tcp to 0.0.0.0/0 on security group web", "10:11",
        "sg-0a1b2c3d4e5f60718", "terraform · prod-payments eu-west-1", "AuthorizeSecurityGroupIngress",
        "console, SSO Admin, from 198.51.100.7", "nobody found", "3 names tried", "near: by bob at 10:11",
        "alice@example.com through role gha-terraform-prod", ADDRESS, 'aws_security_group_rule.from_lb["443"]',
        "live/prod/net", "@acme/net", "the next apply recreates it if it is still in code",
    ):  # fmt: skip
        assert holds(text, fact), fact
    for fact in ("2026-11-18", "acme/infra"):  # where there is room
        assert holds(text, fact) is (width >= 118)
    if width in {80, 120}:  # the usual call and person are not broken
        assert any("AuthorizeSecurityGroupIngress" in line for line in rows)
        assert any("alice@example.com" in line for line in rows)
        assert ("2026-11-20 10:11" if width == 120 else f"{CAPTURED_AT:%m-%d} 10:11") in text


def test_a_pipe_gets_a_sentence_for_each_finding_without_colour_or_padding_and_what_it_can_encode():
    zoe = finding(match=match(event=event(actor=actor(name="Zoë"))))
    assert all("Zo?" in shown(zoe, width=width, encoding="ascii") for width in (None, 80))
    unread = NextApply(does=Does.UNKNOWN, rule="index-unread", reason="address not looked up: no table")
    assert shown(WHOLE, NEAR, finding(next_apply=unread), colour="truecolor").splitlines() == [
        "2026-11-20T10:11Z out-of-band: alice@example.com, through role gha-terraform-prod, opened 22/tcp to 0.0.0.0/0 on"
        " security group web (sg-0a1b2c3d4e5f60718) (managed by terraform), in prod-payments eu-west-1;"
        f" AuthorizeSecurityGroupIngress, console, SSO Admin, from 198.51.100.7; in IaC: {ADDRESS} and 1 more, live/prod/net"
        " of acme/infra, owned by @acme/net, as of 2026-11-18 09:00; the next apply recreates it if it is still in code",
        "2026-11-20T10:11Z out-of-band: alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web"
        " (sg-0a1b2c3d4e5f60718) (managed by terraform), in prod-payments eu-west-1; AuthorizeSecurityGroupIngress,"
        " console, SSO Admin, from 198.51.100.7; in IaC: address not looked up",
        "2026-11-20T10:12Z unattributed: Nobody found who opened 22/tcp to 0.0.0.0/0 on security group web"
        " (sg-0a1b2c3d4e5f60718) (managed by terraform), in prod-payments eu-west-1; nobody found: 3 names tried in eu-west-1,"
        " 65 min searched, near: AuthorizeSecurityGroupIngress by bob at 10:11: =1+1 `@all` <!channel>",
    ]  # fmt: skip


def test_the_gravest_commands_stand_below_the_table_and_of_one_finding_all_there_is_to_do():
    plans = [NextStep(kind="plan", text=f"terraform plan -target=aws_vpc.v{number}") for number in range(5)]
    findings = [located(next_steps=(each, IGNORE), finding_id=str(place)) for place, each in enumerate(plans)]
    *_, first, _, third, more = shown(*findings, width=100).splitlines()
    assert (first, third) == (plans[0].text, plans[2].text)
    assert more == "and 2 more, which the formats jsonl and html contain"
    assert shown(WHOLE, width=100, whole=True).partition("Next:\n")[2].splitlines() == [
        COMMAND,
        "Also at: aws_a.b",
        "Known by: the index of states",
        "Disagreement: its tags name acme/apps",
        f"Next apply: recreates it if it is still in code: {RECREATED.reason}",
        "To report it no more:",
        *IGNORE.text.split("\n"),
    ]
    text = shown(located(), located(finding_id="f" * 32), width=100, one=True)
    assert text.splitlines()[:2] == [ADDRESS, "live/prod/net · @acme/net"]
    assert text.count(ADDRESS) == 2, "above once, and in the command"


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
    "text", [*hostile_text.TEXTS, "[red]x[/]", "[link=https://evil.example.com]x[/link]", ":smile:"]
)
@pytest.mark.parametrize("width", [None, 60, 80, 138])
def test_strangers_text_is_text(text, width):
    odd = replace(hostile_text.odd(text), **odd_address(text))
    told = shown(odd, replace(NEAR, reason=text), width=width, whole=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told)
    assert text not in {"[red]x[/]", ":smile:"} or words_of(text) in words_of(told)


def written(*findings, names=None):
    style = ReportStyle(names=names or {"111122223333": "prod"})
    return written_at_the_end(lambda out: Markdown(out=out, style=style), *findings)


def rows(text):
    """Return the rows of Markdown's table, cells as they are written."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in lines]


def by(name):
    return finding(match=match(event=event(actor=actor(name=name))))


def test_the_summary_tells_what_there_is_and_counts_the_changes_of_each_origin():
    assert written() == "**No changes to report.**\n"
    lines = written(NEAR, WHOLE, *[by("bob|`x`")] * 2, *many(2)).splitlines()
    assert lines[0] == (
        "**6 changes**: 🔴 5 out-of-band, ⚪ 1 unattributed · 2 actors · 1 account"
        " · 2026-11-20 10:11 to 2026-11-20 10:12 UTC"
    )
    assert lines[2] == "Who: `alice@example.com` 3, `` bob|`x` `` 2"
    assert (
        written(*[by(f"p{number:02d}") for number in range(12)])
        .splitlines()[2]
        .endswith("`p09` 1, and 2 more")
    )


def test_a_row_tells_when_who_what_and_where_and_its_folded_details_why_what_was_and_what_to_do():
    text = written(WHOLE)
    assert rows(text) == [
        [
            "2026-11-20 10:11",
            "🔴 out-of-band",
            "`alice@example.com`, through role `gha-terraform-prod`<br>`AuthorizeSecurityGroupIngress` by `console`",
            "opened `22/tcp` to `0.0.0.0/0` on security group `web (sg-0a1b2c3d4e5f60718)` (managed by `terraform`)",
            f"`prod eu-west-1`<br>`{ADDRESS}` and 1 more<br>`live/prod/net` of `acme/infra`<br>owned by `@acme/net`",
        ]
    ]
    summary, facts, told = text.partition("<details>")[2].split("\n\n", 2)
    assert summary.startswith(
        "<summary>🔴 2026-11-20 10:11 · <code>alice@example.com</code>, through role"
        " <code>gha-terraform-prod</code>, opened <code>22/tcp</code>"
    )
    links = f"[CloudTrail event]({cloudtrail_event(WHOLE.match.event)}) · [Config timeline]({config_timeline(WHOLE.change.resource)})"
    assert facts.splitlines() == [
        "- **Where:** `prod (111122223333)` `eu-west-1`",
        f"- **Object:** `{WHOLE.change.resource.arn}`",
        "- **Managed by:** `terraform`",
        "- **How:** `AuthorizeSecurityGroupIngress`, `console`, `SSO Admin`, `from 198.51.100.7`",
        f"- **Principal:** `{WHOLE.actor.principal}`",
        "- **Called:** 10:11:22, 41 s before Config captured it",
        f"- **Why:** `{WHOLE.actor.principal} matches no workflow for managed-by=terraform`",
        f"- **In IaC:** `{ADDRESS}` and 1 more, `live/prod/net` of `acme/infra`, owned by `@acme/net`, as of 2026-11-18 09:00",
        "- **Also at:** `aws_a.b`",
        "- **Known by:** `the index of states`",
        "- **Disagreement:** `its tags name acme/apps`",
        f"- **Next apply:** `recreates it if it is still in code: {RECREATED.reason}`",
        f"- **Next step:** `{COMMAND}`",
        f"- **Source:** [code]({WHOLE.next_steps[1].url})",
        "- **Other calls:** `RevokeSecurityGroupIngress` by `alice@example.com`",
        f"- **Links:** {links} (they need account `prod (111122223333)`)",
        f"- **Finding:** `{WHOLE.finding_id}`",
    ]  # fmt: skip
    assert told.startswith('```diff\n@@ Configuration.IpPermissions.0 @@\n+ {\n+   "ipProtocol": "tcp",\n')
    assert told.endswith("@@ Configuration.Size @@\n- 1\n+ 2\n```\n\n</details>\n\n")


def test_where_nobody_is_found_what_came_near_stands_in_the_details_alone():
    near = written(NEAR)
    assert "- **Near:** ``AuthorizeSecurityGroupIngress by bob at 10:11: =1+1 `@all` <!channel>``, " in near
    assert "bob" not in near.partition("<details>")[0]
    late = match(event=event(), lag=timedelta(seconds=-3))
    assert "3 s after Config captured it" in written(finding(match=late))
    block = "import {\n  to = aws_vpc.main\n}"
    imported = written(located(next_steps=(NextStep(kind="import", text=block),)))
    assert f"\nTo take it into the state:\n\n```\n{block}\n```\n" in imported


@cache
def seen(text):
    """Return the Markdown of a finding in which a stranger wrote a text everywhere, and what a reader sees."""
    told = written(replace(hostile_text.odd(text), **odd_address(text)), names=hostile_text.NAMES)
    return told, Parsed(GFM.render(told))


@pytest.mark.parametrize("text", [*hostile_text.TEXTS, "a\n````\n</details>\n# b", "``` \\` ` |\\| `"])
def test_strangers_text_is_code_and_comes_back_from_there_and_is_nothing_else(text):
    (told, read), (_, calm), (_, none) = seen(text), seen("calm"), seen("")
    assert read.texts.keys() <= calm.texts.keys()
    assert read.count("td", "details") == (5, 1)
    assert read.count("pre") <= calm.count("pre")
    words, ours = re.compile(r"\w+|[^\w\s]"), r"https://([a-z0-9-]+\.console\.aws\.amazon|github)\.com/"
    assert {*words.findall(read.plain)} <= {*words.findall(calm.plain), *words.findall(none.plain)}
    assert all(name == "class" or re.match(ours, value) for name, value in read.attributes())
    assert {name for name, _ in read.attributes()} <= {"class", "href"}
    assert plain(text, 300) in {"", *map(str.strip, read.texts["code"])}
    told.encode("utf-8")
    assert all(letter.isprintable() or letter == "\n" for letter in told)


def test_a_comment_holds_it_all_the_first_with_details_which_do_not_grow_without_bound(monkeypatch):
    text = written(*quarter.findings(110), names=quarter.NAMES)
    assert len(text) < LONGEST_COMMENT
    times = [row[0] for row in rows(text)]
    with_details = [line[11:27] for line in re.findall(r"<summary>. .*", text)]
    assert len(times) == 110 > len(with_details) > 15
    assert with_details == times[: len(with_details)]
    left = 110 - len(with_details)
    assert f"Without details, since a comment takes 65,536 characters: the last {left} changes." in text
    monkeypatch.setattr(markdown, "LONGEST_COMMENT", 6_000)
    monkeypatch.setattr(markdown, "_MOST_HELD", 60_000)
    sink = Markdown(out=io.StringIO())
    big = entry("Configuration.Note", "x" * 1_400, "y" * 1_400)
    for each in many(60):
        sink.emit([finding(change=change(resource=each.change.resource, diff=(big,)))])
    assert sum(len(held.section) for held in sink._held) <= 11 * 6_000
    sink.close()
    assert len(rows(sink._out.getvalue())) == 60
