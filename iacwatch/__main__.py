"""The command `iacwatch`, also as ``python -m iacwatch``."""

import os
import sys
from typing import NoReturn

from iacwatch.cli import streams
from iacwatch.cli.group import run


def main() -> NoReturn:
    """Run the command line and exit with its code, without waiting for threads that it left behind."""
    streams.fill()
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from iacwatch.cli import github_actions  # noqa: PLC0415  (elsewhere it costs nothing)

        github_actions.guard()
    code = run()
    threads = sys.modules.get("threading")
    if threads is not None and threads.active_count() > 1:
        from iacwatch.clock import end_process  # noqa: PLC0415  (where there are threads, it is there)

        end_process(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
