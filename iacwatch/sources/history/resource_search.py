"""Which resource somebody means: AWS Config asked for what has that id, name or ARN, there or gone.

What is there comes from one query (SelectResourceConfig). What is gone, and what that query does not know,
has to be asked for type by type (ListDiscoveredResources): only where nothing else was found.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from iacwatch.aws.config_api import UNKNOWN, ConfigCalls, ConfigPlace
from iacwatch.aws.thread_pool import done_by
from iacwatch.core.catalog.catalog import JUDGES
from iacwatch.core.catalog.places import is_global
from iacwatch.core.catalog.references import Reference
from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import AwsError, ParseError
from iacwatch.ports import Progress
from iacwatch.sources.history.inventory import COMMON, unsupported

MOST: Final = 100
"""Candidates that are returned: nobody reads a longer list."""

_PAGE: Final = 100
_THREADS: Final = 8
_PHASE: Final = "Config: looking for it"
_COLUMNS: Final = "accountId, awsRegion, arn, resourceId, resourceType, resourceName, tags"


class Found(NamedTuple):
    """One resource that it may be; `gone_at` is when it was deleted, None where it is there.

    `exact`: what was asked for is its id or ARN, and not a name that others may have too (as ids often are).
    """

    place: ConfigPlace
    type: str
    id: str
    name: str = ""
    arn: str = ""
    gone_at: datetime | None = None
    exact: bool = False


class _Asked(NamedTuple):
    place: ConfigPlace
    found: Sequence[Found] = ()
    error: AwsError | None = None


class Search:
    """Looks for one resource in some accounts and regions.

    `homes` are places where only global resources are looked for, and which need not answer. `types` (empty:
    any) narrows. `looked` says in words what was looked at, for whoever finds nothing.
    """

    def __init__(
        self,
        *,
        calls: ConfigCalls,
        places: Sequence[ConfigPlace],
        homes: Sequence[ConfigPlace] = (),
        types: Sequence[str] = (),
        progress: Progress,
    ) -> None:
        """Take where to look."""
        self._calls, self._types, self._progress = calls, tuple(types), progress
        self._places, self._homes = tuple(places), tuple(homes)
        self.looked: list[str] = []

    def narrowed(self, guesses: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the guesses, (type, id), that are of a type that is looked for."""
        return [guess for guess in guesses if not self._types or guess[0] in self._types]

    def guessed(self, wanted: Reference) -> list[Found]:
        """Return what the form of an id or ARN says, as far as AWS Config knows it: one call each."""
        works = [
            partial(self._known, Found(place=place, type=kind, id=name, exact=True))
            for kind, name in self.narrowed(wanted.guesses)
            for place in self._places
        ]
        return _best(self._gathered(works, needed=False))

    def there(self, wanted: Reference) -> list[Found]:
        """Return what is there now and is called so by id, ARN, name or ``Name`` tag.

        The exact ones alone, where there are any.
        """
        works = [partial(self._selected, place, wanted) for place in (*self._places, *self._homes)]
        found = self._gathered(works)
        where = ", ".join(map(str, self._places))
        homes = ", ".join(map(str, self._homes))
        besides = f" (and what is global in {homes})" if homes else ""
        self.looked.append(f"what is there in {where}{besides}, by id, ARN, name and Name tag")
        return _best(found)

    def listed(self, wanted: Reference, *, types: Sequence[str] = ()) -> list[Found]:
        """Return what Config lists by that id or name, deleted or not, of the types that it may be of.

        `types` names others. A type that is not queried (`there`) is found here alone.
        """
        of = list(types or self._types or wanted.types or COMMON)
        works = [
            partial(self._discovered, place, kind, asked)
            for kind in of
            for place in (*self._places, *(self._homes if is_global(kind) else ()))
            for asked in _spelled(wanted)
        ]
        found = self._gathered(works)
        number = f"{len(of)} types" if len(of) != 1 else of[0]
        self.looked.append(f"what was deleted of {number}, by id and name")
        return _best([each._replace(exact=each.id in wanted.ids and each.id != each.name) for each in found])

    def _gathered(self, works: Sequence[Callable[[], _Asked]], *, needed: bool = True) -> list[Found]:
        found: list[Found] = []
        total = len(works)
        self._progress(_PHASE, 0, total)
        for done, asked in enumerate(done_by(_THREADS, _called, works), start=1):
            self._progress(_PHASE, done, total)
            if asked.error is not None:
                if needed and asked.place in self._places:
                    raise asked.error
                continue
            found.extend(asked.found)
        order = {place: rank for rank, place in enumerate((*self._places, *self._homes))}
        return sorted(found, key=lambda each: (order.get(each.place, 0), each.type, each.id))[:MOST]

    def _known(self, guess: Found) -> _Asked:
        """Ask for one item of a guess: an unknown resource is refused."""
        doing = f"cannot read Config's history of {guess.type} in {guess.place}"
        asked = {"resourceType": guess.type, "resourceId": guess.id, "limit": 1}
        try:
            page = self._calls.ask(guess.place, "GetResourceConfigHistory", doing, **asked)
        except AwsError as error:
            return _Asked(guess.place, error=None if error.code == UNKNOWN else error)
        names = [str(item.get("resourceName") or "") for item in page.get("configurationItems", ())]
        return _Asked(guess.place, [guess._replace(name=names[0] if names else "")])

    def _selected(self, place: ConfigPlace, wanted: Reference) -> _Asked:
        texts = ", ".join(f"'{each}'" for each in wanted.ids)
        names = ", ".join(f"'{each}'" for each in wanted.names)
        conditions = [f"resourceId IN ({texts})", f"arn = '{wanted.text}'"]
        if wanted.arn is None:
            conditions += [f"resourceName IN ({names})", f"tags.tag = 'Name={wanted.text}'"]
        try:
            try:
                rows = list(self._rows(place, " OR ".join(conditions)))
            except AwsError as error:
                if not unsupported(error):
                    raise
                # Nobody documents how far conditions may be joined: one by one they are the simplest.
                rows = [row for condition in conditions for row in self._rows(place, condition)]
        except AwsError as error:
            return _Asked(place, error=error)
        found = {(each.type, each.id): each for each in (_found(row, place, wanted) for row in rows)}
        home = place in self._homes
        return _Asked(place, [each for each in found.values() if self._fits(each, wanted, home=home)])

    def _rows(self, place: ConfigPlace, condition: str) -> Iterator[dict[str, Json]]:
        doing = f"cannot look for the resource in {place}"
        asked = {"Expression": f"SELECT {_COLUMNS} WHERE {condition}", "Limit": _PAGE}
        page = self._calls.ask(place, "SelectResourceConfig", doing, **asked)
        yield from map(json.loads, page.get("Results", ()))

    def _fits(self, found: Found, wanted: Reference, *, home: bool) -> bool:
        if found.type in JUDGES or (self._types and found.type not in self._types):
            return False
        if wanted.arn is not None and found.arn and found.arn != wanted.text:
            return False
        return not home or is_global(found.type, found.arn or None)

    def _discovered(self, place: ConfigPlace, kind: str, asked: dict[str, Json]) -> _Asked:
        doing = f"cannot list the deleted resources of {place}"
        found: list[Found] = []
        all_ = {"resourceType": kind, "includeDeletedResources": True, **asked}
        try:
            for page in self._calls.pages(place, "ListDiscoveredResources", doing, **all_):
                for each in page.get("resourceIdentifiers", ()):
                    gone_at = _moment(each.get("resourceDeletionTime"))
                    name = str(each.get("resourceName") or "")
                    found.append(Found(place, kind, each["resourceId"], name=name, gone_at=gone_at))
                if len(found) >= MOST:
                    break
        except AwsError as error:
            return _Asked(place, error=None if unsupported(error) and not self._types else error)
        return _Asked(place, found)


