"""What a cold start of the function costs, beside importing boto3 and making all clients: whole processes.

Run it as `python tests/bench/bench_cold_start.py [ROUNDS]`. Medians of the ratios within each round. Nothing
is asked of AWS. It is not Lambda: a machine's disk and cores differ, which the ratio evens out in part.
"""

import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

GOAL = 0.85
ROOT = Path(__file__).parents[2]
ALL = ("sqs", "cloudtrail", "config", "dynamodb", "sts", "secretsmanager", "ssm", "s3")
"""What the function may have to call, settings that are kept in S3 included."""

FIRST = ("sqs", "cloudtrail", "dynamodb")
"""What a first message calls that is judged by one lookup and was not told before."""

BASE = f"import boto3\nfor name in {ALL}: boto3.client(name)"
HANDLER = "import iacwatch.lambda_handler\n"
READY = """
import os, sys
from iacwatch.app.function import FunctionContainer
container = FunctionContainer(environ=os.environ, arn="arn:aws:lambda:eu-west-1:111122223333:function:iacwatch")
pipeline = container.pipeline(container.outputs(sys.stdout, request_id="1"))
"""
CLIENTS = "for name in {names}: container.sessions.client(name)"
END = "\nimport os; os._exit(0)"
"""Lambda does not end a process in good order: what Python would tidy up then is no part of a start."""

PROCESSES = {
    "boto3 and all clients": BASE,
    "boto3 and the first clients": f"import boto3\nfor name in {FIRST}: boto3.client(name)",
    "the handler module alone": HANDLER,
    "ready for the first message": HANDLER + READY,
    "ready, and the first clients": HANDLER + READY + CLIENTS.format(names=FIRST),
    "ready, and all clients": HANDLER + READY + CLIENTS.format(names=ALL),
}
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_ACCESS_KEY_ID": "AKIATEST111122223333",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "IACWATCH_LEDGER__URL": "dynamodb://iacwatch",
    "PYTHONPATH": str(ROOT),
}


def taken(code: str) -> tuple[float, float]:
    """Return what one process takes: seconds on the clock, and of the processor."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code + END], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, code
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def main() -> None:
    """Print the medians, and the ratios to `BASE`, paired within each round."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    rng = random.Random(1)
    for code in PROCESSES.values():
        taken(code)  # the first run of each fills the caches, and compiles
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in PROCESSES}
    for _ in range(rounds):
        for name in rng.sample(list(PROCESSES), len(PROCESSES)):
            found[name].append(taken(PROCESSES[name]))
    base = found["boto3 and all clients"]
    print(f"{rounds} rounds, whole processes, Python {sys.version.split()[0]}")
    print(f"{'':30} {'ms':>7} {'ratio':>6} {'cpu ms':>7} {'ratio':>6}")
    for name, times in found.items():
        print(f"{name:30}", end="")
        for part in (0, 1):
            ratio = statistics.median(one[part] / all_[part] for one, all_ in zip(times, base, strict=True))
            print(f" {statistics.median(each[part] for each in times) * 1000:7.0f} {ratio:6.2f}", end="")
        print()
    print(f"goal for the first clients: at most {GOAL}")


if __name__ == "__main__":
    main()
