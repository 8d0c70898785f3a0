"""The use case of `address add` and `address plan`: a state, or a plan, goes into the index."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from iacwatch.addresses.plan import read_plan
from iacwatch.addresses.state import read_state
from iacwatch.app.address.identity import IdentityOptions, identify
from iacwatch.app.container import Container
from iacwatch.core.addresses.stack_rules import filled
from iacwatch.core.iac import PLAN, StateHead, StateRows
from iacwatch.core.text import plain
from iacwatch.errors import ConfigError, IacwatchError
from iacwatch.ports import AddressIndex, Replaced
from iacwatch.storage.files import unzipped

STDIN: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A state that was read; `replaced` says what came of it, None where it was not put into the index.

    `proposes`: it is a state, or a plan that says something of an apply; no other goes into the index.
    """

    state: StateRows
    replaced: Replaced | None
    proposes: bool = True


def index_of(container: Container) -> AddressIndex:
    """Return the index; raise `ConfigError` where none is configured."""
    index = container.address_index
    if index is None:
        raise ConfigError(
            "there is no index of addresses",
            hint='set iac.index or IACWATCH_IAC__INDEX to "sqlite" or "dynamodb://TABLE"',
        )
    return index


def add(
    container: Container, given: IdentityOptions, file: str, stdin: IO[bytes], *, plan: bool, keep: bool
) -> Added:
    """Read a state (or a plan) from a file, or from stdin (``-``), and `keep` it in the index.

    Raises `UsageError` where nothing says which
    state it is or no index is configured, `ParseError` where it cannot be read, `IacwatchError` where the
    index fails.
    """
    index = index_of(container) if keep else None
    now = container.clock.now()
    path = None if file == STDIN else Path(file)
    identity = identify(given, os.environ, file=path)
    head = StateHead(
        place=identity.place + (PLAN if plan else ""),
        stack=identity.stack,
        workspace=identity.workspace,
        repository=identity.repository,
        directory=identity.directory,
        commit=identity.commit,
        owner=identity.owner,
        command=identity.command,
        seen_at=now,
    )
    name = "what was piped in" if path is None else file
    with _opened(file, stdin) as source:
        state = (read_plan if plan else read_state)(unzipped(source, name), head, name=name)
    state = filled(state, container.settings.iac.stack)
    if plan and all(row.planned is None or row.planned.drift_only for row in state.rows):
        # It must not take the place of a plan that does.
        return Added(state=state, replaced=None, proposes=False)
    return Added(state=state, replaced=index.replace(state, now=now) if index else None)


@contextmanager
def _opened(file: str, stdin: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the bytes of a file or of stdin; raise `IacwatchError` where they cannot be read."""
    try:
        if file == STDIN:
            yield stdin
        else:
            with Path(file).open("rb") as source:
                yield source
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise IacwatchError(f"cannot read {plain(file, 300)}: {reason}", hint="check the file") from None
