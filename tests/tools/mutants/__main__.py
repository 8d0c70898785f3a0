"""Measures what the tests catch: a fixed sample of mutants of the core and the pipeline, and a score by room.

A mutant is the code with one small change in one function. After ``pip install -e '.[mutants]'``,
``python -m tests.tools.mutants`` draws 100 of each room, always the same of the same code. Each runs against the
tests of its own room that reach its function, then against the quick ones of the other rooms, until one fails.
What is done stands in ``.mutants/``: a run that was ended goes on where it was, until a file of the project changes.

A survivor is a missing test, dead code, or no change at all. The last kind is listed, with its reason, in
``equivalent.toml`` beside this file, and counts as no mutant.
"""

import os
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click

from tests.tools.mutants.bench import TOP, Bench

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
CORE = ("core/attribution", "pipeline", "core/parse", "core/catalog", "core/addresses", "core/present")
ROOMS = {room: (f"tests/{room}/",) for room in CORE}
"""The rooms, and the tests that are theirs."""

COMMANDS = {"pipeline": ("tests/e2e/test_drain.py", "tests/e2e/test_who.py", "tests/e2e/test_address.py")}
"""Tests that run a room in processes of their own, where nobody sees what they reach: they follow the others."""

QUICK = ("tests/core", "tests/pipeline", "tests/worlds", "tests/adapters/sinks")
"""What tests the rooms within this process."""

_CHANGED = re.compile(r"^([-+])(?![-+]) *(.*?) *$", re.MULTILINE)
_ROOM = "A folder of iacwatch (core/parse), repeatable. [the core's rooms, pipeline]"
_TESTS = "Run these tests alone; repeatable. [the room's, then the others']"


@click.command()
@click.option("--sample", default=100, show_default=True, help="How many mutants of each room.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another sample.")
@click.option("--room", "rooms", multiple=True, help=_ROOM)
@click.option("--tests", multiple=True, help=_TESTS)
def main(sample, seed, rooms, tests):
    """Try the sample, and print the score of each room and what survived."""
    if find_spec("mutmut") is None:
        raise click.ClickException("mutmut is missing: pip install -e '.[mutants]'")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rooms = rooms or CORE
    for name in (*(f"iacwatch/{room}" for room in rooms), *tests):
        if not (TOP / name).exists():
            raise click.UsageError(f"There is no {name}.")
    if not tests and (strange := sorted(set(rooms) - set(ROOMS))):
        raise click.UsageError(f"Say with --tests what tests {strange[0]}.")
    bench = Bench(rooms, tests) if tests else Bench(CORE, (*QUICK, *COMMANDS["pipeline"]))
    for room in rooms:
        own = tests or ROOMS[room]
        commands = [test for test in tests or COMMANDS.get(room, ()) if test.startswith("tests/e2e/")]
        report(bench, room, own, bench.tried(bench.drawn(room, sample, seed), own, commands))


def report(bench, room, own, results):
    """Print a room's score, what survived, and what only other rooms' tests caught."""
    known = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    changes = bench.changes([name for name, each in results.items() if not each.caught_by(own)])
    none = {name for name, change in changes.items() if any(is_same(each, name, change) for each in known)}
    alive = [name for name in changes if results[name].lives and name not in none]
    others = [name for name in changes if not results[name].lives]
    count = len(results) - len(none)
    own_count, all_count = count - len(alive) - len(others), count - len(alive)
    click.echo(
        f"{room}: {count} mutants, {own_count} caught by its own tests ({100 * own_count / count:.1f} %), "
        f"{all_count} by all ({100 * all_count / count:.1f} %); {len(none)} more change nothing"
    )
    for name in alive:
        click.echo(f"\nSurvived: {name} ({results[name].result})\n{changes[name]}")
    for name in others:
        click.echo(f"\nCaught by another room only: {name} ({results[name].by})\n{changes[name]}")


def is_same(entry, name, change):
    """Return whether an entry of the list of equivalent mutants is this one: function and changed lines."""
    lines = [f"{sign} {text}" for sign, text in _CHANGED.findall(change)]
    return entry["function"] == name.rpartition("__mutmut_")[0] and entry["change"] == lines


if __name__ == "__main__":
    main()
