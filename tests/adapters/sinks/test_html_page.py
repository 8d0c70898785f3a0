"""The page, as a parser of HTML sees it: nothing from elsewhere, nothing that runs, and all of the data."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from iacwatch.core.model import ActorKind, Verdict, Via
from iacwatch.core.present.links import cloudtrail_event, config_timeline
from iacwatch.sinks.html_page import data as html_data
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text, quarter
from tests.fixtures.builders import actor, change, entry, event, finding, many, match, resource
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import ADDRESS, COMMAND, IGNORE, NEAR, RECREATED, WHOLE, odd_address
from tests.fixtures.parsed_html import Parsed
from tests.fixtures.streams import written_at_the_end


def written(*findings, names=None):
    style = ReportStyle(names=names or {"111122223333": "prod"})
    return written_at_the_end(lambda out: HtmlPage(out=out, clock=TickingClock(), style=style), *findings)


class Page(Parsed):
    """A page taken apart, with its data."""

    def __init__(self, text):
        super().__init__(text)
        self.data = json.loads(self.texts["script"][0])

    def rows(self):
        """Return the findings as mappings."""
        return [dict(zip(self.data["columns"], row, strict=True)) for row in self.data["findings"]]


def row(**fields):
    (made,) = Page(written(finding(**fields))).rows()
    return made


def test_nothing_in_it_runs_but_its_own_script_nothing_leads_elsewhere_and_no_text_leaves_the_data():
    findings = [replace(each, **odd_address(each.reason)) for each in hostile_text.findings()]
    text = written(*findings, names=hostile_text.NAMES)
    page = Page(text)
    assert page.count("td", "h1", "a", "script") == (6 * len(findings), 1, 1, 2)
    assert (len(page.rows()), page.comments) == (len(findings), 0)
    shown = json.dumps(page.data, ensure_ascii=False) + page.plain.replace("\n", "")
    assert all(letter.isprintable() for letter in shown)
    assert [name for name, _ in page.attributes() if name.startswith("on") or name == "style"] == []
    scripts = [named for tag, named in page.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert not any(page.count("iframe", "object", "embed", "link", "base", "form", "img"))
    loading = {"href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "ping"}
    assert [(name, value) for name, value in page.attributes() if name in loading] == [("href", "#findings")]
    assert not [word for word in ("url(", "@import") if word in page.texts["style"][0]]
    (policy,) = [named["content"] for _, named in page.elements if named.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip

    def hashed(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src {hashed(page.texts['script'][1])}",
        f"style-src {hashed(page.texts['style'][0])}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    first = min(text.index(f"<{tag}") for tag in ("title", "style", "script"))
    assert text.index("Content-Security-Policy") < first
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert data.isascii()
    assert set("<>&\x7f").isdisjoint(data)


def test_a_finding_is_told_whole_under_who_opened_the_session_with_where_it_lives_and_what_to_do():
    page = Page(written(WHOLE))
    (told,), (home,), facts = page.rows(), page.data["homes"], dict(page.data["actors"][0])
    captured = int(WHOLE.change.captured_at.timestamp()) * 1000 + 123
    applies = f"recreates it if it is still in code: {RECREATED.reason}"
    web = ["web (sg-0a1b2c3d4e5f60718)"]
    assert told == told | {
        "at": int(WHOLE.happened_at.timestamp()) * 1000,
        "captured": captured,
        "previous": captured - 86_400_000,
        "verdict": "out-of-band",
        "account": "111122223333",
        "region": "eu-west-1",
        "change": "UPDATE",
        "actor": 0,
        "who": "alice@example.com, through role gha-terraform-prod,",
        "done": ["opened", ["22/tcp"], "to", ["0.0.0.0/0"], "on", "security group", web],
        "ways": ["console", "SSO Admin", "from 198.51.100.7"],
        "event": told["event"] | {"name": "AuthorizeSecurityGroupIngress", "lag": 41, "arn": WHOLE.match.event.principal.arn},
        "others": [told["others"][0] | {"name": "RevokeSecurityGroupIngress", "who": "alice@example.com", "workflow": "w"}],
        "changes": [["Configuration.IpPermissions.0", None, told["changes"][0][2]], ["Configuration.Size", "1", "2"]],
        "configLink": config_timeline(WHOLE.change.resource),
        "trailLink": cloudtrail_event(WHOLE.match.event),
        "applies": [applies, "recreate", RECREATED.reason],
        "steps": [["Next step", COMMAND], ["To report it no more", IGNORE.text]],
        "source": ["Code", WHOLE.next_steps[1].url],
        "iac": told["iac"] | {"home": 0, "address": ADDRESS},
    }  # fmt: skip
    assert row(change=change(resource=resource(name="x" * 4_000)))["configLink"] is None
    assert page.data["people"] == [["alice@example.com", ""]]
    assert (facts["Role chain"], facts["Address"]) == (WHOLE.actor.chain[0].arn, "198.51.100.7")
    assert facts["Session name"] == "terragrunt-1718035023456789000"
    assert list(home.values()) == [
        *("live/prod/net", "acme/infra", "live/prod/net", "@acme/net", "terraform"),
        *("s3://acme-tfstate/live/prod/net/terraform.tfstate", 17, int(WHOLE.iac.seen_at.timestamp()) * 1000),
    ]
    assert page.texts["td"] == [
        "2026-11-20 10:11",
        "Out of band",
        "alice@example.com, through role gha-terraform-prod",
        "opened 22/tcp to 0.0.0.0/0 on security group web (sg-0a1b2c3d4e5f60718)",
        f"prod eu-west-1 · {ADDRESS}",
        "AuthorizeSecurityGroupIngress, console, SSO Admin, from 198.51.100.7",
    ]


def test_where_nobody_is_named_nobody_is_blamed():
    (nobody,) = Page(written(NEAR)).rows()
    assert nobody["leads"][0] == "AuthorizeSecurityGroupIngress by bob at 10:11: =1+1 `@all` <!channel>"
    empty = ("actor", "event", "trailLink", "iac", "applies", "source")
    assert {nobody[name] for name in empty} == {None}
    assert (nobody["who"], nobody["others"], nobody["steps"]) == ("Nobody found who", [], [])


@pytest.mark.parametrize(
    ("fields", "count"),
    [({"name": "deploy", "via": Via.INSTANCE}, 2), ({"via": Via.SSO}, 1), ({"kind": ActorKind.AWS_SERVICE, "via": Via.SERVICE}, 1)],
)  # fmt: skip
def test_a_role_of_one_name_in_two_accounts_is_two_but_no_person_and_no_service(fields, count):
    actors = [actor(account_id=account, **fields) for account in ("111122223333", "444455556666")]
    page = Page(written(*[finding(match=match(event=event(actor=each))) for each in actors]))
    assert len(page.data["people"]) == count


@pytest.mark.parametrize(
    ("findings", "headline", "lede"),
    [
        ([], "No changes to report", "could not be looked at is said at the end of the run"),
        ([finding()], "1 change out of band", r"in 1 account\. Everything out of band is alice@example.com's\."),
        ([*many(2), NEAR], "2 changes out of band, 1 unattributed", "alice@example.com's"),
        ([finding(verdict=Verdict.IN_WORKFLOW), finding(verdict=Verdict.AWS_SERVICE)], "1 change in workflow, 1 by AWS itself", "1 account"),
        (quarter.findings(200), "37 changes out of band, 8 unattributed", r" to \d+ November 2026, \d\d:\d\d UTC, in 4 accounts\. "
         r"\d+ people and pipelines went around the workflow, alice@example.com most often \(\d+\)\. Most touched: "),
    ],
)  # fmt: skip
def test_the_headline_tells_what_somebody_has_to_look_at_and_the_lede_where_and_who_most(
    findings, headline, lede
):
    text = written(*findings)
    page = Page(text)
    assert (page.texts["h1"], page.texts["title"]) == ([headline], [f"{headline} · iacwatch"])
    assert re.search(lede, " ".join(page.texts["p"]))
    assert page.count("td") == (6 * min(len(findings), 100),), "without script the first hundred are shown"
    assert "on 20 November 2026, 12:00 UTC." in text


def test_a_policy_that_came_as_text_is_laid_out_and_neighbours_come_last():
    policy, escaped, no_json = '{"Version":"1"}', {"document": "%7B%22Version%22%3A1%7D"}, "{not json"
    values = {
        "Relationships.0": 1,
        "Configuration.a": policy,
        "Configuration.b": no_json,
        "Configuration.c": escaped,
    }
    told = row(change=change(diff=[entry(path, None, value) for path, value in values.items()]))["changes"]
    nested = '{\n  "document": {\n    "Version": 1\n  }\n}'
    assert [after for _, _, after in told] == ['{\n  "Version": "1"\n}', no_json, nested, "1"]


def test_values_are_bounded_and_say_what_was_cut_and_more_so_on_a_page_of_very_many(monkeypatch):
    diff = tuple(entry(f"Configuration.{place}", "a" * 9_000, "b" * 9_000) for place in range(45))
    some = [
        replace(each, change=replace(each.change, diff=diff), next_steps=WHOLE.next_steps) for each in many(2)
    ]
    monkeypatch.setattr(html_data, "_AMPLE_UNTIL", 1)
    first, later = Page(written(*some)).rows()
    assert (len(first["steps"]), later["steps"]) == (2, [["Next step", COMMAND]])
    for told, room, longest in ((first, 17_000, 6_000), (later, 1_000, 300)):
        assert sum(len(side) for _, *sides in told["changes"] for side in sides) < room
        assert told["changes"][0][1] == "a" * longest + "… (cut, 9000 characters)"
        assert told["moreChanges"] == 45 - len(told["changes"])
