"""Slack: what is posted where, at which pace, and what becomes of what is not."""

import json
import logging
import random
import re
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict
from iacwatch.core.present.record import company
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.fake.slack.blocks import complaints, total_length
from iacwatch.errors import DeliveryError, Stopping
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.ledgers.note_text import unpacked
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.slack import client
from iacwatch.sinks.slack import message as messages
from iacwatch.sinks.slack.blocks import Later, Mentions, MessageStyle
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.message import with_news
from iacwatch.sinks.slack.open_messages import Saved, message_key, place_key
from iacwatch.sinks.slack.route import Route
from iacwatch.sinks.slack.sink import Slack
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    PIPELINE,
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
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import (
    ADDRESS,
    COMMAND,
    FILE,
    FILE_URL,
    PLAN,
    RECREATED,
    address,
    located,
    odd_address,
)


def message(findings, style):
    return messages.message(findings, style).body


TOKEN = "xoxb-very-secret-token"
NAMES = {ACCOUNT: "prod-payments"}
NOW = CAPTURED_AT + timedelta(minutes=12)
STYLE = MessageStyle(names=NAMES, now=NOW)


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def clock():
    return TickingClock(NOW)


@pytest.fixture
def make(aws, clock):
    """Return what makes a sink with a token."""

    def build(**fields):
        given = {"clock": clock, "token": TOKEN, "api_url": aws.slack_url, "channel": "#iac"}
        given["notes"] = MemoryNotes()
        return Slack(style=ReportStyle(names=NAMES), **{**given, **fields})

    return build


BUCKET = resource(type="AWS::S3::Bucket", id="logs", name="logs")
ELSEWHERE = change(resource=resource(account_id="444455556666"))
THERE_THEN = "`eu-west-1` · 10:11 UTC (<!date^1795169482^{date_short_pretty} {time}|2026-11-20>)"


def report(sink, *findings):
    """Report findings as a run does: what has grown is brought up to date at the end of a wave."""
    answers = sink.emit(findings)
    sink.notice([])
    return answers


def only(answers):
    (answer,) = answers.values()
    return answer


def texts_of(blocks):
    """Return every text of the blocks, with its type."""
    elements = [each for block in blocks for each in (block.get("text"), *block.get("elements", [])) if each]
    return [each["text"] if isinstance(each["text"], dict) else each for each in elements]


def seen(posted):
    """Return all that a message shows, as one text."""
    return "\n".join(each["text"] for each in texts_of(posted["blocks"]))


def posts(aws):
    return [call for call in aws.calls if call.operation in {"chat.postMessage", "webhook"}]


# What a message says.


def test_a_phone_shows_the_whole_sentence(aws, make):
    assert only(make().emit([finding()])) == Delivered(detail=f"#iac {aws.slack_messages[0]['ts']}")
    assert aws.slack_messages[0]["text"] == (
        "alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web (managed by terraform)"
        ", in prod-payments eu-west-1, by console, 10:11 UTC"
    )


def test_what_came_near_stands_in_small_print_and_never_in_the_headline(aws, make):
    led = unattributed(leads=(lead("<!channel>"), lead(event_name="PutRolePolicy")))
    make().emit([led])
    make().emit([unattributed(finding_id="e" * 32), replace(led, finding_id="f" * 32)])
    assert len(aws.slack_messages) == 2
    for posted in aws.slack_messages:
        (near,) = [each for each in texts_of(posted["blocks"]) if "bob" in each["text"]]
        said = "Near: AuthorizeSecurityGroupIngress by bob at 10:11: &lt;!channel&gt;; and 1 more"
        assert (near["type"], near["text"]) == ("plain_text", said)
        assert "bob" not in posted["text"]


def test_a_message_says_who_what_where_how_and_why(aws, make):
    make().emit([finding(others=(match(),))])
    (posted,) = aws.slack_messages
    assert posted["channel"] == "#iac"
    body, why, foot = posted["blocks"]
    *shown, links = body["text"]["text"].splitlines()
    assert shown == [
        "🔴 *Out of band* · *`alice@example.com`* opened `22/tcp` to `0.0.0.0/0` on security group `web`",
        f"`sg-0a1b2c3d4e5f60718` · managed by `terraform` · `prod-payments (111122223333)` · {THERE_THEN}",
        "How: `console`, `SSO Admin`, `from 198.51.100.7` · `AuthorizeSecurityGroupIngress`",
        '+ `IpPermissions`: `22/tcp 0.0.0.0/0 "tmp debug"`',
    ]
    assert why["elements"][0]["text"] == "Why: SSO Admin matches no workflow for managed-by=terraform"
    console = r"<https://eu-west-1\.console\.aws\.amazon\.com/[^>|]+\|"
    assert re.fullmatch(rf"{console}CloudTrail event> · {console}Config timeline>", links)
    assert foot["elements"][0]["text"] == (
        "seen 10:24 UTC · links need account `prod-payments` · 2 calls in this change"
        f" · finding `iacwatch show {finding().finding_id[:12]}`"
    )


ALICE = "*Out of band* · *`alice@example.com`*"
ON_WEB = "opened `22/tcp` to `0.0.0.0/0` on security group `web`"


@pytest.mark.parametrize(
    ("fields", "heading"),
    [
        (
            {"change": change(resource=BUCKET, change_type=ChangeType.DELETE, diff=())},
            f"⚫ {ALICE} deleted S3 bucket `logs`, which `terraform` managed",
        ),
        (
            {"managed": Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True)},
            f"🟠 {ALICE} removed `managed-by=terraform` from security group `web`: no longer watched",
        ),
        (
            {"managed": Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, new_value="x")},
            f"🟠 {ALICE} changed `managed-by` from `terraform` to `x` on security group `web`",
        ),
        (
            {"verdict": Verdict.UNATTRIBUTED, "match": None},
            f"⚪ *Unattributed* · nobody found who {ON_WEB}",
        ),
        ({"verdict": Verdict.IN_WORKFLOW}, f"🟢 *In workflow* · *`alice@example.com`* {ON_WEB}"),
    ],
)
def test_the_heading_tells_what_matters_most(fields, heading):
    assert message([finding(**fields)], STYLE)["blocks"][0]["text"]["text"].splitlines()[0] == heading


def test_nobody_found_says_where_was_looked_and_links_to_the_timeline_alone():
    blocks = message([unattributed()], STYLE)["blocks"]
    assert "Why: nobody found: 3 names tried in eu-west-1, 65 min searched" in seen({"blocks": blocks})
    assert "|Config timeline>" in seen({"blocks": blocks})
    assert "CloudTrail event" not in seen({"blocks": blocks})
    assert {block["type"] for block in blocks} == {"section", "context"}


def test_at_most_three_properties_are_shown():
    diff = tuple(entry(f"Configuration.P{number}", 1, 2) for number in range(7))
    text = seen(message([finding(change=change(diff=diff))], STYLE))
    assert "~ `P2`: `1 → 2`\nand 4 more" in text
    assert "P3" not in text


def test_secret_values_are_not_shown():
    diff = (entry("Configuration.Environment.Variables.KEY", "hunter2", "hunter3"),)
    posted = message([finding(change=change(diff=diff))], STYLE)
    assert "hunter" not in json.dumps(posted)
    diff = (entry("Configuration.Owner", "alice", "bob"),)
    posted = message([finding(change=change(diff=diff))], replace(STYLE, redact=("Configuration.Owner",)))
    assert "`(redacted) → (redacted)`" in seen(posted)


