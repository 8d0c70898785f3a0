"""The page, as a parser of HTML sees it: nothing from elsewhere, nothing that runs, and all of the data."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
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
        (self.script,) = [body for attributes, body in self.texts["script"] if not attributes]
        (data,) = [body for attributes, body in self.texts["script"] if attributes.get("type")]
        self.data = json.loads(data)

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

    def count(self, *tags):
        return tuple(sum(each == tag for each, _ in self.elements) for tag in tags)

    def rows(self):
        """Return the findings as mappings."""
        return [dict(zip(self.data["columns"], row, strict=True)) for row in self.data["findings"]]


def rows(*findings, **fields):
    return Page(written(*findings, **fields)).rows()


def row(**fields):
    (made,) = rows(finding(**fields))
    return made


def by(*actors):
    return [finding(match=match(event=event(actor=each))) for each in actors]


@pytest.fixture(scope="module")
def text():
    return written(*hostile_text.findings(), names=hostile_text.NAMES)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_nothing_in_it_runs_but_its_own_script_and_nothing_leads_elsewhere(page):
    attributes = [(tag, name, value) for tag, named in page.elements for name, value in named.items()]
    assert [name for _, name, _ in attributes if name.startswith("on") or name == "style"] == []
    scripts = [named for tag, named in page.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert not any(page.count("iframe", "object", "embed", "link", "base", "form", "img"))
    loading = {"href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "ping"}
    assert [(name, value) for _, name, value in attributes if name in loading] == [("href", "#findings")]
    assert not [word for word in ("url(", "@import") if word in page.text("style")[0]]


def test_its_policy_lets_these_very_texts_run_and_nothing_else_and_stands_before_them(page, text):
    (policy,) = [named["content"] for _, named in page.elements if named.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip

    def hashed(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src {hashed(page.script)}",
        f"style-src {hashed(page.text('style')[0])}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    first = min(text.index(f"<{tag}") for tag in ("title", "style", "script"))
    assert text.index("Content-Security-Policy") < first


def test_the_data_leaves_its_element_by_no_text(page, text):
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert data.isascii()
    assert set("<>&\x7f").isdisjoint(data)
    assert len(page.rows()) == len(hostile_text.findings())
    assert page.comments == 0


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_every_text_arrives_as_a_plain_line_with_script_and_without(text):
    odd = replace(hostile_text.odd(text), **odd_address(text))
    page = Page(written(odd, unattributed()))
    (told,) = (each for each in page.rows() if each["actor"] is not None)
    line = plain(text, 300)
    assert {told[name] for name in ("object", "arn", "region", "managed", "reason")} == {line}
    assert told["event"]["name"] == line
    (home,) = page.data["homes"]
    assert home["stack"] == (line or None)
    shown = [*told["iac"].values(), *told["iac"]["also"], *home.values(), *told["applies"]]
    assert all(each.isprintable() for each in shown if isinstance(each, str))
    sides = [side for path, *sides in told["changes"] for side in (path, *sides) if side is not None]
    for each in (*sides, *(step for _, step in told["steps"])):
        assert each.replace("\n", "").isprintable()
    assert page.count("td", "h1", "a", "script") == (12, 1, 1, 2)
    assert page.text("td")[6:] == [
        "2026-11-20 10:11",
        "Out of band",
        sentence.whom(odd),
        sentence.said(sentence.done(odd, fully=True)),
        f"prod {line} · {line}" if line else "prod ",
        ", ".join((line, *sentence.how(odd.actor))),
    ]


def test_a_finding_is_told_whole():
    told = row(others=(match(event=event(event_name="Other"), workflow="w"),))
    assert told["at"] == int(CALLED_AT.timestamp() * 1000)
    assert told["captured"] == int(CAPTURED_AT.timestamp()) * 1000 + 123
    where = (told["verdict"], told["account"], told["region"], told["change"])
    assert where == ("out-of-band", ACCOUNT, "eu-west-1", "UPDATE")
    web = ["web (sg-0a1b2c3d4e5f60718)"]
    assert told["done"] == ["opened", ["22/tcp"], "to", ["0.0.0.0/0"], "on", "security group", web]
    assert told["ways"] == ["console", "SSO Admin", "from 198.51.100.7"]
    assert (told["event"]["name"], told["event"]["lag"]) == ("AuthorizeSecurityGroupIngress", 41)
    (other,) = told["others"]
    assert (other["name"], other["who"], other["workflow"]) == ("Other", "alice@example.com", "w")
    assert told["changes"][0][:2] == ["Configuration.IpPermissions.0", None]
    assert json.loads(told["changes"][0][2])["fromPort"] == 22
    assert told["configLink"].startswith("https://eu-west-1.console.aws.amazon.com/config/")
    assert told["trailLink"].startswith("https://eu-west-1.console.aws.amazon.com/cloudtrailv2/")
    before = change(previous=item(captured_at=CAPTURED_AT - timedelta(days=1)))
    assert row(change=before)["previous"] == told["captured"] - 86_400_000
    untagged = row(managed=Managed(value="terraform", evidence=Evidence.TAGS, removed=True))
    assert (untagged["note"], untagged["managed"]) == ("no longer watched", "terraform")


def test_what_has_no_link_gets_none():
    assert row(change=change(resource=resource(name="x" * 4_000)))["configLink"] is None
    assert row(match=match(event=event(event_id="a b")))["trailLink"] is None


def test_where_nobody_is_named_the_sentence_says_so_and_blames_nobody_who_came_near():
    early = change(captured_at=CAPTURED_AT - timedelta(hours=1))
    effect = unattributed(verdict=Verdict.SIDE_EFFECT, change=early)
    nobody, effect = rows(unattributed(leads=(lead("</script>"),)), effect)
    assert nobody["leads"] == ["AuthorizeSecurityGroupIngress by bob at 10:11: </script>"]
    assert (nobody["who"], nobody["others"]) == ("Nobody found who", [])
    assert (nobody["actor"], nobody["event"], nobody["trailLink"]) == (None, None, None)
    assert effect["who"] == "A side effect"


def test_where_it_lives_is_told_and_what_a_stack_shares_stands_once():
    other = located(address(address="aws_vpc.main", stack="live/b", directory="live/b"), finding_id="b" * 32)
    page = Page(written(located(), other, located(finding_id="c" * 32), finding(finding_id="d" * 32)))
    told, homes = {each["id"]: each for each in page.rows()}, page.data["homes"]
    first = told[located().finding_id]
    assert [home["stack"] for home in homes] == ["live/prod/net", "live/b"]
    assert first["iac"]["home"] == told["c" * 32]["iac"]["home"]
    assert homes[first["iac"]["home"]] == {
        "stack": "live/prod/net",
        "repository": "acme/infra",
        "directory": "live/prod/net",
        "owner": "@acme/net",
        "engine": "terraform",
        "state": "s3://acme-tfstate/live/prod/net/terraform.tfstate",
        "serial": 17,
        "seen": int(SEEN_AT.timestamp() * 1000),
    }
    assert (first["iac"]["address"], told["b" * 32]["iac"]["address"]) == (ADDRESS, "aws_vpc.main")
    assert first["applies"] == [f"not known: {UNKNOWN.reason}", "unknown", UNKNOWN.reason]
    assert first["steps"] == [["Next step", COMMAND], ["To report it no more", IGNORE.text]]
    assert first["source"] == ["Code", FILE_URL]
    bare = told["d" * 32]
    assert (bare["iac"], bare["applies"], bare["steps"], bare["source"]) == (None, None, [], None)


def test_who_did_it_stands_once_with_all_that_is_known_under_who_opened_the_session():
    page = Page(written(*many(3)))
    assert page.data["people"] == [["alice@example.com", ""]]
    assert [each["actor"] for each in page.rows()] == [0, 0, 0]
    facts = dict(page.data["actors"][0])
    assert (facts["Address"], facts["Came by"]) == ("198.51.100.7", "console, SSO Admin")
    assert facts["Principal"].endswith("AWSReservedSSO_Admin_0123456789abcdef")
    runs = [actor(name="gha", repository=f"acme/{name}@main", session="x") for name in ("a", "b")]
    page = Page(written(finding(), behind("alice@example.com"), *by(*runs)))
    origins = ["acme/a@main", "acme/b@main", "alice@example.com"]
    assert sorted(name for name, _ in page.data["people"]) == origins
    (chained,) = (each for each in page.rows() if each["event"]["arn"] == PIPELINE_SESSION)
    assert chained["who"] == "alice@example.com, through role gha-terraform-prod,"
    facts = dict(page.data["actors"][chained["actor"]])
    assert facts["Role chain"] == PIPELINE_SESSION
    assert facts["Session name"] == "terragrunt-1718035023456789000"
    assert "alice@example.com, through role gha-terraform-prod" in page.text("td")


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"name": "deploy", "via": Via.INSTANCE}, 2),
        ({"via": Via.SSO}, 1),
        ({"kind": ActorKind.AWS_SERVICE, "via": Via.SERVICE}, 1),
    ],
)
def test_a_role_of_one_name_in_two_accounts_is_two_but_no_person_and_no_service(fields, count):
    actors = [actor(account_id=account, **fields) for account in ("111122223333", "444455556666")]
    assert len(Page(written(*by(*actors))).data["people"]) == count


@pytest.mark.parametrize(
    ("findings", "headline"),
    [
        ([], "No changes to report"),
        ([finding()], "1 change out of band"),
        ([*many(2), unattributed()], "2 changes out of band, 1 unattributed"),
        ([unattributed()], "1 change unattributed"),
        ([finding(verdict=Verdict.IN_WORKFLOW), finding(verdict=Verdict.AWS_SERVICE)], "1 change in workflow, 1 by AWS itself"),
    ],
)  # fmt: skip
def test_the_headline_tells_what_somebody_has_to_look_at(findings, headline):
    page = Page(written(*findings))
    assert page.text("h1") == [headline]
    assert page.text("title") == [f"{headline} · iacwatch"]
    if not findings:
        assert (page.data["findings"], page.data["verdicts"]) == ([], {})
        assert "could not be looked at is said at the end of the run" in page.text("p")[1]


def test_the_lede_tells_when_where_who_most_and_the_foot_when_it_was_made():
    lede = written(*quarter.findings(200), names=quarter.NAMES)
    assert re.search(r"August 2026, \d\d:\d\d to \d+ November 2026, \d\d:\d\d UTC, in 4 accounts\.", lede)
    most = r"\d+ people and pipelines went around the workflow, <bdi>alice@example.com</bdi> most often"
    assert re.search(most, lede)
    text = written(finding())
    assert "Everything out of band is <bdi>alice@example.com</bdi>&#x27;s." in text
    assert "on 20 November 2026, 12:00 UTC." in text


def test_the_table_without_script_shows_the_first_hundred():
    page = Page(written(*many(130, apart=timedelta(minutes=1))))
    cells = page.text("td")
    assert len(cells) == 100 * 6
    assert cells[0] == f"{CALLED_AT:%Y-%m-%d %H:%M}"
    assert "the first 100 of 130 changes" in page.text("caption")[0]


def test_the_gravest_comes_first_however_they_came_and_of_one_resource_the_newest():
    *some, last = many(9)
    deleted = replace(last, change=replace(last.change, change_type=ChangeType.DELETE))
    applied = replace(deleted, finding_id="f" * 32, verdict=Verdict.IN_WORKFLOW)
    page = Page(written(*many(5), applied, *reversed(some), deleted))
    first, *opened, cleared = page.rows()
    assert (first["id"], first["gravity"], first["change"]) == (deleted.finding_id, 0, "DELETE")
    assert {each["gravity"] for each in opened} == {2}
    assert [each["at"] for each in opened] == sorted(each["at"] for each in opened)
    assert (cleared["id"], cleared["gravity"]) == (applied.finding_id, len(html_data.GRAVITIES) - 1)
    assert page.data["order"] == "gravest"
    page = Page(written(*many(5), *reversed(many(9)), one=True))
    times = [each["at"] for each in page.rows()]
    assert times == sorted(times, reverse=True)
    assert page.data["order"] == "newest"


def values(*diff):
    return row(change=change(diff=diff))


def test_a_policy_that_came_as_text_is_laid_out_and_neighbours_come_last():
    told = values(
        entry("Relationships.0", None, {"a": 1}),
        entry("Configuration.policy", None, '{"Version":"1","Statement":[]}'),
        entry("Configuration.document", None, {"policyDocument": "%7B%22Version%22%3A%20%221%22%7D"}),
        entry("Configuration.words", None, "{not json"),
    )["changes"]
    assert [after for _, _, after in told][:3] == [
        '{\n  "Version": "1",\n  "Statement": []\n}',
        '{\n  "policyDocument": {\n    "Version": "1"\n  }\n}',
        "{not json",
    ]
    assert told[-1][0] == "Relationships.0"


def test_values_are_bounded_and_say_what_was_cut_and_more_so_on_a_page_of_very_many(monkeypatch):
    long = [entry(f"Configuration.{place}", "a" * 9_000, "b" * 9_000) for place in range(45)]
    told = values(*long)
    assert sum(len(side) for _, *sides in told["changes"] for side in sides) < 17_000
    assert told["changes"][0][1].endswith("… (cut, 9000 characters)")
    assert told["moreChanges"] == 45 - len(told["changes"])
    monkeypatch.setattr(html_data, "_AMPLE_UNTIL", 1)
    diff = (entry("Configuration.Note", "a" * 5_000, "b" * 5_000),)
    some = [
        replace(each, change=replace(each.change, diff=diff), next_steps=(PLAN, IGNORE)) for each in many(2)
    ]
    first, later = rows(*some)
    assert (len(first["steps"]), later["steps"]) == (2, [["Next step", COMMAND]])
    assert first["changes"][0][1] == "a" * 5_000
    assert later["changes"][0][1] == "a" * 300 + "… (cut, 5000 characters)"
