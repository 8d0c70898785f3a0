"""Keeps the records of what was reported beside the ledger, and finds them by the first digits of an id."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from iacwatch.core.model import Finding
from iacwatch.core.parse.json_values import loads, mapping
from iacwatch.core.present.kept import finding_of, kept
from iacwatch.core.present.record import shortened
from iacwatch.core.text import json_line, plain
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.ports import RETENTION, Notes

DIGITS: Final = 8
"""How many digits of an id name a finding at least: they are the key of its record."""

_MOST: Final = 350_000
"""Characters of one note; every store takes so many, however badly they compress."""

_log = logging.getLogger("iacwatch.pipeline")


class Records:
    """The records in the notes of a ledger's store. Those of one key, which is rare, share a note."""

    def __init__(self, notes: Notes, *, redact: Sequence[str] = ()) -> None:
        """Take where they are kept; `redact` are globs on property paths whose values are not."""
        self._notes = notes
        self._redact = redact

    def keep(self, findings: Sequence[Finding], *, now: datetime) -> None:
        """Keep the records of findings that were just reported; where that fails, the log says so."""
        try:
            self._keep(findings, now)
        except IacwatchError as error:
            _log.warning("the record of what was reported is not kept: %s", plain(str(error), 500))

    def find(self, digits: str, *, now: datetime) -> Sequence[Finding]:
        """Return the findings whose id begins with these `DIGITS` digits or more.

        Raises `IacwatchError` where that cannot be found out.
        """
        (there,) = self._read([digits], now).values()
        return [finding_of(document) for name, document in sorted(there.items()) if name.startswith(digits)]

    def _keep(self, findings: Sequence[Finding], now: datetime) -> None:
        known = self._read([finding.finding_id for finding in findings], now)
        texts: dict[str, str] = {}
        for finding in findings:
            key = _key(finding.finding_id)
            mine = {finding.finding_id: _bounded(kept(finding, redact=self._redact))}
            known[key] |= mine
            text = json_line(known[key])
            texts[key] = text if len(text) <= _MOST else json_line(mine)
        self._notes.write(texts, now=now, expires_at=now + RETENTION)

    def _read(self, ids: Sequence[str], now: datetime) -> dict[str, dict[str, Any]]:
        """Return what is kept, by key: documents by finding id."""
        keys = list(dict.fromkeys(_key(name) for name in ids))
        said = self._notes.read(keys, now=now)
        return {key: _documents(key, said.get(key, "{}")) for key in keys}


def _key(name: str) -> str:
    return f"record:{name[:DIGITS]}"


def _documents(key: str, text: str) -> dict[str, Any]:
    try:
        return dict(mapping(loads(text, key), key))
    except ParseError as error:
        raise ParseError(f"the ledger's note {key} is not a record", hint="delete it") from error


def _bounded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is kept of a finding in a size that fits: half a note, so that two may share one."""

    def fits(record: Mapping[str, Any]) -> bool:
        return len(json_line(record)) <= _MOST // 2

    record = document["record"]
    return document if fits(record) else {**document, "record": shortened(record, fits)}