def test_a_group_is_one_message_that_lists_its_first_changes(aws, make):
    answers = make().emit(many(47))
    assert set(map(type, answers.values())) == {Delivered}
    (posted,) = aws.slack_messages
    assert posted["text"].startswith(
        "alice@example.com changed 47 security groups managed by terraform, in prod-payments eu-west-1, by console"
        ", 10:11 to 10:19 UTC: opened 22/tcp to 0.0.0.0/0 on security group web-0;"
    )
    assert posted["text"].endswith("; and 45 more")
    text = seen(posted)
    assert (
        text.splitlines()[0]
        == "🔴 *Out of band* · *`alice@example.com`* changed 47 security groups managed by `terraform`"
    )
    assert text.count("• 10:1") == 10
    assert "/events/e-9|event>\nand 37 more changes, none of them a deletion" in text


def test_a_machine_with_a_new_session_a_call_is_one_message(aws, make):
    machine = {"name": "gha-terraform-prod", "principal": PIPELINE}
    sessions = [
        replace(
            each,
            match=match(event=event(event_id=f"e-{number}", actor=actor(**machine, session=f"run-{number}"))),
        )
        for number, each in enumerate(many(8))
    ]
    make().emit(sessions)
    (posted,) = aws.slack_messages
    assert posted["text"].startswith(
        "gha-terraform-prod (8 sessions) changed 8 security groups managed by terraform"
    )
    assert "*`gha-terraform-prod`* (8 sessions) changed 8 security groups" in seen(posted)
    alone = message(sessions[:1], STYLE)
    assert alone["text"].startswith("gha-terraform-prod (session run-0) opened 22/tcp")
    assert "*`gha-terraform-prod`* (session `run-0`) opened `22/tcp`" in seen(alone)


def test_who_stands_behind_comes_before_the_role_that_called():
    posted = message([behind("alice@example.com")], STYLE)
    assert posted["text"].startswith("alice@example.com, through role gha-terraform-prod, opened 22/tcp")
    assert "*`alice@example.com`*, through role `gha-terraform-prod`, opened `22/tcp`" in seen(posted)
    run = actor(name="gha", principal="arn:aws:iam::1:role/gha", repository="acme/infra@refs/heads/main")
    posted = message([finding(match=match(event=event(actor=run)))], STYLE)
    assert posted["text"].startswith("acme/infra@refs/heads/main, through role gha, opened 22/tcp")


def test_several_changes_of_one_object_are_not_called_several_objects():
    two = [finding(), finding(change=change(captured_at=CAPTURED_AT + timedelta(minutes=1)))]
    assert "made 2 changes of one security group managed by `terraform`" in seen(message(two, STYLE))
    assert "changed 2 security groups in 3 changes" in message([*two, *many(1)], STYLE)["text"]
    assert "nobody found who made 2 changes of one security group" in seen(
        message([unattributed(), unattributed()], STYLE)
    )


def test_a_group_over_several_regions_says_which_change_was_where():
    there = finding(change=change(resource=resource(region="us-east-1")))
    posted = message([finding(), there], STYLE)
    assert "in prod-payments, 2 regions, by console" in posted["text"]
    assert "on security group `web` in `us-east-1` ·" in seen(posted)


def test_what_came_later_stands_first_in_the_small_print():
    later = Later(
        count=3, last=CAPTURED_AT + timedelta(minutes=7), gravest="deleted S3 bucket `x`", gravity=0
    )
    posted = with_news(Saved(message=message([finding()], STYLE), later=later), now=NOW)
    said = "*+3 more, last 10:19 UTC*, among them: `deleted S3 bucket 'x'`\nseen 10:24 UTC"
    assert said in seen(posted)
    assert complaints(posted["blocks"]) == []


# Where it lives in IaC.


def in_iac(*findings):
    """Return the lines about IaC."""
    lines = seen(message(findings, STYLE)).splitlines()
    return [line for line in lines if line.startswith(("In IaC:", "Next step:", "Next apply:"))]


def test_a_message_says_where_it_lives_whose_it_is_and_what_to_do():
    blocks = message([located()], STYLE)["blocks"]
    *_, lives, foot = blocks
    assert lives["text"]["text"].splitlines() == [
        f"In IaC: `{ADDRESS}` · `live/prod/net` of `acme/infra` · owned by `@acme/net` · as of 2 d ago"
        f" · <{FILE_URL}|code>",
        f"Next step: `{COMMAND}`",
    ]
    assert foot["elements"][0]["text"].startswith("seen ")
    assert [block for block in blocks if block != lives] == message([finding()], STYLE)["blocks"]


def test_what_the_next_apply_does_is_said_where_that_can_be_said():
    assert in_iac(located(next_apply=RECREATED))[-1] == (
        f"Next apply: recreates it if it is still in code: {RECREATED.reason}"
    )
    assert not any("Next apply" in line for line in in_iac(located()))
    assert in_iac(finding(next_apply=RECREATED)) == in_iac(located(next_apply=RECREATED))[-1:]


def test_a_group_says_what_its_addresses_have_in_common_once():
    group = [
        replace(each, iac=address(address=f"aws_security_group.web[{number}]"), next_steps=(PLAN, FILE))
        for number, each in enumerate(many(4))
    ]
    assert in_iac(*group) == [
        f"In IaC: `live/prod/net` of `acme/infra` · owned by `@acme/net` · as of 2 d ago · <{FILE_URL}|code>",
        f"Next step: `{COMMAND}`",
    ]
    text = seen(message(group, STYLE))
    assert all(f"`web-{number}` · `aws_security_group.web[{number}]` · <" in text for number in range(4))
    group[1:] = [
        replace(
            group[1], iac=address(directory="live/b", stack="live/b", owner="@acme/b"), next_apply=RECREATED
        ),
        replace(group[2], iac=address(directory="live/c", stack="live/c", owner="@acme/c")),
        replace(group[3], iac=None),
    ]
    first, _, applies = in_iac(*group)
    assert first == (
        "In IaC: 3 of 4: `live/prod/net`, `live/b` and 1 more of `acme/infra`"
        " · owned by `@acme/net`, `@acme/b` and 1 more · as of 2 d ago"
    )
    assert applies == "Next apply: recreates it if it is still in code (1 of 4)"
    group[3:] = [replace(group[3], iac=address(repository="acme/apps", directory="x", stack="x"))]
    assert in_iac(*group)[0].startswith(
        "In IaC: `live/prod/net` of `acme/infra`, `live/b` of `acme/infra` and 2 more"
    )


def test_a_long_address_loses_its_modules_and_a_command_is_whole_or_not_there():
    long = "module.network." * 60 + "aws_vpc.main"
    (line,) = in_iac(located(address(address=long), next_steps=(replace(PLAN, text=f"terraform '{long}'"),)))
    assert re.match("In IaC: `….*network.aws_vpc.main` · ", line)
    assert len(line) < 500
    for key in ("a`; rm -rf ~; `b", "a  b", "a\u202eb"):
        command = replace(PLAN, text=f"terraform plan -target='aws_vpc.main[\"{key}\"]'")
        assert not [each for each in in_iac(located(next_steps=(command,))) if "Next step" in each]


# Strangers' text.

