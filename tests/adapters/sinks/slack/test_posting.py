"""Where Slack's messages go, at which rate, and what becomes of those that do not get there."""

import logging
import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import Verdict
from iacwatch.errors import Stopping
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.slack import client
from iacwatch.sinks.slack.route import Route
from tests.fixtures.builders import ACCOUNT, change, finding, many, resource, unattributed
from tests.fixtures.located import address, located
from tests.fixtures.slack_posts import NOW, TOKEN, later, only, posts, tagged

ROUTES = [
    Route(channel="#gone", verdicts=(Verdict.UNATTRIBUTED,), resource_types=("AWS::RDS::*", "AWS::S3::*")),
    Route(channel="#payments", tags={"team": "pay*"}, accounts=(ACCOUNT,)),
    Route(channel="#pulumi", managed_by=("pulumi*", "tofu")),
    Route(channel="#payments-too", tags={"team": "payments", "stage": "prod"}),
    Route(channel="#net", owners=("@acme/n*", "@acme/sec"), repositories=("acme/*",)),
]
ELSEWHERE = change(resource=resource(account_id="444455556666"))
EACH = {"group_window": timedelta(0)}
POST = ("slack", "chat.postMessage")


@pytest.mark.parametrize(
    ("what", "channel"),
    [
        (finding(), "#iac"),
        (unattributed(), "#iac"),
        (unattributed(change=change(resource=resource(type="AWS::S3::Bucket"))), "#gone"),
        (finding(managed=tagged(team="Payments")), "#iac"),
        (finding(managed=tagged("tofu", team="payroll")), "#payments"),
        (finding(managed=tagged(team="payments", stage="prod"), change=ELSEWHERE), "#payments-too"),
        (finding(managed=tagged(team="payments"), change=ELSEWHERE), "#iac"),
        (located(address(owner="@acme/web @acme/sec")), "#net"),
        (located(address(owner="@acme/web")), "#iac"),
        (located(address(repository="other/infra")), "#iac"),
    ],
)
def test_the_first_route_that_fits_takes_a_finding(aws, make, what, channel):
    make(routes=ROUTES).emit([what])
    assert [each["channel"] for each in aws.slack_messages] == [channel]


def test_what_was_done_together_is_split_by_channel_and_what_no_route_takes_may_go_nowhere(aws, make):
    first, second, third = many(3)
    second = replace(second, managed=tagged(team="payments"))
    answers = make(routes=ROUTES).emit([first, second, third])
    told = [(each["channel"], each["text"].count("web-")) for each in aws.slack_messages]
    assert told == [("#iac", 2), ("#payments", 1)]
    assert answers[second.finding_id].detail.startswith("#payments ")
    assert isinstance(only(make(channel="", routes=ROUTES).emit([first])), Delivered)
    assert len(aws.slack_messages) == 2
    aws.slack.channels = frozenset({"#payments"})
    answers = make(routes=ROUTES).emit([first, second])
    assert [type(answers[each.finding_id]) for each in (first, second)] == [Failure, Delivered]


def slept(clock):
    return [span.total_seconds() for span in clock.sleeps]


def test_a_channel_gets_one_message_a_second_and_others_do_not_wait(aws, make, clock):
    sink = make(**EACH, routes=[Route(channel="#other", managed_by=("pulumi",))])
    sink.emit([*many(3), finding(managed=tagged("pulumi"))])
    assert len(aws.slack_messages) == 4
    assert slept(clock) == [0, 1, 1, 0]


def test_a_webhook_posts_to_its_own_channel_whatever_routes_say_and_has_no_threads(aws, make):
    sink = make(webhook=True, routes=ROUTES)
    first, second = many(2)
    assert set(sink.emit([first, replace(second, managed=tagged(team="payments"))]).values()) == {Delivered()}
    sink.emit([later(10)])
    assert [each.get("thread_ts") for each in aws.slack_messages] == [None, None]
    assert {each["method"] for each in aws.slack_messages} == {"webhook"}


@pytest.mark.parametrize(
    ("faults", "sleeps"),
    [
        ([("ratelimited", 429)] * 3, [0, 1, 1, 1]),
        ([("ratelimited", None)] * 4, [0, 1, 2, 4, 8]),
        ([("x", 503), ("internal_error", None)], [0, 1, 3]),
    ],
)
def test_a_pause_that_slack_asks_for_is_kept_and_grows_where_it_says_none(aws, make, clock, faults, sleeps):
    sink = make()
    for code, status in faults:
        aws.fail(*POST, code, status=status)
    assert isinstance(only(sink.emit([finding()])), Delivered)
    assert slept(clock) == sleeps
    aws.fail(*POST, "ratelimited", status=429)
    assert isinstance(only(sink.emit([unattributed()])), Delivered)
    assert slept(clock) == [*sleeps, 1, 1], "what was asked for before is forgotten"


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "99999999"])
def test_a_pause_of_no_sense_is_none(header):
    answer = client._judged(429, {"retry-after": header}, {"error": "ratelimited"})
    assert answer == client.TooFast(wait=None)
    assert client._judged(429, {"retry-after": "0"}, {}) == client.TooFast(wait=timedelta(seconds=1))


def test_a_long_pause_fails_at_once_and_holds_for_the_next_call_too(aws, make, clock, monkeypatch):
    monkeypatch.setattr("iacwatch.demo.fake.slack.api.ratelimited.__defaults__", (300,))
    aws.fail(*POST, "ratelimited", status=429)
    sink = make()
    reason = "Slack is rate-limiting #iac for 300 s more: reported later"
    assert only(sink.emit([finding()])) == only(sink.emit([finding()])) == Failure(reason=reason)
    assert len(posts(aws)) == 1
    clock.advance(timedelta(seconds=270))
    assert isinstance(only(sink.emit([finding()])), Delivered)
    assert slept(clock) == [0, 30]


