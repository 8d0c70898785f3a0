"""Markdown: what a pull request shows of it, by a parser of Markdown and one of HTML."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from iacwatch.core.iac import NextStep
from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict
from iacwatch.sinks.markdown.sink import LONGEST_COMMENT, Markdown
from iacwatch.sinks.markdown.text import cell, code, html
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text, quarter
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    lead,
    many,
    match,
    resource,
    unattributed,
)
from tests.fixtures.located import ADDRESS, COMMAND, FILE_URL, UNKNOWN, address, located, odd_address
from tests.fixtures.streams import written_at_the_end

NAMES = {ACCOUNT: "prod"}
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def written(*findings, one=False, **fields):
    style = ReportStyle(**{"names": NAMES, **fields})
    return written_at_the_end(lambda out: Markdown(out=out, style=style, one=one), *findings)


class Shown(HTMLParser):
    """What a reader sees: tags, addresses, and the text that stands in no code."""

    def __init__(self, markdown):
        super().__init__()
        self.tags, self.links, self.open, self.plain, self.code = [], [], [], "", []
        self.feed(GFM.render(markdown))
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"href", "class"}
        self.links += [value for name, value in attrs if name == "href"]
        if tag != "br":
            self.open.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "code" in self.open:
            self.code[-1] += data
        else:
            self.plain += data


def symbols(shown):
    """Return the words and signs that stand in no code."""
    return set(re.findall(r"\w+|[^\w\s]", shown.plain))


def table(text):
    """Return the table's rows, cells as they are written."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in lines]


def test_the_summary_tells_what_there_is():
    text = written(finding(), unattributed(), *many(2))
    assert text.splitlines()[0] == (
        "**4 changes**: 🔴 3 out-of-band, ⚪ 1 unattributed · 1 actor · 1 account"
        " · 2026-11-20 10:11 to 2026-11-20 10:12 UTC"
    )


def test_the_summary_counts_the_changes_of_each_origin():
    chained = behind("alice@example.com")
    bob = finding(match=match(event=event(actor=actor(name="bob|`x`"))))
    lines = written(finding(), chained, bob, bob).splitlines()
    assert "· 2 actors ·" in lines[0]
    assert lines[2] == "Who: `alice@example.com` 2, `` bob|`x` `` 2"
    people = [finding(match=match(event=event(actor=actor(name=f"p{number:02d}")))) for number in range(12)]
    assert written(*people).splitlines()[2].endswith("`p09` 1, and 2 more")


def test_a_row_and_its_details_tell_through_which_role_somebody_called():
    text = written(behind("alice@example.com"))
    assert "| `alice@example.com`, through role `gha-terraform-prod`<br>" in text
    assert "<code>alice@example.com</code>, through role <code>gha-terraform-prod</code>, opened" in text


def test_nothing_found_is_said():
    assert written() == "**No changes to report.**\n"


def test_a_row_tells_when_who_what_and_where():
    (row,) = table(written(finding()))
    assert row == [
        "2026-11-20 10:11",
        "🔴 out-of-band",
        "`alice@example.com`<br>`AuthorizeSecurityGroupIngress` by `console`",
        "opened `22/tcp` to `0.0.0.0/0` on security group `web (sg-0a1b2c3d4e5f60718)` (managed by `terraform`)",
        "`prod eu-west-1`",
    ]


def test_a_row_tells_where_it_lives_and_the_details_what_to_do():
    one = located(address(also=("aws_a.b",), disagreement="its tags name acme/apps"))
    text = written(one)
    assert (
        f"eu-west-1`<br>`{ADDRESS}` and 1 more<br>`live/prod/net` of `acme/infra`<br>owned by `@acme/net` |"
        in text
    )
    for line in (
        f"- **In IaC:** `{ADDRESS}` and 1 more, `live/prod/net` of `acme/infra`, owned by `@acme/net`,"
        " as of 2026-11-18 09:00",
        "- **Also at:** `aws_a.b`",
        "- **Known by:** `the index of states`",
        "- **Disagreement:** `its tags name acme/apps`",
        f"- **Next apply:** `not known: {UNKNOWN.reason}`",
        f"- **Next step:** `{COMMAND}`",
        f"- **Source:** [code]({FILE_URL})",
    ):
        assert f"\n{line}\n" in text
    assert "report.ignore" not in text
    block = "import {\n  to = aws_vpc.main\n}"
    imported = written(located(next_steps=(NextStep(kind="import", text=block),)))
    assert f"\nTo take it into the state:\n\n```\n{block}\n```\n" in imported


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_what_strangers_wrote_of_iac_is_code_and_nothing_else(text):
    told = written(finding(**odd_address(text)))
    shown, calm = Shown(told), [Shown(written(finding(**odd_address(word)))) for word in ("calm", "")]
    assert set(shown.tags) <= set(calm[0].tags)
    assert (shown.tags.count("td"), shown.tags.count("details")) == (5, 1)
    assert all(
        re.match(r"https://([a-z0-9-]+\.console\.aws\.amazon|github)\.com/", link) for link in shown.links
    )
    assert symbols(shown) <= symbols(calm[0]) | symbols(calm[1])
    assert all(letter.isprintable() or letter == "\n" for letter in told)


