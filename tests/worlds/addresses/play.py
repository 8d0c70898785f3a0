"""Plays where changed objects live in IaC: `python -m tests.worlds.addresses.play SEED [--only KIND] [--small] [--keep FOLDER]`.

KIND is a word of the misses' labels or kinds: only those are printed.
"""

import argparse
import html
import json
import logging
import re
import tempfile
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder, moto_aws
from tests.worlds.addresses.company import Company
from tests.worlds.addresses.desk import ENDINGS, Desk
from tests.worlds.addresses.judging import AddressScore, judge
from tests.worlds.addresses.pasting import Shell

SMALL = {
    "objects": 24,
    "rounds": 1,
    "planned": ("net-prod", "tools"),
    "without": ("legacy", "payments", "atmos", "space", "s3-db", "s3-space", "s3-odd", "s3-old"),
}


def play(company, folder, *, whole=True, table=None):
    """Fill an index from every stack, let `drain` report all changes, and ask for some; return the score."""
    with FakeAws(rate=1000) as aws:
        aws.slack_rate = None
        desk = Desk(aws, company, folder, table=table)
        desk.fill()
        desk.tell_plans()
        lines = desk.drain(slack=whole)
        score = judge(company, lines, Shell(folder / "shell"))
        taken(desk, score)
        asked(desk, company, score, 12 if whole else 3)
        if whole:
            again(desk, company, score, lines)
            looked(desk, company, score, lines)
            refused(desk, score)
            shown(desk, company, score, lines)
        for place, content in desk.leavings():
            for secret in sorted(company.estate.canaries.found(content)):
                score.miss("secret", place, secret, "nowhere", "found")
            raw(score, place, content)
    return score


def taken(desk, score):
    """Every state and plan that a pipeline hands over is taken."""
    for label, code, _, err in desk.said:
        if label.split()[0] in {"add", "old", "plan", "refresh-only"} and code:
            score.miss("refusal", label, "exit code", 0, f"{code}: {err.strip().splitlines()[-1:]}")
        if "Traceback" in err and code == 0:
            score.miss("refusal", label, "stderr", "no traceback", err.strip().splitlines()[-1:])
        if label.startswith("scan") and code not in {0, 1}:
            score.miss("refusal", label, "exit code", "0 or 1", code)


def refused(desk, score):
    """What is no state is refused in a sentence."""
    for name, (_, code, _, err) in desk.refuse().items():
        if name in {"gzip", "mark"}:
            continue
        said = [line for line in err.splitlines() if line.strip()]
        if code == 0 or len(said) != 1:
            score.miss("refusal", name, "address add", "one sentence and an exit code", f"{code}: {said[:3]}")


