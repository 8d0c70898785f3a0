"""The registry of doctor's checks: each module in `iacwatch.doctor.checks` registers its own with `check`.

A new check is one new module there; nothing else has to name it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: `run` yields its results. `after` is the check whose results come before; "": none.

    `aws`: whether it asks AWS, so that it is left out where AWS does not take the credentials.
    """

    name: str
    after: str
    aws: bool
    run: Callable[[Examination], Iterable[Result]]


def check(
    name: str, *, after: str, aws: bool = True
) -> Callable[[Callable[[Examination], Iterable[Result]]], Check]:
    """Register the decorated function as a check.

    `name` is the area that its results are about (``recorder``), or a part of one (``queue.policy``).
    """
    return lambda run: Check(name=name, after=after, aws=aws, run=run)


def in_order(checks: Iterable[Check]) -> Sequence[Check]:
    """Return each check behind the one that it comes after; raise `ValueError` for a name used wrongly.

    Of several after the same check, those that no other comes after are first, in the order of their names.
    """
    followers: dict[str, list[Check]] = {}
    by_name: dict[str, Check] = {}
    for each in checks:
        if each.name in by_name:
            raise ValueError(f"two checks are called {each.name}")
        by_name[each.name] = each
        followers.setdefault(each.after, []).append(each)

    def behind(name: str) -> Iterator[Check]:
        for each in sorted(followers.get(name, ()), key=lambda other: (other.name in followers, other.name)):
            yield each
            yield from behind(each.name)

    found = tuple(behind(""))
    if lost := sorted(by_name.keys() - {each.name for each in found}):
        raise ValueError(f"no order can be found for {', '.join(lost)}: see what they come after")
    return found