def test_the_details_tell_what_came_near():
    text = written(unattributed(leads=(lead("`@all`"),)))
    assert "- **Near:** `` AuthorizeSecurityGroupIngress by bob at 10:11: `@all` ``\n" in text
    assert "bob" not in text.partition("<details>")[0]


def test_the_details_are_folded_and_tell_why_and_what_was():
    text = written(finding(others=(match(event=event(event_name="RevokeSecurityGroupIngress")),)))
    assert (
        "<details><summary>🔴 2026-11-20 10:11 · <code>alice@example.com</code> opened <code>22/tcp</code>"
        in text
    )
    for line in (
        "- **Where:** `prod (111122223333)` `eu-west-1`",
        "- **How:** `AuthorizeSecurityGroupIngress`, `console`, `SSO Admin`, `from 198.51.100.7`",
        "- **Called:** 10:11:22, 41 s before Config captured it",
        "- **Other calls:** `RevokeSecurityGroupIngress` by `alice@example.com`",
        "@@ Configuration.IpPermissions.0 @@",
        '+   "fromPort": 22,',
    ):
        assert line in text.splitlines()
    assert "(they need account `prod (111122223333)`)" in text
    assert "matches no workflow for managed-by=terraform`" in text


def test_both_sides_of_an_update_are_told():
    text = written(finding(change=change(diff=(entry("Configuration.Size", 1, 2),))))
    assert "```diff\n@@ Configuration.Size @@\n- 1\n+ 2\n```" in text


def test_a_call_after_the_capture_is_told_as_one():
    late = match(event=event(), lag=timedelta(seconds=-3))
    assert "3 s after Config captured it" in written(finding(match=late))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"change": change(change_type=ChangeType.DELETE)},
            "`web (sg-0a1b2c3d4e5f60718)`, which `terraform` managed",
        ),
        (
            {"managed": Managed(value="terraform", evidence=Evidence.TAGS, removed=True)},
            "(no longer watched)",
        ),
        ({"managed": Managed(value=None, evidence=Evidence.HISTORY)}, "(not managed)"),
        ({"managed": Managed(value="", evidence=Evidence.TAGS)}, "(managed by an empty tag)"),
    ],
)
def test_by_what_it_is_managed_is_told(facts, told):
    (row,) = table(written(finding(**facts)))
    assert row[3].endswith(told)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_mark_and_a_name(verdict):
    (row,) = table(written(finding(verdict=verdict), names={}))
    assert row[1].endswith(f" {verdict}")
    assert len(row[1]) > len(verdict) + 1


def test_the_gravest_comes_first_then_by_time():
    *opened, last = many(3, apart=timedelta(hours=1))
    deleted = replace(last, change=replace(last.change, change_type=ChangeType.DELETE))
    text = written(*reversed(opened), deleted)
    assert [row[0] for row in table(text)] == ["2026-11-20 12:11", "2026-11-20 10:11", "2026-11-20 11:11"]
    assert text.index("<summary>🔴 2026-11-20 12:11") < text.index("<summary>🔴 2026-11-20 10:11")
    assert "2026-11-20 10:11 to 2026-11-20 12:11 UTC" in text


