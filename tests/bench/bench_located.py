"""What an index of 200,000 rows adds to a drain of 1,000 findings: the real command, with and without it.

Run it as `python -m tests.bench.bench_located [ROUNDS]`; of each the least counts.
"""

import json
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.core.iac import AddressRow, StateHead, StateRows
from iacwatch.demo.fake.server import FakeAws
from tests.bench.paired import number, paired
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, call, change, group_id, listed

FINDINGS, STATES, ROWS = 1_000, 20, 10_000


def main() -> None:
    """Print seconds without, with, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "addresses.sqlite3"
        _fill(index)
        ways = {"without": None, "with": index}
        took = paired({name: partial(_drain, Path(folder), each) for name, each in ways.items()}, number(3))
    without, with_ = min(took["without"]), min(took["with"])
    print(f"{FINDINGS} findings: {without:.2f} s without, {with_:.2f} s with {STATES * ROWS:,} rows")
    print(f"ratio {with_ / without:.3f}")


def _fill(file: Path) -> None:
    index, now = SqliteIndex(file), datetime.now(UTC)
    for state in range(STATES):
        rows = tuple(
            AddressRow(
                address=f'module.m["{state}"].aws_security_group.g[{number}]',
                type="aws_security_group",
                account_id=ACCOUNT,
                region=REGION,
                id=group_id(state * ROWS + number),
                arn=f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(state * ROWS + number)}",
            )
            for number in range(ROWS)
        )
        index.replace(StateRows(head=StateHead(place=f"s{state}", seen_at=now), rows=rows), now=now)


def _drain(home: Path, index: Path | None) -> float:
    with FakeAws(rate=100_000) as aws:
        queue = aws.create_queue("changes", visibility=600)
        for number in range(FINDINGS):
            aws.send(queue, change(number * 190))
            aws.add_event(call(number * 190), resource_names=listed(number * 190))
        settings = {"IACWATCH_IAC__INDEX": f"sqlite://{index}"} if index else {}
        began = time.perf_counter()
        done = command.run(
            aws, home, "drain", "--queue-url", queue, "--format", "jsonl", timeout=600, **settings
        )
        took = time.perf_counter() - began
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == FINDINGS, done.stderr[-2_000:]
    assert all((record["iac"] is not None) == (index is not None) for record in records)
    return took


if __name__ == "__main__":
    main()
