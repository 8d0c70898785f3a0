"""Where an object lives in IaC, from the state that a pipeline handed over to every report, seen from outside."""

import csv
import io
import json

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import call, change, group_id, listed

ROUTE = {"channel": "#net", "owners": ["@acme/*"], "repositories": ["acme/infra"]}
ADDRESS = 'module.web.aws_security_group.web["a"]'
STATE = {
    "version": 4,
    "terraform_version": "1.9.8",
    "serial": 17,
    "lineage": "3f1c9f5e-0000-0000-0000-000000000001",
    "outputs": {},
    "resources": [
        {
            "module": "module.web",
            "mode": "managed",
            "type": "aws_security_group",
            "name": "web",
            "provider": 'module.web.provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "index_key": "a",
                    "attributes": {
                        "id": group_id(1),
                        "arn": f"arn:aws:ec2:eu-west-1:111122223333:security-group/{group_id(1)}",
                        "description": "canary-of-the-state",
                    },
                }
            ],
        }
    ],
}


def test_every_report_says_where_it_lives_and_show_says_the_same_again(tmp_path):
    with FakeAws(rate=1000) as aws:
        settings = {
            "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/addresses.sqlite3",
            "IACWATCH_SLACK__TOKEN": "xoxb-demo",
            "IACWATCH_SLACK__CHANNEL": "#infra",
            "IACWATCH_SLACK__API_URL": aws.slack_url,
            "IACWATCH_SLACK__MENTIONS__GROUPS": '{"@acme/net": "S0123ABCD"}',
            "IACWATCH_SLACK__ROUTE": json.dumps([ROUTE]),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/infra",
        }

        def run(*arguments, **more):
            return command.run(aws, tmp_path, *arguments, **settings, **more)

        place = ("--stack", "live/prod/net", "--directory", "live/prod/net", "--repository", "acme/infra")
        added = run("address", "add", *place, "--owner", "@acme/net", "-", stdin=json.dumps(STATE))
        assert added.returncode == 0, added.stderr
        queue = aws.create_queue("changes")
        for number in (1, 2):
            aws.send(queue, change(number, 60))
            aws.add_event(call(number, 60), resource_names=listed(number))
        files = [tmp_path / name for name in ("r.csv", "r.md", "r.html", "r.txt")]
        outputs = [part for file in files for part in ("--output", str(file))]
        done = run("drain", "--queue-url", queue, "--format", "jsonl", *outputs)
        assert done.returncode == 0, done.stderr

        lines = {json.loads(line)["change"]["resource_id"]: line for line in done.stdout.splitlines()}
        record, other = json.loads(lines[group_id(1)]), json.loads(lines[group_id(2)])
        iac = record["iac"]
        assert (iac["address"], iac["serial"], iac["evidence"]) == (ADDRESS, 17, "index")
        assert (iac["repository"], iac["path"], iac["owner"]) == ("acme/infra", "live/prod/net", "@acme/net")
        assert (other["iac"], other["next_apply"]["rule"]) == (None, "orphan")
        plan = record["next_steps"][0]["text"]
        assert plan == f"terraform -chdir=live/prod/net plan -target='{ADDRESS}'"

        by_name = {file.suffix: file.read_bytes().decode() for file in files}
        rows = {row["resource_id"]: row for row in csv.DictReader(io.StringIO(by_name[".csv"], newline=""))}
        assert (rows[group_id(1)]["iac_address"], rows[group_id(1)]["next_step"]) == (ADDRESS, plan)
        assert (rows[group_id(2)]["iac_address"], rows[group_id(2)]["next_apply"]) == ("", "nothing")
        assert f"- **Next step:** `{plan}`" in by_name[".md"]
        assert f"; in IaC: {ADDRESS}, live/prod/net of acme/infra, owned by @acme/net" in by_name[".txt"]
        assert "@acme/net" in by_name[".html"]
        assert "file=live/prod/net,title=iacwatch%3A out of band::alice@example.com" in done.stderr

        told = {each["channel"]: json.dumps(each, ensure_ascii=False) for each in aws.slack_messages}
        assert set(told) == {"#net", "#infra"}
        for words in (ADDRESS, "`live/prod/net` of `acme/infra`", plan, "Owner: <!subteam^S0123ABCD>"):
            assert json.dumps(words)[1:-1] in told["#net"]
        assert "Next apply: leaves it as it is: no indexed state holds it" in told["#infra"]

        for line in lines.values():
            shown = run("show", json.loads(line)["finding_id"], "--format", "jsonl")
            assert shown.stdout == f"{line}\n"
        explained = run("explain", "-", stdin=change(1, 60))
        assert f"{ADDRESS} ({group_id(1)}) in " in explained.stdout
        assert f"next step: {plan}" in explained.stdout
        everything = (
            *by_name.values(),
            done.stdout,
            done.stderr,
            *told.values(),
            explained.stdout,
            added.stdout,
        )
        assert not any("canary" in each for each in everything)
