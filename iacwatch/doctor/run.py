"""`iacwatch doctor`: runs every check that a module in `iacwatch.doctor.checks` registers."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from iacwatch.doctor import checks
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import Check, in_order
from iacwatch.doctor.result import Result
from iacwatch.doctor.setup import Setup


@cache
def registered() -> Sequence[Check]:
    """Return all checks in the order they run in; raise `ValueError` where they cannot be put in one."""
    modules = [import_module(f"{checks.__name__}.{each.name}") for each in iter_modules(checks.__path__)]
    return in_order([each for module in modules for each in vars(module).values() if isinstance(each, Check)])


def examine(setup: Setup) -> Iterator[Result]:
    """Run all checks; yield each result as soon as it is known.

    Each check stands alone, so that a missing permission costs its own line and no other. Raises `UsageError`
    where no region or an unknown profile is set: then there is nothing to look at.
    """
    examination = Examination(setup)
    for each in registered():
        if not each.aws or examination.account is not None:
            yield from each.run(examination)
