"""How dear an index of addresses is: filling it, its size, and finding a wave's resources in 1,000 to 1,000,000 rows.

Run it as `python -m tests.bench.bench_address_index [ROWS ...]`. States have 1,000 rows each: roles with a name and
an ARN, security groups with neither, and two rules of each group.
"""

import gc
import random
import statistics
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.core.iac import StateRows
from tests.bench.paired import seconds
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import firewall, group, role, row, state

SIZES = (1_000, 100_000, 1_000_000)
ROWS = 1_000
WAVE = 1_000
GOAL = "figures to compare: 7 us a lookup, 169 bytes a row (a table of one row and one key each)"
LATER = NOON + timedelta(hours=1)


def one_state(number: int, serial: int = 1) -> StateRows:
    """Return a state of a thousand rows, which no other has."""
    rows = []
    for part in range(0, ROWS, 4):
        name = f"{number:05}-{part:03}"
        identity = f"{number:08x}{part:09x}"
        rows += [
            row(name, address=f'module.app["{number % 7}"].aws_iam_role.role[{part}]'),
            group(id=f"sg-{identity}", address=f'module.net.aws_security_group.group["{name}"]'),
            *(
                group(
                    id=f"sgr-{identity[1:]}{rule}",
                    type="aws_vpc_security_group_ingress_rule",
                    parent=f"sg-{identity}",
                    address=f'module.net.aws_vpc_security_group_ingress_rule.rule["{name}-{rule}"]',
                )
                for rule in range(2)
            ),
        ]
    return state(*rows, place=f"s3://acme-tfstate/live/{number:05}/terraform.tfstate", serial=serial)


def asked(dice: random.Random, states: int):
    """Return a wave's resources: half of them roles, half groups, a tenth of them in no state."""
    for _ in range(WAVE):
        number = dice.randrange(states) if dice.random() < 0.9 else states + 7
        part = dice.randrange(0, ROWS, 4)
        if dice.random() < 0.5:
            yield role(f"{number:05}-{part:03}")
        else:
            yield firewall(id=f"sg-{number:08x}{part:09x}")


def main() -> None:
    """Print the table."""
    dice = random.Random(1)
    print(
        f"{'rows':>9} {'build s':>8} {'us a row':>8} {'MB':>7} {'B a row':>7} {'us a lookup':>11} {'again ms':>8}"
    )
    for size in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "addresses.sqlite3"
            index, states = SqliteIndex(path), size // ROWS
            building = 0.0
            for number in range(states):
                made = one_state(number)
                building += seconds(partial(index.replace, made, now=NOON))
            gc.collect()
            taken = []
            for _ in range(15):
                wave = list(asked(dice, states))
                began = time.process_time()
                answered = index.find(wave, now=LATER)
                taken.append((time.process_time() - began) / len(answered))
                known = [len(each.rows) for each in answered.values()]
                assert set(known) == {0, 1, 3}
            again = seconds(partial(index.replace, one_state(0, serial=2), now=LATER))
            stored = path.stat().st_size
            print(
                f"{size:>9} {building:>8.1f} {building / size * 1e6:>8.1f} {stored / 1e6:>7.1f} {stored / size:>7.0f}"
                f" {statistics.median(taken) * 1e6:>11.1f} {again * 1e3:>8.1f}"
            )
    print(f"{GOAL}; processor time, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
