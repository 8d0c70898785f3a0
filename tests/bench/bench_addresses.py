"""How dear it is to know where resources live: reading states of 50 MB beside `json.loads`, and the index of their rows.

Run it as `python -m tests.bench.bench_addresses [ROUNDS] [ROWS ...]`. In the index, states have 1,000 rows each: roles
with a name and an ARN, security groups with neither, and two rules of each group.
"""

import json
import random
import statistics
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from iacwatch.addresses import state as reading
from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.core.iac import StateHead
from iacwatch.storage.files import unzipped
from tests.bench.paired import TOP, alone, line, number, paired, ratio, seconds
from tests.fixtures import state_rows, states
from tests.fixtures.clocks import NOON

SIZE = 50_000_000
HEAD = StateHead(place="bench", seen_at=NOON)
SIZES = (1_000, 100_000, 1_000_000)
ROWS = WAVE = 1_000
LATER = NOON + timedelta(hours=1)
FAST = reading.typed


def real():
    """Return the resources of real states, again and again."""
    files = sorted((TOP / "tests" / "data" / "states").glob("*.tfstate"))
    found = [each for file in files for each in json.loads(file.read_bytes())["resources"]]
    times = round(SIZE / len(json.dumps(found, indent=2)))
    return [{**each, "name": f"{each['name']}_{at}"} for at in range(times) for each in found]


def made(size):
    """Return security groups of some `size` in bytes."""
    rule = {"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "protocol": "-1", "to_port": 0, "self": False}
    groups = (
        states.instance(
            arn=f"arn:aws:ec2:eu-west-1:{states.ACCOUNT}:security-group/sg-{at:08x}",
            description="x" * max(0, size - 600),
            egress=[rule],
            id=f"sg-{at:08x}",
            name=f"web-{at}",
            tags={"Name": f"web-{at}", "team": "net"},
            vpc_id="vpc-1",
        )
        for at in range(SIZE // (size + 600))
    )
    return [
        states.resource("aws_security_group", f"web_{at}", each, module=f'module.m["{at % 50}"]')
        for at, each in enumerate(groups)
    ]


def read(path, fast):
    """Read a state as files are read; return its number of rows."""
    reading.typed = FAST if fast else None
    with path.open("rb") as file:
        return len(reading.read_state(unzipped(file, "x"), HEAD, name="x").rows)


def reads(rounds):
    """Print what reading takes by each way, beside `json.loads`, and its peak of memory over the file's size."""
    ways = {"json.loads": None, "stdlib (goal 1.5)": False, **({"msgspec (goal 0.6)": True} if FAST else {})}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.tfstate"
        for kind, make in {
            "real": real,
            "of 1 kB": partial(made, 1_000),
            "of 10 kB": partial(made, 10_000),
        }.items():
            path.write_text(json.dumps(states.state(*make()), indent=2))
            works = {
                name: partial(json.loads, path.read_bytes()) if fast is None else partial(read, path, fast)
                for name, fast in ways.items()
            }
            taken = paired({name: partial(seconds, work) for name, work in works.items()}, rounds)
            line(f"resources {kind}", "seconds", "ratio", "x the file", "rows")
            for name, took in taken.items():
                cost = None if ways[name] is None else alone(read, path, ways[name])
                held = ((cost.most - cost.before) * 2**20 / path.stat().st_size, cost.answer) if cost else ()
                line(name, statistics.median(took), ratio(took, taken["json.loads"]), *held)


def one_state(which):
    """Return a state of a thousand rows, which no other has."""
    rows = []
    for part in range(0, ROWS, 4):
        name, id_ = f"{which:05}-{part:03}", f"{which:08x}{part:09x}"
        rule = {"type": "aws_vpc_security_group_ingress_rule", "parent": f"sg-{id_}"}
        rows.append(state_rows.row(name, address=f'module.app["{which % 7}"].aws_iam_role.role[{part}]'))
        rows.append(
            state_rows.group(id=f"sg-{id_}", address=f'module.net.aws_security_group.group["{name}"]')
        )
        for at in range(2):
            address = f'module.net.{rule["type"]}.rule["{name}-{at}"]'
            rows.append(state_rows.group(id=f"sgr-{id_[1:]}{at}", address=address, **rule))
    return state_rows.state(*rows, place=f"s3://acme-tfstate/live/{which:05}/terraform.tfstate")


def asked(dice, count):
    """Return a wave's resources: half of them roles, half groups, a tenth of them in no state."""
    for _ in range(WAVE):
        which = dice.randrange(count) if dice.random() < 0.9 else count + 7
        part = dice.randrange(0, ROWS, 4)
        if dice.random() < 0.5:
            yield state_rows.role(f"{which:05}-{part:03}")
        else:
            yield state_rows.firewall(id=f"sg-{which:08x}{part:09x}")


def index(size):
    """Print what filling an index takes, its size, and finding a wave's resources in it."""
    dice, count = random.Random(1), size // ROWS
    with TemporaryDirectory() as folder:
        path = Path(folder) / "addresses.sqlite3"
        kept = SqliteIndex(path)
        built = sum(seconds(partial(kept.replace, one_state(which), now=NOON)) for which in range(count))
        taken = []
        for _ in range(15):
            wave = list(asked(dice, count))
            began = time.process_time()
            answered = kept.find(wave, now=LATER)
            taken.append((time.process_time() - began) / len(answered))
            assert {len(each.rows) for each in answered.values()} == {0, 1, 3}
        lookup = statistics.median(taken) * 1e6
        line(f"{size:,} rows", built / size * 1e6, path.stat().st_size / size, lookup)


def main():
    """Print both tables."""
    reads(number(5))
    line("index (goals: 169 B, 7 us)", "us a row", "B a row", "us a find")
    for size in map(int, sys.argv[2:] or SIZES):
        index(size)


if __name__ == "__main__":
    main()
