"""The command `iacwatch`, also as ``python -m iacwatch``."""

import sys
from typing import NoReturn

from iacwatch.cli.group import run


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
