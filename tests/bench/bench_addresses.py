"""How dear it is to index where resources live: reading states of 50 MB, beside bare `json.loads`; and memory.

Run it as `python -m tests.bench.bench_addresses [ROUNDS]`.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from iacwatch.addresses.state import read_state
from iacwatch.core.iac import StateHead
from tests.bench.paired import TOP, number, paired, ratio, seconds
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
from tests.bench.paired import peak
fast = sys.argv[2] == "msgspec"
if not fast:
    state.typed = None
if fast:
    import msgspec
before = peak()
with open(sys.argv[1], "rb") as file:
    rows = state.read_state(unzipped(file, "x"), StateHead(place="x", seen_at=datetime.now(UTC)), name="x").rows
print(before, peak(), len(rows))
"""


def real() -> bytes:
    """Return a state of about 50 MB, of the resources of real ones, again and again."""
    files = sorted((Path(__file__).parents[1] / "data" / "states").glob("*.tfstate"))
    found = [each for file in files for each in json.loads(file.read_bytes())["resources"]]
    times = round(SIZE / len(json.dumps(found, indent=2)))
    return written({**each, "name": f"{each['name']}_{at}"} for at in range(times) for each in found)


def made(size: int, *, dependencies: int = 0, together: bool = False) -> bytes:
    """Return a state of about 50 MB, of security groups of some `size` in bytes.

    Each depends on some others; `together`: they are instances of one resource.
    """
    groups = [
        instance(
            key=f"k{at}" if together else None,
            arn=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-{at:08x}",
            description="x" * max(0, size - 600),
            egress=[
                {"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "protocol": "-1", "to_port": 0, "self": False}
            ],
            id=f"sg-{at:08x}",
            ingress=[],
            name=f"web-{at}",
            owner_id=ACCOUNT,
            tags={"Name": f"web-{at}", "team": "net"},
            tags_all={"Name": f"web-{at}", "team": "net"},
            timeouts=None,
            vpc_id="vpc-1",
        )
        | {"dependencies": [f"module.net.aws_subnet.s{each}" for each in range(dependencies)]}
        for at in range(SIZE // (size + 600 + dependencies * 50))
    ]
    if together:
        return written([resource("aws_security_group", "web", *groups)])
    return written(
        resource("aws_security_group", f"web_{at}", each, module=f'module.m["{at % 50}"]')
        for at, each in enumerate(groups)
    )


def written(resources: Iterable[Any]) -> bytes:
    """Return a state as Terraform writes it."""
    return json.dumps(state(*resources), indent=2).encode()


KINDS: dict[str, Callable[[], bytes]] = {
    "of real resources": real,
    "of 1 kB each": partial(made, 1000),
    "of 10 kB each": partial(made, 10_000),
    "of 80 dependencies each": partial(made, 1000, dependencies=80),
    "of one resource with 1 kB an instance": partial(made, 1000, together=True),
}


def main() -> None:
    """Print both roads beside `json.loads`, paired within each round, and their peaks."""
    from iacwatch.addresses import state as module

    rounds = number(5)
    fast = module.typed
    roads = {"stdlib": None, **({"msgspec": fast} if fast else {})}
    with TemporaryDirectory() as folder:
        for kind, make in KINDS.items():
            data = make()
            path = Path(folder) / "x.tfstate"
            path.write_bytes(data)

            def timed(name: str, data: bytes = data) -> float:
                if name == "json.loads":
                    return seconds(partial(json.loads, data))
                module.typed = roads[name]
                return seconds(partial(read_state, [data], HEAD, name="x"))

            taken = paired({name: partial(timed, name) for name in ("json.loads", *roads)}, rounds)
            print(
                f"{kind}: {len(data) / 1e6:.0f} MB, json.loads {statistics.median(taken['json.loads']):.2f} s"
            )
            for name in roads:
                line = [sys.executable, "-c", PEAK, str(path), name]
                before, most, count = map(
                    float,
                    subprocess.run(line, capture_output=True, text=True, check=True, cwd=TOP).stdout.split(),
                )
                print(
                    f"  {name:8} {ratio(taken[name], taken['json.loads']):.2f} x json.loads (goal {GOALS[name]}), peak"
                    f" {(most - before) * 2**20 / len(data):.2f} x the file, {most * 2**20 / len(data):.2f} with Python"
                    f" (goal {MOST_MEMORY}), {count:.0f} rows"
                )
    module.typed = fast
    print(f"{rounds} rounds, processor time, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
