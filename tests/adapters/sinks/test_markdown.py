"""Markdown: what a pull request shows of it, by a parser of Markdown and one of HTML."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from iacwatch.core.iac import NextStep
from iacwatch.core.present.links import cloudtrail_event, config_timeline
from iacwatch.sinks.markdown import sink as markdown
from iacwatch.sinks.markdown.sink import LONGEST_COMMENT, Markdown
from iacwatch.sinks.markdown.text import cell, code, html
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text, quarter
from tests.fixtures.builders import (
    ACCOUNT,
    ROLE,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    lead,
    many,
    match,
    unattributed,
)
from tests.fixtures.located import ADDRESS, COMMAND, FILE_URL, UNKNOWN, address, located, odd_address
from tests.fixtures.parsed_html import Parsed
from tests.fixtures.streams import written_at_the_end

NAMES = {ACCOUNT: "prod"}
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def written(*findings, one=False, **fields):
    style = ReportStyle(**{"names": NAMES, **fields})
    return written_at_the_end(lambda out: Markdown(out=out, style=style, one=one), *findings)


def shown(text):
    """Return what a reader sees."""
    return Parsed(GFM.render(text))


def table(text):
    """Return the table's rows, cells as they are written."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in lines]


def by(name):
    return finding(match=match(event=event(actor=actor(name=name))))


def test_the_summary_tells_what_there_is_and_counts_the_changes_of_each_origin():
    assert written() == "**No changes to report.**\n"
    lines = written(unattributed(), behind("alice@example.com"), *[by("bob|`x`")] * 2, *many(2)).splitlines()
    assert lines[0] == (
        "**6 changes**: 🔴 5 out-of-band, ⚪ 1 unattributed · 2 actors · 1 account"
        " · 2026-11-20 10:11 to 2026-11-20 10:12 UTC"
    )
    assert lines[2] == "Who: `alice@example.com` 3, `` bob|`x` `` 2"
    people = [by(f"p{number:02d}") for number in range(12)]
    assert written(*people).splitlines()[2].endswith("`p09` 1, and 2 more")


