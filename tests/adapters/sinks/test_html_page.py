"""The page, as a parser of HTML sees it: nothing from elsewhere, nothing that runs, and all of the data."""

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from iacwatch.core.model import ActorKind, ChangeType, Evidence, Managed, Verdict, Via
from iacwatch.core.present import sentence
from iacwatch.core.text import plain
from iacwatch.sinks.html_page import data as html_data
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text, quarter
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    PIPELINE_SESSION,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    item,
    lead,
    many,
    match,
    resource,
    unattributed,
)
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import (
    ADDRESS,
    COMMAND,
    FILE_URL,
    IGNORE,
    PLAN,
    SEEN_AT,
    UNKNOWN,
    address,
    located,
    odd_address,
)
from tests.fixtures.streams import written_at_the_end


def written(*findings, one=False, **fields):
    style = ReportStyle(**{"names": {ACCOUNT: "prod"}, **fields})
    return written_at_the_end(
        lambda out: HtmlPage(out=out, clock=TickingClock(), style=style, one=one), *findings
    )


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, the text of each kind of element, the data."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open, self.comments = [], {}, [], 0
        self.feed(text)
        self.close()
        (self.data,) = [
            json.loads(body) for attributes, body in self.texts["script"] if attributes.get("type")
        ]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append((dict(attrs), ""))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_comment(self, data):
        self.comments += 1

    def handle_data(self, data):
        for tag in set(self.open):
            attributes, text = self.texts[tag][-1]
            self.texts[tag][-1] = (attributes, text + data)

    def text(self, tag):
        return [text for _, text in self.texts.get(tag, [])]

    def rows(self):
        """Return the findings as mappings."""
        return [dict(zip(self.data["columns"], row, strict=True)) for row in self.data["findings"]]


@pytest.fixture(scope="module")
def page():
    return Page(written(*hostile_text.findings(), names=hostile_text.NAMES))


def test_nothing_in_it_runs_but_its_own_script(page):
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on")] == []
    assert [tag for tag, attributes in page.elements if "style" in attributes] == []
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert {tag for tag, _ in page.elements}.isdisjoint(
        {"iframe", "object", "embed", "link", "base", "form", "img"}
    )


def test_nothing_in_it_comes_from_or_leads_elsewhere(page):
    addresses = [
        (name, value)
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "ping"}
    ]
    assert addresses == [("href", "#findings")]
    assert "url(" not in page.text("style")[0]
    assert "@import" not in page.text("style")[0]


def test_its_policy_lets_these_very_texts_run_and_nothing_else(page):
    (policy,) = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    def hashed(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    (script,) = [body for attributes, body in page.texts["script"] if not attributes]
    (style,) = page.text("style")
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src {hashed(script)}",
        f"style-src {hashed(style)}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def test_the_policy_stands_before_everything_that_it_is_to_hold():
    text = written(finding())
    assert text.index("Content-Security-Policy") < min(
        text.index(f"<{tag}") for tag in ("title", "style", "script")
    )


def test_its_script_writes_text_only(page):
    (script,) = [body for attributes, body in page.texts["script"] if not attributes]
    for word in (
        *(
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "createContextualFragment",
            "DOMParser",
        ),
        *("eval(", "Function(", "import(", "fetch(", "XMLHttp", "WebSocket", "localStorage", "cookie"),
        *("</", "<!--"),
    ):
        assert word not in script
    assert script.count("href") == script.count("href: `#") + script.count("href: url")
    assert 'startsWith("https://")' in script
    assert 'rel: "noopener noreferrer"' in script


def test_the_data_leaves_its_element_by_no_text(page):
    text = written(*hostile_text.findings(), names=hostile_text.NAMES)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert data.isascii()
    assert set("<>&").isdisjoint(data)
    assert "\x7f" not in data
    assert len(page.rows()) == len(hostile_text.findings())
    assert page.comments == 0


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_every_text_arrives_as_a_plain_line(text):
    (row,) = Page(written(hostile_text.odd(text))).rows()
    for name in ("object", "arn", "region", "managed", "reason"):
        assert row[name] == plain(text, 300)
    assert row["event"]["name"] == plain(text, 300)
    for path, *sides in row["changes"]:
        assert path.isprintable()
        for side in sides:
            assert side is None or side.replace("\n", "").isprintable()


def test_the_page_filters_by_origin_and_tells_the_chain():
    runs = [actor(name="gha", repository=f"acme/{name}@main", session="x") for name in ("a", "b")]
    page = Page(
        written(
            finding(),
            behind("alice@example.com"),
            *(finding(match=match(event=event(actor=each))) for each in runs),
        )
    )
    assert sorted(name for name, _ in page.data["people"]) == [
        "acme/a@main",
        "acme/b@main",
        "alice@example.com",
    ]
    rows = [dict(zip(page.data["columns"], row, strict=True)) for row in page.data["findings"]]
    (chained,) = (row for row in rows if row["event"]["arn"] == PIPELINE_SESSION)
    assert chained["who"] == "alice@example.com, through role gha-terraform-prod,"
    facts = dict(page.data["actors"][chained["actor"]])
    assert facts["Role chain"] == PIPELINE_SESSION
    assert facts["Session name"] == "terragrunt-1718035023456789000"
    assert "alice@example.com, through role gha-terraform-prod" in page.text("td")


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_without_script_the_table_shows_the_same_as_text(text):
    odd = hostile_text.odd(text)
    page = Page(written(odd, unattributed()))
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("td"), tags.count("h1"), tags.count("a"), tags.count("script")) == (12, 1, 1, 2)
    assert page.text("td")[6:] == [
        "2026-11-20 10:11",
        "Out of band",
        sentence.whom(odd),
        sentence.said(sentence.done(odd, fully=True)),
        f"prod {plain(text, 300)}",
        ", ".join((plain(text, 300), *sentence.how(odd.actor))),
    ]


