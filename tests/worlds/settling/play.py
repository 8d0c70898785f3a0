"""Plays the objects that settle by hand: `python -m tests.worlds.settling.play SEED`."""

import sys
from functools import partial

from tests.worlds.playing import by_hand, counted, drained
from tests.worlds.settling.objects import Settling

if __name__ == "__main__":
    world = Settling(int(sys.argv[1])).play()
    by_hand(counted(world), partial(drained, world))