def test_a_row_tells_when_who_what_and_where_and_its_folded_details_why_what_was_and_what_to_do():
    home = located(address(also=("aws_a.b",), disagreement="its tags name acme/apps"))
    others = (match(event=event(event_name="RevokeSecurityGroupIngress")),)
    diff = (*finding().change.diff, entry("Configuration.Size", 1, 2))
    role = behind("alice@example.com").match
    text = written(replace(home, match=role, others=others, change=change(diff=diff)))
    assert table(text) == [
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
    links = f"[CloudTrail event]({cloudtrail_event(role.event)}) · [Config timeline]({config_timeline(home.change.resource)})"
    assert facts.splitlines() == [
        "- **Where:** `prod (111122223333)` `eu-west-1`",
        f"- **Object:** `{home.change.resource.arn}`",
        "- **Managed by:** `terraform`",
        "- **How:** `AuthorizeSecurityGroupIngress`, `console`, `SSO Admin`, `from 198.51.100.7`",
        f"- **Principal:** `{ROLE}`",
        "- **Called:** 10:11:22, 41 s before Config captured it",
        f"- **Why:** `{ROLE} matches no workflow for managed-by=terraform`",
        f"- **In IaC:** `{ADDRESS}` and 1 more, `live/prod/net` of `acme/infra`, owned by `@acme/net`, as of 2026-11-18 09:00",
        "- **Also at:** `aws_a.b`",
        "- **Known by:** `the index of states`",
        "- **Disagreement:** `its tags name acme/apps`",
        f"- **Next apply:** `not known: {UNKNOWN.reason}`",
        f"- **Next step:** `{COMMAND}`",
        f"- **Source:** [code]({FILE_URL})",
        "- **Other calls:** `RevokeSecurityGroupIngress` by `alice@example.com`",
        f"- **Links:** {links} (they need account `prod (111122223333)`)",
        f"- **Finding:** `{home.finding_id}`",
    ]  # fmt: skip
    assert told.startswith('```diff\n@@ Configuration.IpPermissions.0 @@\n+ {\n+   "ipProtocol": "tcp",\n')
    assert told.endswith("@@ Configuration.Size @@\n- 1\n+ 2\n```\n\n</details>\n\n")


def test_where_nobody_is_found_what_came_near_stands_in_the_details_alone():
    near = written(unattributed(leads=(lead("`@all`"),)))
    assert "- **Near:** `` AuthorizeSecurityGroupIngress by bob at 10:11: `@all` ``\n" in near
    assert "bob" not in near.partition("<details>")[0]
    late = match(event=event(), lag=timedelta(seconds=-3))
    assert "3 s after Config captured it" in written(finding(match=late))
    block = "import {\n  to = aws_vpc.main\n}"
    imported = written(located(next_steps=(NextStep(kind="import", text=block),)))
    assert f"\nTo take it into the state:\n\n```\n{block}\n```\n" in imported


@cache
def odd(text):
    return written(replace(hostile_text.odd(text), **odd_address(text)), names=hostile_text.NAMES)


@cache
def calm(text):
    """Return the elements and the words and signs outside of code, of what nobody wrote anything odd into."""
    told = shown(odd(text))
    return set(told.texts), set(re.findall(r"\w+|[^\w\s]", told.plain)), told.count("td", "details")


@pytest.mark.parametrize("text", [*hostile_text.TEXTS, "a\n````\n</details>\n# b"])
def test_strangers_text_is_code_and_nothing_else(text):
    told = shown(odd(text))
    (tags, symbols, counts), (_, none, _) = calm("calm"), calm("")
    assert told.texts.keys() <= tags
    assert told.count("td", "details") == counts == (5, 1)
    assert told.count("pre") <= shown(odd("calm")).count("pre")
    assert set(re.findall(r"\w+|[^\w\s]", told.plain)) <= symbols | none
    ours = r"https://([a-z0-9-]+\.console\.aws\.amazon|github)\.com/"
    assert all(
        name == "class" or (name == "href" and re.match(ours, value)) for name, value in told.attributes()
    )
    odd(text).encode("utf-8")
    assert all(letter.isprintable() or letter == "\n" for letter in odd(text))


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("`\\| a<b>@#*_[](){}~&;:!/\n\t-+=.1\u202e"), min_size=1, max_size=30))
def test_a_text_comes_back_from_a_cell_and_from_html(text):
    row = shown(f"| a | b |\n| --- | --- |\n| {cell(text)} | end |\n")
    assert row.plain.split() == ["a", "b", "end"]
    inline = shown(f"<details><summary>{html(text)}</summary>\n\nx\n\n</details>\n")
    assert inline.plain.split() == ["x"]
    read = ["".join(each.texts.get("code", ())).replace(" ", "") for each in (row, shown(code(text)), inline)]
    assert read[0] == read[1] == read[2]


def test_a_comment_holds_it_all_the_first_with_details():
    text = written(*quarter.findings(110), names=quarter.NAMES)
    assert len(text) < LONGEST_COMMENT
    assert len(table(text)) == 110
    with_details = [line[11:27] for line in re.findall(r"<summary>. .*", text)]
    assert 15 < len(with_details) < 110
    assert with_details == [row[0] for row in table(text)][: len(with_details)]
    left = 110 - len(with_details)
    assert f"Without details, since a comment takes 65,536 characters: the last {left} changes." in text


def test_every_finding_keeps_its_row_and_held_details_do_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr(markdown, "LONGEST_COMMENT", 6_000)
    monkeypatch.setattr(markdown, "_MOST_HELD", 60_000)
    text = written(*many(40))
    assert (len(table(text)), text.count("<details>")) == (40, 0)
    sink = Markdown(out=io.StringIO())
    big = entry("Configuration.Note", "x" * 1_400, "y" * 1_400)
    for each in many(60):
        sink.emit([finding(change=change(resource=each.change.resource, diff=(big,)))])
    assert sum(len(held.section) for held in sink._held) <= 11 * 6_000