def test_the_table_without_script_shows_the_first_hundred():
    page = Page(written(*many(130, apart=timedelta(minutes=1))))
    cells = page.text("td")
    assert len(cells) == 100 * 6
    assert cells[0] == f"{CALLED_AT:%Y-%m-%d %H:%M}"
    assert "the first 100 of 130 changes" in page.text("caption")[0]


def test_what_came_near_is_told_and_blamed_for_nothing():
    (row,) = Page(written(unattributed(leads=(lead("</script>"),)))).rows()
    assert row["leads"] == ["AuthorizeSecurityGroupIngress by bob at 10:11: </script>"]
    assert (row["actor"], row["event"], row["others"]) == (None, None, [])


def test_a_finding_is_told_whole():
    (row,) = Page(written(finding(others=(match(event=event(event_name="Other"), workflow="w"),)))).rows()
    assert row["at"] == int(CALLED_AT.timestamp() * 1000)
    assert row["captured"] == int(CAPTURED_AT.timestamp()) * 1000 + 123
    assert (row["verdict"], row["account"], row["region"], row["change"]) == (
        "out-of-band",
        ACCOUNT,
        "eu-west-1",
        "UPDATE",
    )
    assert row["done"] == [
        "opened",
        ["22/tcp"],
        "to",
        ["0.0.0.0/0"],
        "on",
        "security group",
        ["web (sg-0a1b2c3d4e5f60718)"],
    ]
    assert row["ways"] == ["console", "SSO Admin", "from 198.51.100.7"]
    assert (row["event"]["name"], row["event"]["lag"]) == ("AuthorizeSecurityGroupIngress", 41)
    assert [(other["name"], other["who"], other["workflow"]) for other in row["others"]] == [
        ("Other", "alice@example.com", "w")
    ]
    assert row["changes"][0][:2] == ["Configuration.IpPermissions.0", None]
    assert json.loads(row["changes"][0][2])["fromPort"] == 22
    assert row["configLink"].startswith("https://eu-west-1.console.aws.amazon.com/config/")
    assert row["trailLink"].startswith("https://eu-west-1.console.aws.amazon.com/cloudtrailv2/")


def test_where_it_lives_is_told_and_what_a_stack_shares_stands_once():
    other = located(address(address="aws_vpc.main", stack="live/b", directory="live/b"), finding_id="b" * 32)
    page = Page(written(located(), other, located(finding_id="c" * 32), finding(finding_id="d" * 32)))
    rows = {row["id"]: row for row in page.rows()}
    first, second = rows[located().finding_id], rows["b" * 32]
    homes = page.data["homes"]
    assert [home["stack"] for home in homes] == ["live/prod/net", "live/b"]
    assert (
        homes[first["iac"]["home"]]
        == homes[rows["c" * 32]["iac"]["home"]]
        == {
            "stack": "live/prod/net",
            "repository": "acme/infra",
            "directory": "live/prod/net",
            "owner": "@acme/net",
            "engine": "terraform",
            "state": "s3://acme-tfstate/live/prod/net/terraform.tfstate",
            "serial": 17,
            "seen": int(SEEN_AT.timestamp() * 1000),
        }
    )
    assert (first["iac"]["address"], second["iac"]["address"]) == (ADDRESS, "aws_vpc.main")
    assert first["applies"] == [f"not known: {UNKNOWN.reason}", "unknown", UNKNOWN.reason]
    assert first["steps"] == [["Next step", COMMAND], ["To report it no more", IGNORE.text]]
    assert first["source"] == ["Code", FILE_URL]
    bare = rows["d" * 32]
    assert (bare["iac"], bare["applies"], bare["steps"], bare["source"]) == (None, None, [], None)


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_every_text_about_iac_arrives_as_a_plain_line(text):
    page = Page(written(finding(**odd_address(text))))
    (row,), (home,) = page.rows(), page.data["homes"]
    shown = [*row["iac"].values(), *row["iac"]["also"], *home.values(), *row["applies"]]
    assert all(each.isprintable() for each in shown if isinstance(each, str))
    assert home["stack"] == (plain(text, 300) if text else None)
    assert all(step.replace("\n", "").isprintable() for _, step in row["steps"])
    assert page.data["homes"] == [home]
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("td"), tags.count("a"), tags.count("script")) == (6, 1, 2)