def test_of_one_resource_the_newest_comes_first():
    text = written(*many(3, apart=timedelta(hours=1)), one=True)
    assert [row[0] for row in table(text)] == ["2026-11-20 12:11", "2026-11-20 11:11", "2026-11-20 10:11"]


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_strangers_text_is_code_and_nothing_else(text):
    told = written(hostile_text.odd(text), names=hostile_text.NAMES)
    shown, calm = Shown(told), [Shown(written(hostile_text.odd(word), names=NAMES)) for word in ("calm", "")]
    assert set(shown.tags) <= set(calm[0].tags)
    assert shown.tags.count("td") == 5
    assert shown.tags.count("details") == 1
    assert all(re.match(r"https://[a-z0-9-]+\.console\.aws\.amazon\.com/", link) for link in shown.links)
    assert symbols(shown) <= symbols(calm[0]) | symbols(calm[1])
    told.encode("utf-8")
    assert all(letter.isprintable() or letter == "\n" for letter in told)


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("`\\| a<b>@#*_[](){}~&;:!/\n\t-+=.1\u202e"), min_size=1, max_size=30))
def test_a_text_comes_back_from_a_cell_and_from_html(text):
    row = Shown(f"| a | b |\n| --- | --- |\n| {cell(text)} | end |\n")
    assert row.tags.count("td") == 2
    assert row.plain.split() == ["a", "b", "end"]
    assert "".join(row.code).replace(" ", "") == "".join(Shown(code(text)).code).replace(" ", "")
    inline = Shown(f"<details><summary>{html(text)}</summary>\n\nx\n\n</details>\n")
    assert "".join(inline.code).replace(" ", "") == "".join(row.code).replace(" ", "")
    assert inline.plain.split() == ["x"]


def test_a_fence_in_a_value_does_not_end_the_block():
    text = written(
        finding(change=change(diff=(entry("Configuration.Note", "a\n````\n</details>\n# b", None),)))
    )
    shown = Shown(text)
    assert "h1" not in shown.tags
    assert shown.tags.count("pre") == 1
    assert "- ````\n- </details>\n- # b\n" in shown.code[-1]


def test_secrets_and_named_paths_are_hidden():
    diff = (
        entry("Configuration.MasterUserPassword", "a-secret", "another"),
        entry("Configuration.Owner", "carol", "dan"),
    )
    text = written(finding(change=change(diff=diff)), redact=["Configuration.owner"])
    assert text.count("(redacted)") >= 4
    for secret in ("a-secret", "another", "carol", "dan"):
        assert secret not in text


def test_a_link_that_is_too_long_is_left_out():
    text = written(finding(change=change(resource=resource(name="x" * 2_000))))
    assert "[CloudTrail event]" in text
    assert "[Config timeline]" not in text


@pytest.mark.parametrize("count", [100, 150])
def test_a_comment_holds_it_all_the_first_with_details(count):
    text = written(*quarter.findings(count), names=quarter.NAMES)
    assert len(text) < LONGEST_COMMENT
    assert len(table(text)) == count
    with_details = [line[11:27] for line in re.findall(r"<summary>. .*", text)]
    assert 15 < len(with_details) < count
    times = [row[0] for row in table(text)]
    assert with_details == times[: len(with_details)]
    assert (
        f"Without details, since a comment takes 65,536 characters: the last {count - len(with_details)} changes."
        in text
    )


def test_every_finding_keeps_its_row_however_many_there_are():
    findings = quarter.findings(1_500)
    text = written(*findings)
    assert len(table(text)) == 1_500
    assert text.count("<details>") == 0
    assert "the last 1,500 changes" in text


def test_held_details_do_not_grow_without_bound():
    sink = Markdown(out=io.StringIO())
    big = entry("Configuration.Note", "x" * 1_400, "y" * 1_400)
    for each in many(400):
        sink.emit([finding(change=change(resource=each.change.resource, diff=(big,)))])
    assert sum(len(held.section) for held in sink._held) <= 11 * LONGEST_COMMENT


def test_the_times_are_those_of_the_calls():
    assert f"{CALLED_AT:%Y-%m-%d %H:%M}" == "2026-11-20 10:11"
    assert table(written(unattributed()))[0][0] == f"{CAPTURED_AT:%Y-%m-%d %H:%M}"


def test_the_root_user_and_services_are_named_as_code():
    (row,) = table(
        written(finding(match=match(event=event(actor=actor(name="rds.amazonaws.com", tool="unknown")))))
    )
    assert row[2] == "`rds.amazonaws.com`<br>`AuthorizeSecurityGroupIngress`"
