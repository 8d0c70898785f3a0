"""What starting costs: the command beside `import click`, a cold function beside boto3 with all its clients.

Run it as `python -m tests.bench.bench_startup [ROUNDS]`. Whole processes, medians of the ratios within each round.
Nothing is asked of AWS. It is not Lambda: a machine's disk and cores differ, which the ratio evens out in part.
"""

import os
import statistics
import sys
from functools import partial

from tests.bench.paired import TOP, line, number, paired, process, ratio

ALL = ("sqs", "cloudtrail", "config", "dynamodb", "sts", "secretsmanager", "ssm", "s3")
"""What the function may have to call, settings that are kept in S3 included."""

FIRST = ("sqs", "cloudtrail", "dynamodb")
"""What a first message calls that is judged by one lookup and was not reported before."""

READY = """import os, sys
import iacwatch.lambda_handler
from iacwatch.app.function import FunctionContainer
container = FunctionContainer(environ=os.environ, arn="arn:aws:lambda:eu-west-1:111122223333:function:iacwatch")
pipeline = container.pipeline(container.outputs(sys.stdout, request_id="1"))
"""
END = "\nimport os; os._exit(0)"
"""Lambda does not end a process in good order: what Python would tidy up then is no part of a start."""

COMMAND = {
    "import click": ["-c", "import click"],
    "iacwatch --version": ["-m", "iacwatch", "--version"],
    "iacwatch --help": ["-m", "iacwatch", "--help"],
    "iacwatch drain --help": ["-m", "iacwatch", "drain", "--help"],
}
FUNCTION = {
    "boto3 and all clients": f"import boto3\nfor name in {ALL}: boto3.client(name)",
    "ready for the first message": READY,
    "ready, and the first clients": f"{READY}for name in {FIRST}: container.sessions.client(name)",
}
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_ACCESS_KEY_ID": "AKIATEST111122223333",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "IACWATCH_LEDGER__URL": "dynamodb://iacwatch",
    "PYTHONPATH": str(TOP),
}


def table(lines: dict[str, list[str]], rounds: int, goal: str) -> None:
    """Print the medians, and the ratios to the first, of the clock and of the processor."""
    ways = {name: partial(process, [sys.executable, *each], env=ENVIRONMENT) for name, each in lines.items()}
    for way in ways.values():
        way()  # the first run of each fills the caches, and compiles
    taken = paired(ways, rounds)
    line(goal, "ms", "ratio", "cpu ms", "ratio")
    for name, times in taken.items():
        figures: list[float] = []
        for part in (0, 1):
            mine, other = ([each[part] for each in some] for some in (times, taken[next(iter(lines))]))
            figures += [statistics.median(mine) * 1_000, ratio(mine, other)]
        line(name, *figures)


def main() -> None:
    """Print both tables."""
    rounds = number(15)
    table(COMMAND, rounds, "goal of the command: 1.5")
    table({name: ["-c", each + END] for name, each in FUNCTION.items()}, rounds, "goal of the function: 0.85")


if __name__ == "__main__":
    main()