def asked(desk, company, score, most):
    """`address find` answers for ids, ARNs and addresses."""
    homes = [
        truth
        for truth in company.stage.truths
        if truth.living.homes and truth.label in {"github", "options", "bucket", "hcp", "folder"}
    ]
    for number, truth in enumerate(homes[:: max(1, len(homes) // most)][:most]):
        address, thing = truth.living.homes[0][1], truth.living.thing
        text = (thing.arn, address, thing.id)[number % 3]
        label, code, out, _ = desk.find(text)
        if code or address not in {each for line in out.splitlines() for each in strings(line)}:
            score.miss("find", truth.label, label, address, f"{code}: {out[:300]}")
    (_, code, out, err), home, id_ = desk.show()
    if code or plain(home) not in plain(out + err):
        score.miss("find", "--print", id_, home, f"{code}: {out[:300]} {err[-300:]}")
    if desk.find(id_)[1] != 1:
        score.miss("find", "--print", id_, "nothing is kept", "it is found")
    _, code, out, _ = desk.find("vpc-0000000000000000f")
    if code != 1 or out.strip():
        score.miss("find", "nothing there", "exit code", 1, f"{code}: {out[:100]}")


def plain(text):
    """Return a text without what formats escape differently."""
    return text.replace("\\", "")


def strings(line):
    """Yield all texts of a JSON document."""

    def walk(value):
        if isinstance(value, str):
            yield value
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from walk(each)

    return walk(json.loads(line))


def again(desk, company, score, lines):
    """The same changes out of Config's files have the same addresses."""
    files = desk.folder / "history"
    history_folder.deliver(files, company.estate.world.items)
    before = {line["finding_id"]: line for line in lines}
    for line in desk.backfill(files):
        first = before.get(line["finding_id"])
        for each in (line, first or {}):
            each["next_steps"] = [step for step in each.get("next_steps", ()) if step["kind"] != "ignore"]
        for name in ("iac", "next_apply", "next_steps"):
            if first and first["verdict"] == line["verdict"] and first[name] != line[name]:
                score.miss(
                    "text", f"backfill: {name}", line["change"]["resource_id"], first[name], line[name]
                )


def looked(desk, company, score, lines):
    """`who`, `show` and `explain` tell the address as `drain` did; what is raw in them is judged with all the rest."""
    chosen = [
        line for line in lines
        if line["verdict"] == "out-of-band" and line["iac"] and (line["iac"]["stack"] or "") and "\\" in (line["iac"]["address"] or "")
    ][:2]  # fmt: skip
    bodies = {
        (truth.account, truth.id): truth.bodies[0] for truth in company.estate.world.truths if truth.bodies
    }
    for line in chosen:
        change, address = line["change"], plain(line["iac"]["address"])
        where = ("--account", change["account_id"], "--resource-type", change["resource_type"])
        if change["region"] != "global":
            where = (*where, "--regions", change["region"])
        for label, arguments, stdin in (
            ("show", ("show", line["finding_id"]), b""),
            ("explain", ("explain", "-"), bodies[change["account_id"], change["resource_id"]].encode()),
            ("who", ("who", change["resource_id"], *where, "--format", "jsonl"), b""),
        ):  # fmt: skip
            _, code, out, err = desk.run(
                f"{label} {change['resource_id']}", *arguments, stdin=stdin, loud=False
            )
            if code or address not in plain(re.sub(r"\s", " ", out)):
                score.miss(
                    "text",
                    label,
                    change["resource_id"],
                    line["iac"]["address"],
                    f"{code}: {out[-300:]} {err[-300:]}",
                )


def shown(desk, company, score, lines):
    """Each report that people read holds the addresses; those of plain signs are looked for."""
    plain_ones = {
        (line["iac"] or {}).get("address") or "" for line in lines if line["verdict"] == "out-of-band"
    }
    plain_ones = {each for each in plain_ones if re.fullmatch(r"[a-z0-9_.]{12,40}", each)}
    for ending in ENDINGS:
        text = plain(html.unescape((desk.folder / f"report.{ending}").read_text()))
        if ending == "txt":
            text = re.sub(r"\s|[│┃|]", "", text)
        lacking = [each for each in plain_ones if each not in text]
        if lacking:
            score.miss(
                "text",
                f"report.{ending}",
                "addresses",
                len(plain_ones),
                f"{len(lacking)} lack, {lacking[:3]}",
            )
    said = json.dumps(desk.aws.slack_messages)
    if plain_ones and not any(each in said for each in plain_ones):
        score.miss("text", "Slack", "an address", "some", "none")


def raw(score, place, content):
    """Nothing that a terminal or Slack obeys comes through."""
    if place.startswith(("stdout", "stderr")) and (
        b"\x1b[31mred" in content or "\u202eexe".encode() in content
    ):
        score.miss("text", place, "control characters", "escaped", "raw")
    if place == "Slack" and (b"<!channel>" in content or b"<@U0123>" in content):
        score.miss("text", place, "a mention by a stranger", "escaped", "raw")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--dynamodb", action="store_true")
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    company = Company(given.seed, **(SMALL if given.small else {}))
    types = {each.thing.type for each in company.estate.objects}
    print(
        f"seed {given.seed}: {len(company.estate.objects)} objects of {len(types)} types in {len(company.estate.stacks)} states, {len(company.stage.truths)} changes"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(given.keep or name)
        folder.mkdir(exist_ok=True)
        score = play(
            company, folder, whole=not given.small, table=moto_aws.table() if given.dynamodb else None
        )
    if given.only:
        kept = AddressScore()
        for miss in score.misses:
            if given.only in f"{miss[0]} {miss[1]}":
                kept.miss(*miss)
        kept.counts = score.counts
        score = kept
    print(score.text())


if __name__ == "__main__":
    main()