HOSTILE = [
    "<!channel>", "<!here|x>", "<@U123>", "<#C123>", "<https://evil.example.com|click>",
    "https://evil.example.com",
    "mallory@evil.example.com", "@channel", "*bold* _it_ ~gone~",
    "`code` ```block```", ":rotating_light:", "&lt;!channel&gt;",
    "a\nb\rc", "\u202egnp.exe", "<!date^0^{date}|x>", "&" * 300, "<" * 300, "`" * 300, "\ud800", "> quote",
]  # fmt: skip


def odd_finding(text):
    where = resource(type=f"AWS::{text}::{text}", id=text, name=text, region=text, arn=text)
    who = actor(
        name=text,
        arn=text,
        principal=f"arn:aws:iam::1:role/{text}",
        tool=text,
        repository=text,
        invoked_by=text,
    )
    return finding(
        change=change(resource=where, diff=(entry(f"Configuration.{text}", text, {text: text}),)),
        managed=Managed(value=text, evidence=Evidence.TAGS, tags={text: text}),
        match=match(event=event(event_name=text, event_id=text, actor=who), workflow=text),
        reason=text,
        **odd_address(text),
    )


def assert_harmless(posted):
    """Expect a message in which nothing acts but our own markup."""
    assert complaints(posted["blocks"]) == []
    assert total_length(posted["blocks"]) <= 10_000
    assert len(posted["blocks"]) <= 50
    assert not re.search(r"[<>]", posted["text"])
    assert 0 < len(posted["text"]) <= 3_500
    for text in texts_of(posted["blocks"]):
        if text["type"] == "plain_text":
            assert text["emoji"] is False
            assert not re.search(r"[<>]", text["text"])
            continue
        assert text["verbatim"] is True
        ours = re.sub(r"<!date\^\d+\^\{date_short_pretty} \{time}\|[\d-]{10}>", "", text["text"])
        ours = re.sub(
            r"<https://[a-z0-9.-]+/[^\s<>|]+\|(?:code|event|timeline|CloudTrail event|Config timeline)>",
            "",
            ours,
        )
        assert not re.search(r"[<>]", ours), ours
        # Outside of code there is nothing of strangers' that could act.
        outside = re.sub(r"`[^`\n]+`", "", ours)
        assert "`" not in outside
        outside = re.sub(r"\*[\w ]+\*|\*{2}|\d\d:\d\d", "", outside)
        assert not re.search(r"[*_@`]|[:~]\S", outside), outside
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", seen(posted) + posted["text"]
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("verdict", [Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED])
def test_strangers_text_is_text(aws, make, text, verdict):
    odd = replace(odd_finding(text), verdict=verdict)
    if verdict is Verdict.UNATTRIBUTED:
        odd = replace(odd, match=None)
    other = replace(
        odd, finding_id="other", change=replace(odd.change, resource=resource(id=text + "2", name=text))
    )
    sink = make()
    for together in ([odd], [odd, other] * 30):
        assert_harmless(message(together, STYLE))
        assert type(only(sink.emit(together[:1]))) is Delivered
    for posted in aws.slack_messages:
        assert posted["blocks"]
        assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)
        assert (posted["parse"], posted["mrkdwn"]) == ("none", False)
        assert "link_names" not in posted


