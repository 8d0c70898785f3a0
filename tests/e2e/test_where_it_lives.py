"""Where an object lives in IaC, from the state that a pipeline handed over to every report, seen from outside."""

import csv
import io
import json

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, group_id, item, listed, message
from tests.fixtures.state_files import SECRET, group, state

ROUTE = {"channel": "#net", "owners": ["@acme/*"], "repositories": ["acme/infra"]}
ADDRESS = 'module.web.aws_security_group.web["$(touch x)"]'
STACK = {
    "managed-by": "cloudformation",
    "aws:cloudformation:stack-name": "net",
    "aws:cloudformation:stack-id": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/0a1b",
    "aws:cloudformation:logical-id": "Web",
}


def test_every_report_says_where_it_lives_and_show_says_the_same_again(aws, queue, run, tmp_path):
    """Three groups are changed by hand: one that a state holds, one that none does, one of a stack."""
    settings = {
        **slack(aws),
        "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/addresses.sqlite3",
        "IACWATCH_SLACK__MENTIONS__GROUPS": '{"@acme/net": "S0123ABCD"}',
        "IACWATCH_SLACK__ROUTE": json.dumps([ROUTE]),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/infra",
    }
    place = ("--stack", "live/prod/net", "--directory", "live/prod/net", "--repository", "acme/infra")
    held = state(group(1, key="$(touch x)", module="module.web"), serial=17)
    added = run("address", "add", *place, "--owner", "@acme/net", "-", stdin=held, **settings)
    assert added.returncode == 0, added.stderr
    for number, more in ((1, {}), (2, {}), (3, {"tags": STACK})):
        long_ago = ago(90 * 1440).isoformat()
        aws.send(queue, message(item(number, ago(60), resourceCreationTime=long_ago, **more)))
        who = "bob@example.com" if number == 3 else "alice@example.com"  # each has a message of Slack's
        aws.add_event(call(number, who=who), resource_names=listed(number))
    files = [tmp_path / name for name in ("r.csv", "r.md", "r.html", "r.txt")]
    outputs = [part for file in files for part in ("--output", str(file))]
    done = run("drain", "--queue-url", queue, "--format", "jsonl", *outputs, **settings)
    assert done.returncode == 0, done.stderr
    by_id = {record["change"]["resource_id"]: record for record in records(done)}
    record, orphan, stacked = (by_id[group_id(number)] for number in (1, 2, 3))
    place = {name: record["iac"][name] for name in ("address", "stack", "state", "serial", "path", "owner")}
    assert place == {
        "address": ADDRESS,
        "stack": "live/prod/net",
        "state": "acme/infra//live/prod/net",
        "serial": 17,
        "path": "live/prod/net",
        "owner": "@acme/net",
    }
    plan, file, ignore = record["next_steps"]
    assert plan["text"] == f"terraform -chdir=live/prod/net plan -target='{ADDRESS}'"
    assert file["url"] == "https://github.com/acme/infra/blob/HEAD/live/prod/net"
    assert ignore["text"].startswith("[[report.ignore]]")
    assert (orphan["iac"], orphan["next_steps"][0]["kind"]) == (None, "import")
    assert (orphan["next_apply"]["does"], orphan["next_apply"]["rule"]) == ("nothing", "orphan")
    assert (stacked["iac"]["engine"], stacked["iac"]["address"]) == ("cloudformation", "Web")
    assert (stacked["iac"]["evidence"], stacked["next_apply"]["rule"]) == ("stack-tags", "cfn-no-drift")

    by_name = {file.suffix: file.read_bytes().decode() for file in files}
    rows = {row["resource_id"]: row for row in csv.DictReader(io.StringIO(by_name[".csv"], newline=""))}
    assert (rows[group_id(1)]["iac_address"], rows[group_id(1)]["next_step"]) == (ADDRESS, plan["text"])
    assert (rows[group_id(2)]["iac_address"], rows[group_id(2)]["next_apply"]) == ("", "nothing")
    assert f"- **Next step:** `{plan['text']}`" in by_name[".md"]
    assert f"; in IaC: {ADDRESS}, live/prod/net of acme/infra, owned by @acme/net" in by_name[".txt"]
    assert "@acme/net" in by_name[".html"]
    assert "file=live/prod/net,title=iacwatch%3A out of band::alice@example.com" in done.stderr
    posted = [json.dumps(each, ensure_ascii=False) for each in aws.slack_messages]
    told = {json.loads(each)["channel"]: each for each in posted if "bob@" not in each}
    assert set(told) == {"#net", "#infra"}
    for words in (ADDRESS, "`live/prod/net` of `acme/infra`", plan["text"], "Owner: <!subteam^S0123ABCD>"):
        assert json.dumps(words)[1:-1] in told["#net"]
    assert "Next apply: leaves it as it is: no indexed state holds it" in told["#infra"]

    for line in done.stdout.splitlines():
        shown = run("show", json.loads(line)["finding_id"], "--format", "jsonl", **settings)
        assert shown.stdout == f"{line}\n"
    explained = run("explain", "-", stdin=change(1, 60), **settings)
    assert f"{ADDRESS} ({group_id(1)}) in " in explained.stdout
    assert f"next step: {plan['text']}" in explained.stdout
    everything = (*by_name.values(), done.stdout, done.stderr, *posted, explained.stdout, added.stdout)
    assert not any(SECRET in each for each in everything)
