"""Standard streams that whoever called us has closed (``>&-``)."""

import os
import sys


def fill() -> None:
    """Open nothing in the place of each that is closed, before a file of ours takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  (it stays open)


def stdout_closed() -> bool:
    """Return whether what is written to stdout goes nowhere."""
    return sys.__stdout__ is None