@given(
    st.text(alphabet=st.sampled_from("<>&`*_~:@#!|^{}\n\\\"'ax\u202e\u3164é"), max_size=200),
    st.integers(1, 40),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_message_keeps_within_slacks_limits(text, count):
    findings = [
        replace(
            odd_finding(text),
            finding_id=str(number),
            change=change(resource=resource(id=f"{number}{text}", name=text)),
        )
        for number in range(count)
    ]
    later = Later(count=1, last=NOW, gravest=text * 9, gravity=0)
    made = messages.message(findings, STYLE)
    posted = with_news(Saved(message=made.body, later=later, lines=made.lines), now=NOW)
    assert complaints(posted["blocks"]) == []
    assert total_length(posted["blocks"]) <= 10_000


# Where it goes.

ROUTES = [
    Route(channel="#gone", verdicts=(Verdict.UNATTRIBUTED,), resource_types=("AWS::RDS::*", "AWS::S3::*")),
    Route(channel="#payments", tags={"team": "pay*"}, accounts=(ACCOUNT,)),
    Route(channel="#pulumi", managed_by=("pulumi*", "tofu")),
    Route(channel="#payments-too", tags={"team": "payments", "stage": "prod"}),
    Route(channel="#net", owners=("@acme/n*", "@acme/sec"), repositories=("acme/*",)),
]


def tagged(value="terraform", **tags):
    return Managed(value=value, evidence=Evidence.TAGS, tags={"managed-by": value, **tags})


@pytest.mark.parametrize(
    ("what", "channel"),
    [
        (finding(), "#iac"),
        (unattributed(), "#iac"),
        (unattributed(change=change(resource=resource(type="AWS::S3::Bucket"))), "#gone"),
        (finding(managed=tagged(team="payments")), "#payments"),
        (finding(managed=tagged(team="Payments")), "#iac"),
        (finding(managed=tagged("pulumi-prod")), "#pulumi"),
        (finding(managed=tagged("tofu", team="payroll")), "#payments"),
        (
            finding(managed=tagged(team="payments", stage="prod"), change=ELSEWHERE),
            "#payments-too",
        ),
        (
            finding(managed=tagged(team="payments"), change=ELSEWHERE),
            "#iac",
        ),
        (finding(managed=Managed(value=None, evidence=Evidence.TAGS)), "#iac"),
        (located(), "#net"),
        (located(address(owner="@acme/web @acme/sec")), "#net"),
        (located(address(owner="@acme/web")), "#iac"),
        (located(address(owner=None)), "#iac"),
        (located(address(repository="other/infra")), "#iac"),
        (located(address(repository=None)), "#iac"),
    ],
)  # fmt: skip
def test_the_first_route_that_fits_takes_a_finding(aws, make, what, channel):
    make(routes=ROUTES).emit([what])
    assert [each["channel"] for each in aws.slack_messages] == [channel]


def test_a_route_without_conditions_takes_everything(aws, make):
    make(routes=[Route(channel="#all")]).emit([finding()])
    assert aws.slack_messages[0]["channel"] == "#all"


def test_what_was_done_together_is_split_by_channel(aws, make):
    first, second, third = many(3)
    second = replace(second, managed=tagged(team="payments"))
    answers = make(routes=ROUTES).emit([first, second, third])
    assert [(each["channel"], each["text"].count("web-")) for each in aws.slack_messages] == [
        ("#iac", 2),
        ("#payments", 1),
    ]
    assert answers[second.finding_id].detail.startswith("#payments ")


def test_findings_of_different_people_are_different_messages(aws, make):
    bob = finding(
        change=change(resource=resource(id="sg-2")),
        match=match(event=event(actor=actor(name="bob", arn="arn:bob"))),
    )
    make().emit([finding(), bob])
    assert {each["text"].split()[0] for each in aws.slack_messages} == {"alice@example.com", "bob"}


def test_without_a_default_channel_what_no_route_takes_goes_nowhere(aws, make):
    sink = make(channel="", routes=[Route(channel="#pulumi", managed_by=("pulumi",))])
    assert type(only(sink.emit([finding()]))) is Delivered
    assert posts(aws) == []


# Kept current.


def later(seconds, **fields):
    moment = CALLED_AT + timedelta(seconds=seconds)
    where = resource(id=f"sg-{seconds}", name=f"web-{seconds}")
    return finding(
        change=change(resource=where, captured_at=moment + timedelta(seconds=40)),
        match=match(event=event(occurred_at=moment)),
        **fields,
    )


def test_what_the_same_actor_goes_on_doing_is_told_in_the_thread(aws, make):
    sink = make()
    report(sink, finding())
    report(sink, later(60), later(70))
    answer = only(report(sink, later(460)))
    parent, second, third = aws.slack_messages
    assert parent["thread_ts"] is None
    assert [second["thread_ts"], third["thread_ts"]] == [parent["ts"]] * 2
    assert answer.detail == f"#iac {third['ts']}"
    assert [seen(each).count("more, last") for each in parent["earlier"]] == [0, 1]
    assert "*+3 more, last 10:19 UTC*" in seen(parent)
    assert parent["text"].startswith("alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web ")


def test_a_message_grows_a_window_beyond_its_last_change_and_six_in_all(aws, make):
    sink = make(group_window=timedelta(minutes=5))
    sink.emit([finding()])
    for seconds in (299, 590, 890, 1_180, 1_470, 1_760, 2_050, 2_340, 2_630, 2_689, 2_690):
        sink.emit([later(seconds)])
    posted = aws.slack_messages
    parents = [each["thread_ts"] for each in posted]
    assert parents == [None, *2 * [posted[0]["ts"]], None, *7 * [posted[3]["ts"]], None]


def test_a_restart_and_another_function_go_on_with_the_message(aws, make):
    notes = MemoryNotes()
    report(make(notes=notes), finding())
    report(make(notes=notes), later(60))
    report(make(notes=notes), replace(later(90), change=GONE))
    parent, first, second = aws.slack_messages
    assert [each["thread_ts"] for each in (parent, first, second)] == [None, parent["ts"], parent["ts"]]
    assert "*+2 more, last 10:12 UTC*, among them: `deleted S3 bucket logs`" in seen(parent)


def test_of_two_at_once_one_posts_the_message_and_the_other_below(aws, make, clock):
    """While the first one is posting, the second one comes; it waits, and meanwhile the message arrives."""
    notes = MemoryNotes()
    one, two = make(notes=notes), make(notes=notes)
    key = place_key("#iac", company(finding()))
    post, sleep, arrived = one._posting.post, clock.sleep, []

    def second_comes_first(channel, body, **more):
        def arrives(span):
            sleep(span)
            if span and not arrived:
                arrived.append(post(channel, body, **more))
                claim = one._open.look(key)
                one._open.opened(key, claimed=claim, posted=arrived[0], saved=Saved(message=body))

        clock.sleep = arrives
        two.emit([later(30)])
        return arrived[0]

    one._posting.post = second_comes_first
    one.emit([finding()])
    parent, reply = aws.slack_messages
    assert reply["thread_ts"] == parent["ts"]


def test_who_dies_before_it_posts_is_not_waited_for_any_longer_than_its_lease(aws, make, clock):
    notes = MemoryNotes()
    dead = make(notes=notes)
    dead._open.claim(place_key("#iac", company(finding())), seen=None, moments=[CALLED_AT])
    alive = make(notes=notes)
    answer = only(alive.emit([later(30)]))
    assert isinstance(answer, Failure)
    assert "another run is posting what this belongs to" in answer.reason
    clock.advance(timedelta(seconds=10))
    assert isinstance(only(alive.emit([later(30)])), Delivered)
    assert len(aws.slack_messages) == 1


class NoNotes(MemoryNotes):
    def read(self, keys, *, now):
        raise DeliveryError("no more notes")

    def write(self, notes, *, now, expires_at):
        raise DeliveryError("no more notes")

    def swap(self, key, *, seen, new, now, expires_at):
        raise DeliveryError("no more notes")


@pytest.mark.parametrize(
    "fouled", ["", "{}", "[]", "null", '{"v": 1}', "\x00", "[" * 9_000, '{"v": 1, "stamp": 1}']
)
def test_notes_that_fail_or_hold_anything_cost_the_thread_and_no_message(aws, make, fouled):
    notes = MemoryNotes()
    moment = {"now": NOW, "expires_at": NOW + timedelta(days=9)}
    notes.write({place_key("#iac", company(finding())): fouled}, **moment)
    assert isinstance(only(make(notes=notes).emit([finding()])), Delivered)
    parent = Posted(channel="C1", stamp="1.1")
    notes.write({message_key(parent): fouled}, **moment)
    assert make(notes=notes)._open.saved(parent) is None
    assert isinstance(only(make(notes=NoNotes()).emit([later(10)])), Delivered)
    assert len(aws.slack_messages) == 2


GONE = change(resource=BUCKET, change_type=ChangeType.DELETE, diff=())
MULTI = entry("Configuration.MultiAZ", previous=True, updated=False, change_type=ChangeType.UPDATE)
DATABASE = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
SWITCHED = change(resource=DATABASE, diff=(MULTI,))
BACK = change(
    resource=DATABASE,
    diff=(replace(MULTI, previous=False, updated=True),),
    captured_at=NOW + timedelta(hours=3),
)


def by_workflow(what):
    return replace(finding(change=what), verdict=Verdict.IN_WORKFLOW)


def test_what_the_workflow_puts_back_is_marked_in_the_message_by_whichever_run(aws, make):
    notes = MemoryNotes()
    make(notes=notes).emit([finding(change=SWITCHED)])
    (posted,) = aws.slack_messages
    other = make(notes=notes)
    other.notice([by_workflow(replace(BACK, diff=(replace(MULTI, previous=False, updated="maybe"),)))])
    assert "undone" not in seen(posted)
    other.notice([by_workflow(BACK)])
    assert seen(posted).splitlines()[0].endswith(" · _undone by alice@example.com 10:11_")
    assert posted["text"].endswith(" (undone by alice@example.com 10:11)")
    assert complaints(posted["blocks"]) == []


def test_what_the_workflow_did_before_undid_nothing_although_it_is_judged_later(aws, make):
    sink = make()
    sink.emit([finding(change=SWITCHED)])
    (posted,) = aws.slack_messages
    before = replace(BACK, captured_at=SWITCHED.captured_at - timedelta(minutes=5))
    sink.notice([by_workflow(before)])
    assert "undone" not in seen(posted)
    sink.notice([by_workflow(before), by_workflow(BACK)])
    assert "undone" in seen(posted)


def test_in_a_group_the_objects_line_is_marked_and_the_heading_once_all_are(aws, make):
    sink = make()
    opened = entry("Configuration.IpPermissions.0", None, {"fromPort": 22})
    away = entry("Configuration.IpPermissions.3", {"fromPort": 22}, None)
    two = [replace(each, change=replace(each.change, diff=(opened,))) for each in many(2)]
    sink.emit(two)
    (posted,) = aws.slack_messages
    before = posted["text"]
    for place, each in enumerate(two):
        later_on = each.change.captured_at + timedelta(minutes=9)
        back = replace(each.change, diff=(away,), change_type=ChangeType.UPDATE, captured_at=later_on)
        sink.notice([by_workflow(back)])
        lines = [line for line in seen(posted).splitlines() if line.startswith("•")]
        assert [line.endswith("undone by alice@example.com 10:11_") for line in lines] == [True, place == 1]
    assert posted["text"] == f"{before} (undone by alice@example.com 10:11)"
    assert "*all of it undone by alice@example.com 10:11*" in seen(posted)


def security_group(number, diff, minute):
    """Return a change of one and the same security group, made in that minute."""
    captured = replace(change(), diff=diff, captured_at=CAPTURED_AT + timedelta(minutes=minute))
    return finding(finding_id=f"{number:032x}", change=captured)


def switch(before, after):
    return (replace(MULTI, previous=before, updated=after),)


def marks(aws):
    """Return whether the first line of each message says that it was undone."""
    return ["undone" in seen(each).splitlines()[0] for each in aws.slack_messages]


def test_of_several_changes_of_one_object_each_is_marked_where_it_stands(aws, make):
    notes = MemoryNotes()
    opened = [entry(f"Configuration.IpPermissions.{port}", None, {"fromPort": port}) for port in (22, 80)]
    for number, one in enumerate(opened):
        make(notes=notes).emit([security_group(number, (one,), number)])
    away = [entry("Configuration.IpPermissions.0", one.updated, None) for one in opened]
    make(notes=notes).notice([by_workflow(replace(change(), diff=(away[1],), captured_at=NOW))])
    assert marks(aws) == [False, True]
    make(notes=notes).notice([by_workflow(replace(change(), diff=(away[0],), captured_at=NOW))])
    assert marks(aws) == [True, True]


@pytest.mark.parametrize(
    ("back", "marked"),
    [
        ([("c", "a")], [True, True]),
        ([("c", "b")], [False, True]),
        ([("b", "a")], [True, False]),
        ([("c", "b"), ("b", "a")], [True, True]),
        ([("c", "d")], [False, False]),
    ],
)
def test_what_was_changed_twice_may_be_put_back_at_once(aws, make, back, marked):
    sink = make()
    sink.emit([security_group(0, switch("a", "b"), 0)])
    sink.emit([security_group(1, switch("b", "c"), 1)])
    ways = [replace(change(), diff=switch(*way)) for way in back]
    later_on = [
        replace(each, captured_at=NOW + timedelta(minutes=minute)) for minute, each in enumerate(ways)
    ]
    sink.notice([by_workflow(each) for each in reversed(later_on)])
    assert marks(aws) == marked


def test_a_run_that_ends_between_noticing_and_saving_leaves_the_mark_to_the_next(aws, make):
    notes = MemoryNotes()
    sink = make(notes=notes)
    sink.emit([finding(change=SWITCHED)])
    assert sink._undoing.undone([by_workflow(BACK)])[0]
    make(notes=notes).notice([by_workflow(BACK)])
    assert marks(aws) == [True]


def test_a_group_is_undone_as_a_whole_only_where_what_has_no_line_is_back_too(aws, make):
    sink = make()
    twelve = [
        replace(each, change=replace(each.change, diff=switch(number, None)))
        for number, each in enumerate(many(12))
    ]
    sink.emit(twelve)
    back = [
        replace(each.change, diff=switch(None, number), captured_at=NOW) for number, each in enumerate(twelve)
    ]
    sink.notice([by_workflow(each) for each in back[:11]])
    assert "all of it" not in seen(aws.slack_messages[0])
    sink.notice([by_workflow(back[11])])
    assert "*all of it undone by alice@example.com 10:11*" in seen(aws.slack_messages[0])
    assert seen(aws.slack_messages[0]).count("_undone by") == STYLE.shown


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_text_is_text_in_marks_news_and_mentions_too(aws, make, text):
    """What grows in a message is as harmless as what it began with, whoever undoes it and owns the object."""
    sink = make(mentions=OWNERS)
    away = entry(f"Configuration.{text}", {text: text}, text)
    first, second = odd_finding(text), replace(odd_finding(text), finding_id="e" * 32)
    for each in (first, second):
        owned = replace(each, managed=replace(each.managed, tags={"owner": text, text: text}))
        report(sink, owned)
    then = replace(first.change, diff=(away,), captured_at=NOW + timedelta(hours=1))
    sink.notice([replace(first, verdict=Verdict.IN_WORKFLOW, change=then)])
    parent, reply = aws.slack_messages
    assert "undone by" in parent["text"] + reply["text"]
    assert "+1 more" in seen(parent)
    for each in (parent, reply):
        assert "<!subteam" not in json.dumps(each)
        for version in (each, *each["earlier"]):
            assert complaints(version["blocks"]) == []
            for part in texts_of(version["blocks"]):
                outside = re.sub(r"<(?:!date\^|https://)[^<>]*>", "", part["text"])
                assert not re.search(r"[<>]", outside)
        assert not re.search(r"[<>\u202e\ud800]", each["text"])


def test_several_changes_of_one_object_have_a_line_each_the_gravest_first():
    described = security_group(2, (entry("Configuration.Description", "a", "b"),), 1)
    body = message([described, finding()], STYLE)
    lines = [line for line in seen(body).splitlines() if line.startswith("•")]
    assert [line.split(" of ")[0].split(" on ")[0] for line in lines] == [
        "• 10:11 opened `22/tcp` to `0.0.0.0/0`",
        "• 10:11 changed `Description`",
    ]


def called(name, number, **more):
    return replace(
        security_group(number, (), number), match=match(event=event(name=name, actor=actor(**more)))
    )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            [called("StopInstances", 1)] * 2,
            "How: `console`, `SSO Admin`, `from 198.51.100.7` · `StopInstances`",
        ),
        (
            [called("StopInstances", 1), called("DeleteTags", 2)],
            "How: `console`, `SSO Admin`, `from 198.51.100.7`",
        ),
        (
            [called("StopInstances", 1), called("StopInstances", 2, source_ip="203.0.113.9")],
            "How: `console`, `SSO Admin`, `from 198.51.100.7` and in 1 other way · `StopInstances`",
        ),
    ],
)
def test_a_group_says_how_only_as_far_as_that_is_one(made, told):
    (line,) = re.findall("How: .*", seen(message(made, STYLE)))
    assert line == told