def test_who_did_it_stands_once_with_all_that_is_known():
    page = Page(written(*many(3)))
    assert page.data["people"] == [["alice@example.com", ""]]
    assert [row["actor"] for row in page.rows()] == [0, 0, 0]
    facts = dict(page.data["actors"][0])
    assert (facts["Address"], facts["Came by"]) == ("198.51.100.7", "console, SSO Admin")
    assert facts["Principal"].endswith("AWSReservedSSO_Admin_0123456789abcdef")


def test_a_role_of_one_name_in_two_accounts_is_two():
    def by(account, **fields):
        who = actor(name="deploy", account_id=account, via=Via.INSTANCE, **fields)
        return finding(match=match(event=event(actor=who)))

    assert len(Page(written(by("111122223333"), by("444455556666"))).data["people"]) == 2
    people = [("1", Via.SSO), ("2", Via.SSO)]
    same = [
        finding(match=match(event=event(actor=actor(account_id=account, via=via)))) for account, via in people
    ]
    assert len(Page(written(*same)).data["people"]) == 1
    service = [
        finding(
            match=match(
                event=event(actor=actor(kind=ActorKind.AWS_SERVICE, via=Via.SERVICE, account_id=each))
            )
        )
        for each in "12"
    ]
    assert len(Page(written(*service)).data["people"]) == 1


def test_where_nobody_is_named_the_sentence_says_so():
    nobody, effect = Page(
        written(
            unattributed(),
            unattributed(
                verdict=Verdict.SIDE_EFFECT, change=change(captured_at=CAPTURED_AT - timedelta(hours=1))
            ),
        )
    ).rows()
    assert (nobody["who"], nobody["actor"], nobody["event"], nobody["trailLink"]) == (
        "Nobody found who",
        None,
        None,
        None,
    )
    assert effect["who"] == "A side effect"


