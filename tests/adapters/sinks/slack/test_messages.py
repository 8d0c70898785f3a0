"""What a message in Slack says, whatever strangers wrote."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict
from iacwatch.core.present.links import cloudtrail_event, config_timeline
from iacwatch.core.text import plain
from iacwatch.demo.fake.slack.blocks import complaints, total_length
from iacwatch.ports import Delivered
from iacwatch.sinks.slack import message as messages
from iacwatch.sinks.slack.blocks import Later, Mentions
from iacwatch.sinks.slack.message import with_news
from iacwatch.sinks.slack.open_messages import Saved
from tests.fixtures.builders import actor, change, entry, event, finding, many, match, resource, unattributed
from tests.fixtures.located import ADDRESS, COMMAND, FILE, FILE_URL, NEAR, PLAN, RECREATED, WHOLE, address
from tests.fixtures.slack_posts import HOSTILE, STYLE, assert_harmless, message, odd_finding, seen, tagged

IN_IAC = [
    f"In IaC: `live/prod/net` of `acme/infra` · owned by `@acme/net` · as of 2 d ago · <{FILE_URL}|code>",
    f"Next step: `{COMMAND}`",
]
ALICE = "*Out of band* · *`alice@example.com`*"
ON_WEB = "opened `22/tcp` to `0.0.0.0/0` on security group `web`"
HOW = "How: `console`, `SSO Admin`, `from 198.51.100.7`"


def shown(*findings, style=STYLE):
    return seen(message(findings, style))


def changed(number, *diff, **fields):
    """Return a finding of one and the same security group."""
    return finding(finding_id=f"{number:032x}", change=change(diff=diff), **fields)


def test_a_message_says_who_what_where_how_and_why_and_a_phone_the_whole_sentence(aws, make):
    (answer,) = make().emit([WHOLE]).values()
    (posted,) = aws.slack_messages
    assert answer == Delivered(detail=f"#iac {posted['ts']}")
    assert posted["channel"] == "#iac"
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)
    assert (posted["parse"], posted["mrkdwn"], "link_names" in posted) == ("none", False, False)
    assert posted["text"] == (
        "alice@example.com, through role gha-terraform-prod, opened 22/tcp to 0.0.0.0/0 on security group web"
        " (managed by terraform), in prod-payments eu-west-1, by console, 10:11 UTC"
    )
    timeline = config_timeline(WHOLE.change.resource).replace("&", "&amp;")
    assert seen(posted).splitlines() == [
        f"🔴 {ALICE}, through role `gha-terraform-prod`, {ON_WEB}",
        "`sg-0a1b2c3d4e5f60718` · managed by `terraform` · `prod-payments (111122223333)` · `eu-west-1`"
        " · 10:11 UTC (<!date^1795169482^{date_short_pretty} {time}|2026-11-20>)",
        f"{HOW} · `AuthorizeSecurityGroupIngress`",
        '+ `IpPermissions`: `22/tcp 0.0.0.0/0 "tmp debug"`',
        "~ `Size`: `1 → 2`",
        f"<{cloudtrail_event(WHOLE.match.event)}|CloudTrail event> · <{timeline}|Config timeline>",
        "Why: SSO Admin matches no workflow for managed-by=terraform",
        IN_IAC[0].replace("In IaC: ", f"In IaC: `{ADDRESS}` and 1 more · "),
        IN_IAC[1],
        f"Next apply: recreates it if it is still in code: {RECREATED.reason}",
        "seen 10:24 UTC · links need account `prod-payments` · 2 calls in this change"
        f" · finding `iacwatch show {WHOLE.finding_id[:12]}`",
    ]


GONE = change(resource=resource(type="AWS::S3::Bucket", name="logs"), change_type=ChangeType.DELETE, diff=())
UNTAGGED = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True)
RETAGGED = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, new_value="x")


@pytest.mark.parametrize(
    ("what", "heading"),
    [
        (finding(change=GONE), f"⚫ {ALICE} deleted S3 bucket `logs`, which `terraform` managed"),
        (finding(managed=UNTAGGED), f"🟠 {ALICE} removed `managed-by=terraform` from security group `web`: no longer watched"),
        (finding(managed=RETAGGED), f"🟠 {ALICE} changed `managed-by` from `terraform` to `x` on security group `web`"),
        (unattributed(), f"⚪ *Unattributed* · nobody found who {ON_WEB}"),
        (finding(verdict=Verdict.IN_WORKFLOW), f"🟢 *In workflow* · *`alice@example.com`* {ON_WEB}"),
    ],
)  # fmt: skip
def test_the_heading_tells_what_matters_most(what, heading):
    assert shown(what).splitlines()[0] == heading


def test_nobody_found_says_where_was_looked_and_what_came_near_in_small_print_alone():
    for group in ([NEAR], [unattributed(finding_id="e" * 32), NEAR]):
        posted = message(group)
        said = "Near: AuthorizeSecurityGroupIngress by bob at 10:11: =1+1 `@all` &lt;!channel&gt;; and 1 more"
        assert [line for line in seen(posted).splitlines() if "bob" in line] == [said]
        assert "bob" not in posted["text"]
        assert_harmless(posted)
    text = shown(NEAR)
    assert "Why: nobody found: 3 names tried in eu-west-1, 65 min searched" in text
    assert ("|Config timeline>" in text, "CloudTrail event" in text) == (True, False)


def test_at_most_three_properties_are_shown_and_of_secret_ones_no_value():
    text = shown(changed(1, *(entry(f"Configuration.P{number}", 1, 2) for number in range(7))))
    assert "~ `P2`: `1 → 2`\nand 4 more" in text
    for name in ("Environment.Variables.KEY", "Owner"):
        secret = changed(1, entry(f"Configuration.{name}", "hunter2", "hunter3"))
        for group in ([secret], [secret, finding()]):
            assert "hunter" not in json.dumps(message(group, replace(STYLE, redact=("Configuration.Owner",))))


def test_of_a_group_the_gravest_is_named_and_no_deletion_is_among_the_rest():
    gone = range(7, 990, 10)
    multi = {False: {"diff": (entry("Configuration.MultiAZ", 1, 2),)}, True: {"change_type": ChangeType.DELETE, "diff": ()}}  # fmt: skip
    findings = [
        replace(each, change=replace(each.change, **multi[number in gone]))
        for number, each in enumerate(many(1_000, apart=timedelta(milliseconds=100)))
    ]
    posted = message(findings[::-1])
    assert posted["text"] == (
        "alice@example.com deleted 99 and changed 901 security groups managed by terraform, in prod-payments eu-west-1"
        ", by console, 10:11 to 10:13 UTC: deleted security group web-7; deleted security group web-17"
    )
    text = seen(posted)
    assert text.startswith(f"⚫ {ALICE} deleted 99 and changed 901 security groups managed by `terraform`\n")
    assert text.count("• 10:1") == 10
    assert all(f"`web-{number}`" in text for number in gone)
    assert text.count("and 901 more changes, none of them a deletion") == 1
    assert complaints(posted["blocks"]) == []
    assert message(many(47))["text"].endswith("; and 45 more")


ABROAD = finding(change=change(resource=resource(region="us-east-1")))
ROLE = finding(change=change(resource=resource(type="AWS::IAM::Role", id="AROA1", region="global")))
SWITCH = entry("Configuration.MultiAZ", previous=True, updated=False)
SWITCHED = finding(change=change(resource=resource(type="AWS::RDS::DBInstance"), diff=(SWITCH,)))
RENAMED = changed(2, entry("Configuration.Description", "a", "b"))


def calling(number, name, address="198.51.100.7"):
    return changed(number, match=match(event=event(name=name, actor=actor(source_ip=address))))


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ([RENAMED, finding()], r"made 2 changes of one security group managed by `terraform`\n"),
        ([RENAMED, finding()], r"\n• 10:11 opened `22/tcp` .*\n• 10:11 changed `Description` "),  # the gravest first
        ([RENAMED, finding(), *many(1)], "changed 2 security groups in 3 changes"),
        ([unattributed(), unattributed()], "nobody found who made 2 changes of one security group"),
        ([finding(), ABROAD], "on security group `web` in `us-east-1` ·"),
        ([ROLE, finding()], r"(?s)\A(?!.*in `global`).*in `eu-west-1`"),
        ([SWITCHED, replace(SWITCHED, finding_id="f" * 32)], r" \(`MultiAZ`: `true → false`\)"),
        ([calling(1, "StopInstances"), calling(2, "StopInstances", "203.0.113.9")], f"{HOW} and in 1 other way · `StopInstances`\n"),
        ([calling(1, "StopInstances"), calling(2, "DeleteTags")], f"{HOW}\n"),
    ],
)  # fmt: skip
def test_a_group_says_what_its_changes_share_and_each_line_what_is_its_own(group, said):
    assert re.search(said, shown(*group))


OWNERS = Mentions(groups={"@acme/net": "S0123ABCD", "bob": "U0123ABCD"}, tag="team")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"managed": tagged(team="@acme/net")}, ["<!subteam^S0123ABCD>"]),
        ({"managed": tagged(team="bob"), "verdict": Verdict.UNATTRIBUTED}, []),
        ({"managed": tagged(team="BOB")}, []),
        ({"managed": tagged(team="<!channel>")}, []),
        ({"managed": tagged(team="bob"), "iac": address(owner="@acme/net bob @acme/web")}, ["<!subteam^S0123ABCD> <@U0123ABCD>"]),
        ({"managed": tagged(team="bob"), "iac": address(owner="@acme/web")}, []),
        ({"managed": tagged(team="bob"), "iac": address(owner=None)}, ["<@U0123ABCD>"]),
    ],
)  # fmt: skip
def test_the_owner_is_told_by_name_once_a_message_the_addresss_before_the_tags(fields, told):
    text = shown(*(replace(each, **fields) for each in many(3)), style=replace(STYLE, mentions=OWNERS))
    assert re.findall(r"Owner: (.*)", text) == told
    assert len(re.findall(r"<(?:!subteam|@)", text)) == len(" ".join(told).split())


def in_iac(*findings):
    """Return the lines about IaC."""
    begins = ("In IaC:", "Next step:", "Next apply:")
    return [line for line in shown(*findings).splitlines() if line.startswith(begins)]


def test_a_group_says_what_its_addresses_have_in_common_once():
    group = [
        replace(each, iac=address(address=f"aws_security_group.web[{number}]"), next_steps=(PLAN, FILE))
        for number, each in enumerate(many(4))
    ]
    assert in_iac(*group) == IN_IAC
    hostile = replace(PLAN, text="terraform plan -target='aws_vpc.main[\"a`; rm -rf ~; `b\"]'")
    assert not [line for line in in_iac(replace(WHOLE, next_steps=(hostile,))) if "rm -rf" in line]
    text = shown(*group)
    assert all(f"`web-{number}` · `aws_security_group.web[{number}]` · <" in text for number in range(4))
    others = [address(directory=f"live/{name}", stack=f"live/{name}", owner=f"@acme/{name}") for name in "bc"]
    group[1] = replace(group[1], iac=others[0], next_apply=RECREATED)
    group[2:] = [replace(group[2], iac=others[1]), replace(group[3], iac=None)]
    first, _, applies = in_iac(*group)
    assert first == (
        "In IaC: 3 of 4: `live/prod/net`, `live/b` and 1 more of `acme/infra`"
        " · owned by `@acme/net`, `@acme/b` and 1 more · as of 2 d ago"
    )
    assert applies == "Next apply: recreates it if it is still in code (1 of 4)"
    group[3] = replace(group[3], iac=address(repository="acme/apps"))
    assert in_iac(*group)[0].startswith(
        "In IaC: `live/prod/net` of `acme/infra`, `live/b` of `acme/infra` and 2 more"
    )


@pytest.mark.parametrize("fields", [{}, {"verdict": Verdict.UNATTRIBUTED, "match": None}])
@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_text_is_text_and_keeps_within_slacks_limits_with_news_and_marks_too(text, fields):
    odd = odd_finding(text, **fields)
    others = [
        replace(
            odd,
            finding_id=each.finding_id,
            change=replace(odd.change, resource=resource(id=f"{place}{text}", name=text)),
        )
        for place, each in enumerate(many(60))
    ]
    for together in ([odd], others):
        made = messages.message(together, replace(STYLE, mentions=replace(OWNERS, tag=text)))
        assert_harmless(made.body)
        assert "<!subteam" not in json.dumps(made.body)
        later = Later(count=1, last=STYLE.now, gravest=text * 9, gravity=0)
        undone = dict.fromkeys(made.lines, f"undone by {plain(text, 80)} 02:55")
        posted = with_news(
            Saved(message=made.body, lines=made.lines, undone=undone, later=later), now=STYLE.now
        )
        assert complaints(posted["blocks"]) == []
        assert total_length(posted["blocks"]) <= 13_000
        assert "+1 more" in seen(posted)
        assert "undone by" in posted["text"]
        assert not re.search(r"[<>\u202e\ud800]", posted["text"])
        assert not re.search(r"[<>\u202e\ud800]", re.sub(r"<(?:!date\^|https://)[^<>]*>", "", seen(posted)))