def test_what_is_global_is_in_no_region():
    role = resource(type="AWS::IAM::Role", id="AROA1", name="deploy", region="global")
    two = [replace(finding(), change=change(resource=role)), replace(finding(), finding_id="f" * 32)]
    text = seen(message(two, STYLE))
    assert "in `global`" not in text
    assert "in `eu-west-1`" in text


@pytest.mark.parametrize("count", [1, 10, 12])
def test_a_message_with_marks_and_news_keeps_within_slacks_limits(count):
    hostile = "&<>" * 60
    findings = [
        replace(
            each,
            change=replace(each.change, resource=resource(id=f"{number}{hostile}", name=hostile)),
        )
        for number, each in enumerate(many(count) if count > 1 else [finding()])
    ]
    made = messages.message(findings, STYLE)
    undone = dict.fromkeys(made.lines, f"undone by {hostile} 02:55")
    grown = Later(count=9, last=NOW, gravest=hostile, gravity=0)
    edited = with_news(Saved(message=made.body, lines=made.lines, undone=undone, later=grown), now=NOW)
    assert complaints(edited["blocks"]) == []
    assert total_length(edited["blocks"]) <= 13_000
    assert "+9 more" in seen(edited)
    assert "undone by" in edited["text"]


class Unreadable(MemoryNotes):
    """Notes that can be written and not read, as with half a policy."""

    def read(self, keys, *, now):
        raise DeliveryError("not allowed")