@pytest.mark.parametrize(
    ("findings", "headline"),
    [
        ([], "No changes to report"),
        ([finding()], "1 change out of band"),
        ([*many(2), unattributed()], "2 changes out of band, 1 unattributed"),
        ([unattributed()], "1 change unattributed"),
        (
            [finding(verdict=Verdict.IN_WORKFLOW), finding(verdict=Verdict.AWS_SERVICE)],
            "1 change in workflow, 1 by AWS itself",
        ),
        pytest.param(
            [*many(1_200, verdict=Verdict.UNMANAGED)],
            "1,200 changes of unmanaged objects",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_headline_tells_what_somebody_has_to_look_at(findings, headline):
    page = Page(written(*findings))
    assert page.text("h1") == [headline]
    assert page.text("title") == [f"{headline} · iacwatch"]


def test_the_lede_tells_when_where_and_who_most():
    lede = written(*quarter.findings(200), names=quarter.NAMES)
    assert re.search(r"August 2026, \d\d:\d\d to \d+ November 2026, \d\d:\d\d UTC, in 4 accounts\.", lede)
    assert re.search(
        r"\d+ people and pipelines went around the workflow, <bdi>alice@example.com</bdi> most often", lede
    )
    assert "Everything out of band is <bdi>alice@example.com</bdi>&#x27;s." in written(finding())


def test_an_empty_page_says_that_it_tells_what_was_found_only():
    page = Page(written())
    assert page.data["findings"] == []
    assert page.data["verdicts"] == {}
    assert "could not be looked at is said at the end of the run" in page.text("p")[1]


def test_the_gravest_comes_first_however_they_came():
    *some, last = many(9)
    deleted = replace(last, change=replace(last.change, change_type=ChangeType.DELETE))
    applied = replace(deleted, finding_id="f" * 32, verdict=Verdict.IN_WORKFLOW)
    page = Page(written(*many(5), applied, *reversed(some), deleted))
    first, *opened, cleared = page.rows()
    assert (first["id"], first["gravity"]) == (deleted.finding_id, 0)
    assert {row["gravity"] for row in opened} == {2}
    assert [row["at"] for row in opened] == sorted(row["at"] for row in opened)
    assert (cleared["id"], cleared["gravity"]) == (applied.finding_id, len(html_data.GRAVITIES) - 1)
    assert page.data["order"] == "gravest"


def test_of_one_resource_the_newest_comes_first():
    page = Page(written(*many(5), *reversed(many(9)), one=True))
    times = [row["at"] for row in page.rows()]
    assert times == sorted(times, reverse=True)
    assert page.data["order"] == "newest"


@pytest.mark.parametrize("kind", ChangeType)
def test_every_kind_of_change_is_told(kind):
    (row,) = Page(
        written(
            finding(
                change=change(change_type=kind, previous=item(captured_at=CAPTURED_AT - timedelta(days=1)))
            )
        )
    ).rows()
    assert row["change"] == str(kind)
    assert row["previous"] == row["captured"] - 86_400_000


def test_what_has_no_link_gets_none():
    (row,) = Page(written(finding(change=change(resource=resource(name="x" * 4_000))))).rows()
    assert row["configLink"] is None
    (row,) = Page(written(finding(match=match(event=event(event_id="a b"))))).rows()
    assert row["trailLink"] is None


def test_a_policy_that_came_as_text_is_laid_out():
    diff = (
        entry("Configuration.policy", None, '{"Version":"1","Statement":[]}'),
        entry("Configuration.document", None, {"policyDocument": "%7B%22Version%22%3A%20%221%22%7D"}),
        entry("Configuration.words", None, "{not json"),
    )
    (row,) = Page(written(finding(change=change(diff=diff)))).rows()
    assert [after for _, _, after in row["changes"]] == [
        '{\n  "Version": "1",\n  "Statement": []\n}',
        '{\n  "policyDocument": {\n    "Version": "1"\n  }\n}',
        "{not json",
    ]


def test_values_are_bounded_and_say_what_was_cut():
    diff = tuple(entry(f"Configuration.{place}", "a" * 9_000, "b" * 9_000) for place in range(60))
    (row,) = Page(written(finding(change=change(diff=diff)))).rows()
    assert sum(len(side) for _, *sides in row["changes"] for side in sides) < 17_000
    assert row["changes"][0][1].endswith("… (cut, 9000 characters)")
    assert row["moreChanges"] == 60 - len(row["changes"])


def test_a_page_of_very_many_values_tells_them_in_short(monkeypatch):
    monkeypatch.setattr(html_data, "_AMPLE_UNTIL", 1)
    diff = (entry("Configuration.Note", "a" * 5_000, "b" * 5_000),)
    findings = [
        replace(each, change=replace(each.change, diff=diff), next_steps=(PLAN, IGNORE)) for each in many(2)
    ]
    first, later = Page(written(*findings)).rows()
    assert (len(first["steps"]), later["steps"]) == (2, [["Next step", COMMAND]])
    assert first["changes"][0][1] == "a" * 5_000
    assert later["changes"][0][1] == "a" * 300 + "… (cut, 5000 characters)"


def test_neighbours_come_last():
    diff = (entry("Relationships.0", None, {"a": 1}), entry("Configuration.Size", 1, 2))
    (row,) = Page(written(finding(change=change(diff=diff)))).rows()
    assert [path for path, *_ in row["changes"]] == ["Configuration.Size", "Relationships.0"]


def test_secrets_and_named_paths_are_hidden():
    diff = (
        entry("Configuration.MasterUserPassword", "a-secret", "another"),
        entry("Configuration.Owner", "carol", "dan"),
    )
    text = written(finding(change=change(diff=diff)), redact=["Configuration.owner"])
    assert text.count("(redacted)") >= 4
    for secret in ("a-secret", "another", "carol", "dan"):
        assert secret not in text


def test_a_tag_that_was_taken_away_is_told():
    managed = Managed(value="terraform", evidence=Evidence.TAGS, removed=True)
    (row,) = Page(written(finding(managed=managed))).rows()
    assert (row["note"], row["managed"]) == ("no longer watched", "terraform")


def test_it_says_when_it_was_made():
    class Noon:
        def now(self):
            return datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    out = io.StringIO()
    HtmlPage(out=out, clock=Noon()).close()
    assert "on 21 November 2026, 12:00 UTC." in out.getvalue()
