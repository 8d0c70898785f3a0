"""How reading bears up against broken documents: 100,000 of them, then the largest that a queue takes.

Goals: nothing but `ParseError` is raised, and no document takes longer than 50 ms (those of a mebibyte, which
are shown apart, may take as long as their JSON does). Run it as `python -m tests.bench.bench_mutants [COUNT]`.
"""

import gc
import json
import time
import tracemalloc
from collections import Counter
from itertools import islice

from iacwatch.core.parse import cloudtrail, config_item
from iacwatch.errors import ParseError
from tests.bench.paired import number
from tests.fixtures.mutants import mutants
from tests.fixtures.small_world import ago, item, message

READERS = {"items.parse": config_item.parse, "records.event": cloudtrail.event}
MEBIBYTE = 2**20


def read(reader, body):
    """Return what came of it, and the milliseconds of computing it took: others share this machine."""
    began = time.thread_time()
    try:
        reader(body)
        outcome = "read"
    except ParseError:
        outcome = "ParseError"
    except BaseException as error:
        outcome = f"!! {type(error).__name__}: {error}"[:100]
    return outcome, (time.thread_time() - began) * 1_000


def many(count):
    """Read the mutants; print what came of them, the slowest, and the memory they took."""
    outcomes, others = Counter(), []
    slowest, again = (0.0, "", b"", None), []
    gc.freeze()  # what the interpreter tidies up of its own is no document's time
    for name, body in mutants(count, seed=2026):
        for which, reader in READERS.items():
            outcome, took = read(reader, body)
            outcomes[which, outcome] += 1
            if outcome.startswith("!!"):
                others.append((which, name, outcome))
            if took > slowest[0]:
                slowest = (took, f"{which}, {name}", body, reader)
            if took > 50:
                # What is slow once only was not slow by its content.
                again.append((min(read(reader, body)[1] for _ in range(5)), f"{which}, {name}"))
    print(f"{count} mutants, each read as a change and as a trail event")
    for (which, outcome), times in sorted(outcomes.items()):
        print(f"  {which:<14} {outcome:<12} {times}")
    print(f"  exceptions other than ParseError: {len(others)} (goal 0)")
    for other in others[:20]:
        print("   ", *other)
    best = min(read(slowest[3], slowest[2])[1] for _ in range(5))
    print(
        f"  slowest: {slowest[0]:.1f} ms ({slowest[1]}, {len(slowest[2])} bytes), {best:.1f} ms when read again"
    )
    still = [entry for entry in again if entry[0] > 50]
    print(f"  slower than 50 ms: {len(again)} once, {len(still)} when read again (goal 0)")


def memory(count):
    """Print the most memory that one document takes at a time, and what is left of all."""
    tracemalloc.start()
    most, before = (0.0, ""), tracemalloc.get_traced_memory()[0]
    for name, body in islice(mutants(count, seed=7), count):
        for reader in READERS.values():
            tracemalloc.reset_peak()
            at = tracemalloc.get_traced_memory()[0]
            read(reader, body)
            most = max(
                most, ((tracemalloc.get_traced_memory()[1] - at) / MEBIBYTE, f"{name}, {len(body)} bytes")
            )
    left = (tracemalloc.get_traced_memory()[0] - before) / MEBIBYTE
    tracemalloc.stop()
    print(
        f"  peak memory of one of {count}: {most[0]:.2f} MiB ({most[1]}); left behind by all: {left:.2f} MiB"
    )


def large():
    """Print what the largest bodies take."""
    rule = {"ipProtocol": "tcp", "cidrIp": "0.0.0.0/0", "description": "x" * 40}
    rules = [rule] * (MEBIBYTE // len(json.dumps(rule)) - 700)
    texts = json.dumps(json.dumps(json.dumps({"a": [1] * 60_000})))
    names = {f"k{number}": "" for number in range(60_000)}
    bodies = {
        "a good change": message(item(1, ago(60), configuration={"ipPermissions": rules})),
        "JSON within JSON within JSON": message(item(1, ago(60), configuration={"a": texts})),
        "60,000 tags": message(item(1, ago(60), tags=names)),
        "open lists": "[" * MEBIBYTE,
        "open objects": '{"a":' * (MEBIBYTE // 5),
        "lists in lists": "[" * (MEBIBYTE // 2) + "]" * (MEBIBYTE // 2),
        "digits": "9" * MEBIBYTE,
        "backslashes": '"' + "\\" * MEBIBYTE,
        "quotes": '"' * MEBIBYTE,
        "blanks": " " * MEBIBYTE,
        "numbers": "[" + "1e9," * (MEBIBYTE // 4) + "1]",
        "a configuration of digits": message(item(1, ago(60), configuration="9" * MEBIBYTE)),
        "an id of a mebibyte": message(item(1, ago(60), resourceId="a" * MEBIBYTE)),
        "a time of a mebibyte": message(item(1, ago(60), configurationItemCaptureTime="2" * MEBIBYTE)),
    }
    print("bodies of a mebibyte:")
    for name, body in bodies.items():
        for which, reader in READERS.items():
            outcome, took = min((read(reader, body) for _ in range(3)), key=lambda each: each[1])
            tracemalloc.start()
            read(reader, body)
            peak = tracemalloc.get_traced_memory()[1] / MEBIBYTE
            tracemalloc.stop()
            print(f"  {name:<30} {which:<14} {outcome:<11} {took:6.1f} ms {peak:6.1f} MiB")


if __name__ == "__main__":
    many(number(100_000))
    memory(2_000)
    large()