def test_notes_that_can_be_written_and_not_read_hold_nothing_up(aws, make):
    notes = Unreadable()
    for seconds in (0, 10):
        assert type(only(report(make(notes=notes), later(seconds)))) is Delivered
    assert [each["thread_ts"] for each in aws.slack_messages] == [None, aws.slack_messages[0]["ts"]]


def test_who_dies_with_a_clock_far_ahead_is_not_waited_for(aws, make, clock):
    notes = MemoryNotes()
    clock.advance(timedelta(hours=1))
    make(notes=notes)._open.claim(place_key("#iac", company(finding())), seen=None, moments=[CALLED_AT])
    clock.advance(-timedelta(hours=1))
    assert type(only(make(notes=notes).emit([finding()]))) is Delivered


@pytest.mark.parametrize(
    "saved",
    [
        {"message": {}},
        {"message": {"text": "a", "blocks": [{"type": "section"}]}},
        {"message": {"blocks": []}},
        {"message": {"text": "a", "blocks": {}}},
        {"message": {"text": "a", "blocks": []}, "later": {"count": 1e999, "last": "x"}},
        {"message": {"text": "a", "blocks": []}, "lines": []},
    ],
)
def test_a_saved_message_that_is_none_is_left_as_it_is(aws, make, saved):
    notes = MemoryNotes()
    sink = make(notes=notes)
    report(sink, finding())
    posted = Posted(channel=aws.slack_messages[0]["channel_id"], stamp=aws.slack_messages[0]["ts"])
    fields = {"v": 1, "later": None, "lines": {}, "undone": {}, **saved}
    notes.write({message_key(posted): json.dumps(fields)}, now=NOW, expires_at=NOW + timedelta(days=1))
    assert type(only(report(sink, later(10)))) is Delivered
    assert len(aws.slack_messages) == 2
    assert aws.slack_messages[0]["earlier"] == []


def test_no_value_is_kept_to_notice_what_is_undone(aws, make):
    notes = MemoryNotes()
    secret = entry("Configuration.MasterUserPassword", "hunter2-old", "hunter2-new")
    make(notes=notes).emit([finding(change=change(resource=DATABASE, diff=(secret,)))])
    assert "hunter2" not in "".join(unpacked(stored) for stored, _ in notes._notes.values())
    assert not [key for key in notes._notes if key.startswith("slack-object/")], "a digest can be guessed"


def test_the_gravest_is_named_and_no_deletion_is_among_the_rest(aws, make):
    gone = range(7, 990, 10)
    findings = [
        replace(each, change=replace(each.change, change_type=ChangeType.DELETE, diff=()))
        if number in gone
        else replace(each, change=replace(each.change, diff=(entry("Configuration.MultiAZ", 1, 2),)))
        for number, each in enumerate(many(1_000, apart=timedelta(milliseconds=100)))
    ]
    random.Random(4).shuffle(findings)
    make().emit(findings)
    (posted,) = aws.slack_messages
    assert posted["text"].startswith(
        "alice@example.com deleted 99 and changed 901 security groups managed by"
    )
    assert re.search(r": deleted security group web-7; deleted security group web-17$", posted["text"])
    text = seen(posted)
    assert "deleted 99 and changed 901 security groups" in text
    assert all(f"`web-{number}`" in text for number in gone)
    assert text.count("and 901 more changes, none of them a deletion") == 1
    assert complaints(posted["blocks"]) == []


def test_values_that_are_short_stand_in_the_lines_of_a_group(aws, make):
    secret = entry("Configuration.Password", "old", "new", change_type=ChangeType.UPDATE)
    second = finding(change=change(resource=replace(DATABASE, id="db-2", name="users"), diff=(secret,)))
    make().emit([finding(change=SWITCHED), second])
    text = seen(aws.slack_messages[0])
    assert "(`MultiAZ`: `true → false`)" in text
    assert "redacted" not in text
    assert "new`" not in text


OWNERS = Mentions(groups={"@acme/net": "S0123ABCD", "bob": "U0123ABCD"}, tag="team")


@pytest.mark.parametrize(
    ("tags", "verdict", "told"),
    [
        ({"team": "@acme/net"}, Verdict.OUT_OF_BAND, "Owner: <!subteam^S0123ABCD>"),
        ({"team": "bob"}, Verdict.OUT_OF_BAND, "Owner: <@U0123ABCD>"),
        ({"team": "bob"}, Verdict.UNATTRIBUTED, ""),
        ({"team": "BOB"}, Verdict.OUT_OF_BAND, ""),
        ({"owner": "bob"}, Verdict.OUT_OF_BAND, ""),
        ({"team": "<!channel>"}, Verdict.OUT_OF_BAND, ""),
        ({}, Verdict.OUT_OF_BAND, ""),
    ],
)
def test_the_owner_is_told_by_name_once_a_message(aws, make, tags, verdict, told):
    managed = Managed(value="terraform", evidence=Evidence.TAGS, tags=tags)
    three = [replace(each, managed=managed, verdict=verdict) for each in many(3)]
    make(mentions=OWNERS).emit(three)
    text = seen(aws.slack_messages[0])
    assert re.findall(r"Owner: .*", text) == ([told] if told else [])
    assert len(re.findall(r"<(?:!subteam|@)", text)) == bool(told)


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        ("@acme/net", ["<!subteam^S0123ABCD>"]),
        ("@acme/net bob @acme/web", ["<!subteam^S0123ABCD> <@U0123ABCD>"]),
        ("@acme/web", []),
        (None, ["<@U0123ABCD>"]),
    ],
)
def test_the_owner_of_the_address_comes_before_the_tags(owner, told):
    style = replace(STYLE, mentions=OWNERS)
    text = seen(message([located(address(owner=owner), managed=tagged(team="bob"))], style))
    assert re.findall(r"Owner: (.*)", text) == told


def test_another_verdict_account_or_actor_is_no_continuation(aws, make):
    sink = make()
    sink.emit([finding()])
    sink.emit([later(10, verdict=Verdict.IN_WORKFLOW)])
    sink.emit([unattributed()])
    assert [each["thread_ts"] for each in aws.slack_messages] == [None] * 3


def test_where_the_first_message_was_deleted_a_new_one_begins(aws, make):
    sink = make()
    sink.emit([finding()])
    aws.fail("slack", "chat.postMessage", "thread_not_found")
    assert type(only(sink.emit([later(10)]))) is Delivered
    assert [each["thread_ts"] for each in aws.slack_messages] == [None, None]


@pytest.mark.parametrize(
    "code",
    [
        *("restricted_action_non_threadable_channel", "restricted_action_thread_locked", "thread_locked"),
        *("cannot_reply_to_message", "a_word_of_tomorrow"),
    ],
)
def test_what_takes_no_replies_gets_messages_at_top_level(aws, make, code):
    sink = make()
    aws.slack.no_replies = code
    findings = [finding(), later(10), later(20)]
    assert {type(only(sink.emit([each]))) for each in findings} == {Delivered}
    assert [each["thread_ts"] for each in aws.slack_messages] == [None] * 3
    # A channel without threads is asked for one once; a new message may open a thread.
    assert len(posts(aws)) == (4 if code.endswith("channel") else 5)


