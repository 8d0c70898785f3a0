"""Plays the objects that settle by hand: `python -m tests.worlds.settling.play SEED`."""

import sys
import tempfile
from pathlib import Path

from tests.worlds.recorded_types.play import through_queue
from tests.worlds.settling.objects import Settling


def main(seed):
    with tempfile.TemporaryDirectory() as name:
        judgement, summary = through_queue(Settling(seed).play(), Path(name))
        print(summary[-1500:], judgement.text(), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
