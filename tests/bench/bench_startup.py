"""How long the command takes to start, beside `import click`: whole processes, in turn, medians of ratios.

Run it as `python tests/bench/bench_startup.py [ROUNDS]`.
"""

import random
import statistics
import subprocess
import sys
import time

GOAL = 1.5
COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "iacwatch --version": [sys.executable, "-m", "iacwatch", "--version"],
    "iacwatch --help": [sys.executable, "-m", "iacwatch", "--help"],
    "iacwatch drain --help": [sys.executable, "-m", "iacwatch", "drain", "--help"],
    "import boto3": [sys.executable, "-c", "import boto3"],
}


def seconds(line: list[str]) -> float:
    """Return how long one process takes, from its start to its end."""
    began = time.perf_counter()
    subprocess.run(line, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians and the ratios to `import click`, paired within each round."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    rng = random.Random(1)
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for name, line in COMMANDS.items():
        seconds(line)  # the first run of each fills the caches
        assert name in taken
    for _ in range(rounds):
        for name in rng.sample(list(COMMANDS), len(COMMANDS)):
            taken[name].append(seconds(COMMANDS[name]))
    base = taken["import click"]
    print(f"{rounds} rounds, whole processes, Python {sys.version.split()[0]}")
    for name, times in taken.items():
        ratio = statistics.median(one / other for one, other in zip(times, base, strict=True))
        print(f"{name:24} {statistics.median(times) * 1000:7.1f} ms   {ratio:5.2f} x import click")
    print(f"goal for --version and drain --help: at most {GOAL}")


if __name__ == "__main__":
    main()