def test_a_first_message_that_cannot_be_updated_is_no_failure(aws, make):
    sink = make()
    sink.emit([finding()])
    aws.fail("slack", "chat.update", "cant_update_message")
    assert type(only(report(sink, later(10)))) is Delivered
    assert type(only(report(sink, later(20)))) is Delivered
    assert "+2 more" in seen(aws.slack_messages[0])


def test_what_somebody_deleted_is_not_gone_on_with_though_its_thread_takes_replies(aws, make):
    sink = make()
    report(sink, finding())
    report(sink, later(10))
    aws.slack.messages.pop(0)
    for seconds in (20, 30, 40):
        report(sink, later(seconds))
    gone, new = aws.slack_messages[0]["thread_ts"], aws.slack_messages[2]["ts"]
    assert [each["thread_ts"] for each in aws.slack_messages] == [gone, gone, None, new]


@pytest.mark.parametrize("fault", ["429", "503"])
def test_an_update_that_fails_for_a_moment_is_made_after_the_next_wave(aws, make, fault):
    sink = make()
    report(sink, finding())
    aws.fail("slack", "chat.update", "", status=int(fault))
    report(sink, later(10))
    assert "more" not in seen(aws.slack_messages[0])
    sink.notice([])
    assert "*+1 more, last 10:11 UTC*" in seen(aws.slack_messages[0])


def test_a_message_is_updated_once_a_wave_however_much_came_below_it(aws, make):
    sink = make()
    for seconds in range(0, 500, 50):
        sink.emit([later(seconds)])
    assert [call.operation for call in aws.calls] == ["chat.postMessage"] * 10
    sink.notice([])
    sink.notice([])
    assert [call.operation for call in aws.calls].count("chat.update") == 1
    assert "*+9 more, last 10:18 UTC*" in seen(aws.slack_messages[0])


def test_a_webhook_has_no_threads(aws, clock):
    sink = Slack(clock=clock, notes=MemoryNotes(), webhook_url=aws.webhook_url)
    sink.emit([finding()])
    sink.emit([later(10)])
    assert [each["thread_ts"] for each in aws.slack_messages] == [None, None]


# At Slack's pace.


def test_a_channel_gets_one_message_a_second_and_others_do_not_wait(aws, make, clock):
    sink = make(group_window=timedelta(0), routes=[Route(channel="#other", managed_by=("pulumi",))])
    sink.emit([*many(3), finding(managed=tagged("pulumi"))])
    assert len(aws.slack_messages) == 4
    assert [span.total_seconds() for span in clock.sleeps] == [0, 1, 1, 0]


def test_a_pause_that_slack_asks_for_is_kept(aws, make, clock):
    aws.fail("slack", "chat.postMessage", "ratelimited", status=429, times=3)
    assert type(only(make().emit([finding()]))) is Delivered
    assert [span.total_seconds() for span in clock.sleeps] == [0, 1, 1, 1]
    assert len(aws.slack_messages) == 1


def test_waiting_is_bounded_and_what_is_not_told_stays_queued(aws, make, clock):
    aws.fail("slack", "chat.postMessage", "ratelimited", status=429, times=1_000)
    sink = make()
    answer = only(sink.emit([finding()]))
    assert answer == Failure(reason="Slack is rate-limiting #iac for 1 s more: reported later")
    assert 35 <= (clock.now() - NOW).total_seconds() <= 40
    assert aws.slack_messages == []


def test_a_long_pause_fails_at_once_and_holds_for_the_next_call_too(aws, make, clock, monkeypatch):
    monkeypatch.setattr("iacwatch.demo.fake.slack.api.ratelimited.__defaults__", (300,))
    aws.fail("slack", "chat.postMessage", "ratelimited", status=429)
    sink = make()
    assert only(sink.emit([finding()])).reason == "Slack is rate-limiting #iac for 300 s more: reported later"
    assert type(only(sink.emit([finding()]))) is Failure
    assert len(posts(aws)) == 1
    clock.advance(timedelta(seconds=270))
    assert type(only(sink.emit([finding()]))) is Delivered
    assert [span.total_seconds() for span in clock.sleeps] == [0, 30]


def test_what_was_told_before_the_bound_counts(aws, make):
    aws.slack_rate = 0.0001
    findings = many(3)
    answers = make(group_window=timedelta(0)).emit(findings)
    assert [type(answers[each.finding_id]) for each in findings] == [Delivered, Failure, Failure]
    assert len(aws.slack_messages) == 1


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "99999999"])
def test_a_pause_of_no_sense_is_none(header):
    answer = client._judged(429, {"retry-after": header}, {"error": "ratelimited"})
    assert answer == client.TooFast(wait=None)
    assert client._judged(429, {"retry-after": "0"}, {}) == client.TooFast(wait=timedelta(seconds=1))


def test_where_slack_does_not_say_for_how_long_each_pause_is_twice_the_one_before(aws, make, clock):
    aws.fail("slack", "chat.postMessage", "ratelimited", times=4)
    sink = make()
    assert type(only(sink.emit([finding()]))) is Delivered
    aws.fail("slack", "chat.postMessage", "ratelimited")
    assert type(only(sink.emit([unattributed()]))) is Delivered
    assert [span.total_seconds() for span in clock.sleeps] == [0, 1, 2, 4, 8, 1, 1]


def test_after_about_a_minute_of_that_nothing_waits_any_more_and_nothing_counts_as_posted(aws, make, clock):
    aws.fail("slack", "chat.postMessage", "ratelimited", times=1_000)
    sink = make(group_window=timedelta(0))
    answers = [only(sink.emit([each])) for each in many(50)]
    assert {type(each) for each in answers} == {Failure}
    assert answers[0].reason == "Slack is rate-limiting #iac for 32 s more: reported later"
    assert 60 <= (clock.now() - NOW).total_seconds() <= 70
    assert len(posts(aws)) == 7
    aws.faults._faults.clear()
    clock.advance(timedelta(seconds=65))
    assert [type(only(sink.emit([each]))) for each in many(2)] == [Delivered, Delivered]


# What goes wrong.


def test_a_server_that_is_down_for_a_moment_is_asked_again(aws, make, clock):
    for code, status in (("x", 503), ("internal_error", None)):
        aws.fail("slack", "chat.postMessage", code, status=status)
    assert type(only(make().emit([finding()]))) is Delivered
    assert [span.total_seconds() for span in clock.sleeps] == [0, 1, 3]
    assert len(aws.slack_messages) == 1


def test_a_server_that_stays_down_is_a_failure(aws, make, clock):
    aws.fail("slack", "chat.postMessage", "x", status=502, times=9)
    assert only(make().emit([finding()])) == Failure(reason="cannot reach Slack: HTTP 502")
    assert (clock.now() - NOW) < timedelta(seconds=40)
    assert len(posts(aws)) == 4


def test_no_connection_is_a_failure_and_surely_not_posted(make):
    answer = only(make(api_url="http://127.0.0.1:1/").emit([finding()]))
    assert answer == Failure(reason="cannot reach Slack: Connection refused")


@pytest.mark.parametrize(("fault", "there"), [("drop-before", 0), ("drop-after", 1)])
@pytest.mark.parametrize("way", ["chat.postMessage", "webhook"])
def test_an_answer_that_does_not_come_is_unknown_and_not_asked_for_again(aws, make, fault, there, way):
    sink = make() if way != "webhook" else make(token="", webhook_url=aws.webhook_url)
    aws.fail("slack", way, fault)
    answer = only(sink.emit([finding()]))
    assert answer.unknown
    assert "it may be there, and is reported again" in answer.reason
    assert (len(posts(aws)), len(aws.slack_messages)) == (1, there)