def test_waiting_is_bounded_and_what_was_told_before_the_bound_counts(aws, make, clock):
    aws.slack_rate = 0.0001
    findings = many(3)
    answers = make(**EACH).emit(findings)
    assert [type(answers[each.finding_id]) for each in findings] == [Delivered, Failure, Failure]
    rest = Failure(reason="Slack is rate-limiting #iac for 1 s more: reported later")
    assert answers[findings[2].finding_id] == rest
    assert 35 <= (clock.now() - NOW).total_seconds() <= 40
    assert len(aws.slack_messages) == 1


REFUSED = "Slack refused the message to #iac:"
PROXY = "something other than Slack answered the message to #iac, perhaps a proxy (HTTP 403)"
REMOVED = "Slack refused the message to its webhook's channel: no_service; the webhook was removed: make a new one and set slack.webhook_url"  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "reason", "asked"),
    [
        ({"code": "x", "status": 502, "times": 9}, "cannot reach Slack: HTTP 502", 4),
        ({"code": "raw:<h1>Forbidden</h1>", "status": 403}, PROXY, 1),
        ({"code": "not_in_channel"}, f"{REFUSED} not_in_channel; invite the app with /invite, or grant it chat:write.public", 1),
        ({"code": "invalid_auth"}, f"{REFUSED} invalid_auth; check slack.token", 1),
        ({"code": "missing_scope"}, f"{REFUSED} missing_scope; grant the app the scope chat:write and install it again", 1),
        ({"code": "team_on_fire<!channel>"}, f"{REFUSED} team_on_fire<!channel>", 1),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence_with_what_to_do(aws, make, fault, reason, asked):
    aws.fail(*POST, **fault)
    assert only(make().emit([finding()])).reason.startswith(reason)
    assert len(posts(aws)) == asked


def test_no_connection_is_surely_not_posted_and_a_time_out_is_unknown(aws, make, monkeypatch):
    answer = only(make(api_url="http://127.0.0.1:1/").emit([finding()]))
    assert answer == Failure(reason="cannot reach Slack: Connection refused")
    gone = make(webhook=True, webhook_url=f"{aws.webhook_url}-gone-secret")
    assert only(gone.emit([finding()])) == Failure(reason=REMOVED)
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = only(make(api_url=f"http://127.0.0.1:{silent.getsockname()[1]}/").emit([finding()]))
    assert answer.unknown
    assert "did not answer (timed out)" in answer.reason


OTHER = "something other than Slack answered the message to {}, perhaps a proxy (HTTP 200): it may be there"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("drop-before", ": it may be there"),
        ("drop-after", ": it may be there"),
        *[(f"raw:{body}", OTHER) for body in ("<html>Sign in</html>", "", "[" * 100_000, '{"ok": 0}')],
    ],
)
@pytest.mark.parametrize("way", ["chat.postMessage", "webhook"])
def test_an_answer_that_is_not_slacks_is_unknown_and_not_asked_for_again(aws, make, way, fault, reason):
    aws.fail("slack", way, fault, status=200)
    sink = make(webhook=way == "webhook")
    answer = only(sink.emit([finding()]))
    assert answer.unknown
    where = "the webhook" if way == "webhook" else "#iac"
    assert f"{reason.format(where)}, and is reported again" in answer.reason
    assert (len(posts(aws)), len(aws.slack_messages)) == (1, fault == "drop-after")
    assert isinstance(only(sink.emit([unattributed()])), Delivered), "it costs that message alone"


def test_blocks_that_slack_refuses_are_replaced_by_their_text(aws, make, caplog):
    aws.fail(*POST, "invalid_blocks")
    assert isinstance(only(make().emit([finding()])), Delivered)
    (posted,) = aws.slack_messages
    assert (posted["blocks"], posted["text"][:24]) == ([], "alice@example.com opened")
    assert "invalid_blocks" in caplog.text


def test_a_run_that_ends_does_not_forget_what_was_told(aws, make, clock):
    clock.stop_at = NOW
    with pytest.raises(Stopping):
        make().emit([finding()])
    findings = many(3)
    clock.stop_at = NOW + timedelta(seconds=1)
    answers = make(**EACH).emit(findings)
    assert [type(answers[each.finding_id]) for each in findings] == [Delivered, Failure, Failure]
    assert answers[findings[2].finding_id].reason == "not posted: the run ended (the test's end)"
    assert len(aws.slack_messages) == 1


@pytest.mark.parametrize(
    "fields",
    [
        *({"token": TOKEN + odd} for odd in ("", "\nX-Header: 1", "ü\u20ac")),
        *({"api_url": url} for url in ("http://127.0.0.1:1/", "http://[")),
        *(
            {"token": "", "webhook_url": url.format("very-secret-token")}
            for url in ("http://127.0.0.1:1/services/{}", "{}", "http://127.0.0.1:1/{}\x01 x", "http://[{}/")
        ),
    ],
)
def test_no_secret_is_logged_or_answered_or_shown(aws, make, caplog, capsys, fields):
    aws.fail(*POST, "internal_error", status=500, times=9)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    sink = make(**fields)
    answers = sink.emit([finding()])
    told = f"{answers} {sink!r} {sink._posting._line!r} {caplog.text} {capsys.readouterr()}"
    assert isinstance(only(answers), Failure)
    assert "very-secret-token" not in told
