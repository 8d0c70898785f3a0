"""How dear it is to index where resources live: reading states of 50 MB, beside bare `json.loads`; and memory.

Run it as `python tests/bench/bench_addresses.py [ROUNDS]`.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from iacwatch.addresses.state import read_state
from iacwatch.core.iac import StateHead
from tests.fixtures.states import ACCOUNT, instance, resource, state

SIZE = 50_000_000
GOALS = {"stdlib": 1.5, "msgspec": 0.6}
MOST_MEMORY = 2.2
HEAD = StateHead(place="bench", seen_at=datetime(2026, 11, 20, tzinfo=UTC))
PEAK = """
import sys
from datetime import UTC, datetime
from iacwatch.addresses import state
from iacwatch.core.iac import StateHead
from iacwatch.storage.files import unzipped
fast = sys.argv[2] == "msgspec"
if not fast:
    state.typed = None
if fast:
    import msgspec
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = peak()
with open(sys.argv[1], "rb") as file:
    rows = state.read_state(unzipped(file, "x"), StateHead(place="x", seen_at=datetime.now(UTC)), name="x").rows
print(before, peak(), len(rows))
"""


def made(kind: str, rng: random.Random) -> bytes:
    """Return a state of about 50 MB; `kind`: small resources, large ones, one of many instances, dependencies."""
    resources, size, number = [], 0, 0
    while size < SIZE * (0.6 if kind == "one resource" else 1) / 1.45:
        number += 1
        text = "x" * rng.choice({"small": (20, 200), "large": (2000, 20_000)}.get(kind, (100, 1000)))
        arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-{number:08x}"
        given = instance(
            key=f"k{number}" if kind == "one resource" else None,
            arn=arn,
            description=text,
            egress=[
                {"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "protocol": "-1", "to_port": 0, "self": False}
            ],
            id=f"sg-{number:08x}",
            ingress=[],
            name=f"web-{number}",
            owner_id=ACCOUNT,
            revoke_rules_on_delete=False,
            tags={"Name": f"web-{number}", "team": "net"},
            tags_all={"Name": f"web-{number}", "team": "net"},
            timeouts=None,
            vpc_id="vpc-1",
        )
        if kind == "dependencies":
            given["dependencies"] = [f"module.net.aws_subnet.s{each}" for each in range(80)]
        one = resource("aws_security_group", f"web_{number}", given, module=f'module.m["{number % 50}"]')
        size += len(json.dumps(one))
        resources.append(one)
    if kind == "one resource":
        together = resource("aws_security_group", "web", *(each["instances"][0] for each in resources))
        resources = [together]
    return json.dumps(state(*resources), indent=2).encode()


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of a run."""
    began = time.process_time()
    run()
    return time.process_time() - began


def main() -> None:
    """Print both roads beside `json.loads`, paired within each round, and their peaks."""
    from iacwatch.addresses import state as module

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rng = random.Random(1)
    fast = module.typed
    roads = {"stdlib": None, **({"msgspec": fast} if fast else {})}
    with TemporaryDirectory() as folder:
        for kind in ("small", "large", "dependencies", "one resource"):
            data = made(kind, rng)
            path = Path(folder) / "x.tfstate"
            path.write_bytes(data)
            taken: dict[str, list[float]] = {name: [] for name in ("json.loads", *roads)}
            for _ in range(rounds):
                for name in rng.sample(list(taken), len(taken)):
                    if name == "json.loads":
                        taken[name].append(seconds(partial(json.loads, data)))
                        continue
                    module.typed = roads[name]
                    taken[name].append(seconds(partial(read_state, [data], HEAD, name="x")))
            print(
                f"{kind}: {len(data) / 1e6:.0f} MB, json.loads {statistics.median(taken['json.loads']):.2f} s"
            )
            for name in roads:
                ratios = [one / other for one, other in zip(taken[name], taken["json.loads"], strict=True)]
                line = [sys.executable, "-c", PEAK, str(path), name]
                before, peak, count = map(
                    int, subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()
                )
                print(
                    f"  {name:8} {statistics.median(ratios):.2f} x json.loads (goal {GOALS[name]}), peak"
                    f" {(peak - before) * 1024 / len(data):.2f} x the file, {peak * 1024 / len(data):.2f} with Python"
                    f" (goal {MOST_MEMORY}), {count} rows"
                )
    module.typed = fast
    print(f"{rounds} rounds, processor time, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