def test_a_time_out_after_sending_is_unknown(make, monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = only(make(api_url=f"http://127.0.0.1:{silent.getsockname()[1]}/").emit([finding()]))
    assert answer.unknown
    assert "did not answer (timed out)" in answer.reason


@pytest.mark.parametrize(
    "body", ["<html><body>Sign in</body></html>", '"ok"', "7", "null", "[]", "", "[" * 100_000, '{"ok": 0}']
)
@pytest.mark.parametrize("way", ["chat.postMessage", "webhook"])
def test_an_answer_that_is_not_slacks_fails_that_one_message_alone(aws, make, body, way):
    sink = make() if way != "webhook" else make(token="", webhook_url=aws.webhook_url)
    aws.fail("slack", way, f"raw:{body}", status=200)
    answer = only(sink.emit([finding()]))
    assert answer.unknown
    where = "#iac" if way != "webhook" else "the webhook"
    assert answer.reason == (
        f"something other than Slack answered the message to {where}, perhaps a proxy (HTTP 200):"
        " it may be there, and is reported again"
    )
    assert type(only(sink.emit([unattributed()]))) is Delivered


def test_a_proxys_refusal_is_not_taken_for_slacks(aws, make):
    aws.fail("slack", "chat.postMessage", "raw:<h1>Forbidden</h1>", status=403)
    said = "something other than Slack answered the message to #iac, perhaps a proxy (HTTP 403)"
    assert said in only(make().emit([finding()])).reason


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("not_in_channel", "invite the app with /invite, or grant it chat:write.public"),
        (
            "channel_not_found",
            "check the channel's name; invite the app to a private channel, and give its id",
        ),
        ("is_archived", "unarchive the channel, or name another one"),
        ("invalid_auth", "check slack.token"),
        ("token_revoked", "renew slack.token"),
        ("account_inactive", "its account is deactivated: renew slack.token"),
        ("missing_scope", "grant the app the scope chat:write and install it again"),
    ],
)
def test_a_refusal_is_one_sentence_with_what_to_do(aws, make, code, hint):
    aws.fail("slack", "chat.postMessage", code)
    assert only(make().emit([finding()])) == Failure(
        reason=f"Slack refused the message to #iac: {code}; {hint}"
    )
    assert len(posts(aws)) == 1


def test_a_scope_that_is_missing_is_named():
    answer = client._judged(200, {}, {"error": "missing_scope", "needed": "chat:write.customize"})
    assert answer == client.Refused(code="missing_scope", detail="chat:write.customize")


def test_an_unknown_refusal_is_told_as_it_is(aws, make):
    aws.fail("slack", "chat.postMessage", "team_on_fire<!channel>")
    assert (
        only(make().emit([finding()])).reason == "Slack refused the message to #iac: team_on_fire<!channel>"
    )


def test_a_channel_that_fails_does_not_keep_others_from_theirs(aws, make):
    aws.slack.channels = frozenset({"#payments"})
    first, second = many(2)
    answers = make(routes=ROUTES).emit([first, replace(second, managed=tagged(team="payments"))])
    assert [type(answers[each.finding_id]) for each in (first, second)] == [Failure, Delivered]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
def test_blocks_that_slack_refuses_are_replaced_by_their_text(aws, make, code, caplog):
    aws.fail("slack", "chat.postMessage", code)
    assert type(only(make().emit([finding()]))) is Delivered
    (posted,) = aws.slack_messages
    assert posted["blocks"] == []
    assert posted["text"].startswith("alice@example.com opened")
    assert code in caplog.text


def test_a_run_that_ends_before_anything_was_told_ends(make, clock):
    clock.stop_at = NOW
    with pytest.raises(Stopping):
        make().emit([finding()])


def test_a_run_that_ends_in_between_does_not_forget_what_was_told(aws, make, clock):
    findings = many(3)
    clock.stop_at = NOW + timedelta(seconds=1)
    answers = make(group_window=timedelta(0)).emit(findings)
    assert [type(answers[each.finding_id]) for each in findings] == [Delivered, Failure, Failure]
    assert answers[findings[2].finding_id].reason == "not posted: the run ended (the test's end)"
    assert len(aws.slack_messages) == 1


def test_a_run_that_ends_before_the_first_message_is_updated_does_not_forget_the_thread(aws, make, clock):
    sink = make()
    sink.emit([finding()])
    clock.advance(timedelta(seconds=5))
    clock.stop_at = clock.now() + timedelta(seconds=1)
    assert type(only(report(sink, later(10)))) is Delivered
    assert len(aws.slack_messages) == 2
    clock.stop_at = None
    sink.notice([])
    assert "+1 more" in seen(aws.slack_messages[0])


# The webhook.


def test_a_webhook_posts_to_its_own_channel_whatever_routes_say(aws, clock):
    sink = Slack(clock=clock, notes=MemoryNotes(), webhook_url=aws.webhook_url, channel="#iac", routes=ROUTES)
    first, second = many(2)
    answers = sink.emit([first, replace(second, managed=tagged(team="payments"))])
    assert set(answers.values()) == {Delivered()}
    (posted,) = aws.slack_messages
    assert posted["method"] == "webhook"
    assert "changed 2 security groups" in posted["text"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"code": "x", "status": 503, "times": 9}, Failure(reason="cannot reach Slack: HTTP 503")),
        ({"code": "x", "status": 429, "times": 2}, Delivered()),
    ],
)
def test_a_webhook_can_be_down_or_busy(aws, clock, fault, answer):
    aws.fail("slack", "webhook", **fault)
    assert (
        only(Slack(clock=clock, notes=MemoryNotes(), webhook_url=aws.webhook_url).emit([finding()])) == answer
    )


def test_a_webhook_that_was_removed_is_a_sentence_without_its_address(aws, clock):
    sink = Slack(clock=clock, notes=MemoryNotes(), webhook_url=aws.webhook_url + "-gone-secret")
    assert only(sink.emit([finding()])).reason == (
        "Slack refused the message to its webhook's channel: no_service"
        "; the webhook was removed: make a new one and set slack.webhook_url"
    )


# Secrets.


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"api_url": "http://127.0.0.1:1/"},
        {"api_url": "nonsense"},
        {"api_url": "http://["},
        {"token": TOKEN + "\nX-Header: 1"},
        {"token": TOKEN + "ü\u20ac"},
        {"token": "", "webhook_url": "http://127.0.0.1:1/services/very-secret-token"},
        {"token": "", "webhook_url": "very-secret-token"},
        {"token": "", "webhook_url": "http://127.0.0.1:1/very-secret-token\x01 x"},
        {"token": "", "webhook_url": "http://[very-secret-token/"},
    ],
)
def test_no_secret_is_logged_or_answered_or_shown(aws, make, caplog, capsys, fields):
    aws.fail("slack", "chat.postMessage", "internal_error", status=500, times=9)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    sink = make(**fields)
    answers = sink.emit([finding()])
    told = f"{answers} {sink!r} {sink._posting._line!r} {caplog.text} {capsys.readouterr()}"
    assert type(only(answers)) is Failure
    assert "very-secret-token" not in told


def test_it_is_remembered_and_delivers_at_once(make):
    sink = make()
    assert (sink.remembered, sink.deferred_close) == ("slack", False)