def _called(work: Callable[[], _Asked]) -> _Asked:
    return work()


def _spelled(wanted: Reference) -> Iterator[dict[str, Json]]:
    """Yield how a deleted resource may be asked for: ids and a name may not stand in one call."""
    yield {"resourceIds": list(wanted.ids)}
    for name in wanted.names:
        yield {"resourceName": name}


def _found(row: dict[str, Json], place: ConfigPlace, wanted: Reference) -> Found:
    identifier, arn = str(row.get("resourceId") or ""), str(row.get("arn") or "")
    called = str(row.get("resourceName") or "")
    exact = arn == wanted.text or (identifier in wanted.ids and identifier != called)
    name = called or _name_tag(row.get("tags"))
    return Found(place, str(row.get("resourceType") or ""), identifier, name=name, arn=arn, exact=exact)


def _name_tag(tags: Json) -> str:
    if not isinstance(tags, list):
        return ""
    pairs = {str(each.get("key")): str(each.get("value")) for each in tags if isinstance(each, dict)}
    return pairs.get("Name", "")


def _best(found: Iterable[Found]) -> list[Found]:
    """Return each resource once, however many recorders saw it: the exact ones alone, where there are any."""
    once: dict[tuple[str, ...], Found] = {}
    for each in found:
        region = "" if is_global(each.type, each.arn or None) else each.place.region
        once.setdefault((each.place.account_id, region, each.type, each.id), each)
    exact = [each for each in once.values() if each.exact]
    return exact or list(once.values())


def _moment(value: Json) -> datetime | None:
    try:
        return moment(value, "resourceDeletionTime") if value is not None else None
    except ParseError:
        return None
