"""Findings as CSV: one row a finding, for spreadsheets and for those who import them.

RFC 4180 (commas, doubled quotes, CRLF) in UTF-8 without a byte order mark. A spreadsheet takes a cell for a
formula by its first character: such a cell begins with an apostrophe here.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TextIO

from iacwatch.core.model import Finding, Json, PropertyChange
from iacwatch.core.present import address, properties, sentence
from iacwatch.core.present.record import milliseconds, record
from iacwatch.core.text import plain
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.stream import each_written, why_not
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle, view_of

_FIELDS: Final[Mapping[str, str]] = {
    "finding_id": "finding_id",
    "verdict": "verdict",
    "happened_at": "",
    "captured_at": "change.captured_at",
    "who": "",
    "what": "",
    "account_id": "change.account_id",
    "account_name": "",
    "region": "change.region",
    "resource_type": "change.resource_type",
    "resource_id": "change.resource_id",
    "resource_name": "change.resource_name",
    "arn": "change.arn",
    "change_type": "change.change_type",
    "managed_by": "change.managed_by",
    "changed_properties": "",
    "before_after": "",
    "actor_kind": "actor.kind",
    "actor_name": "actor.name",
    "actor_arn": "actor.arn",
    "actor_principal": "actor.principal",
    "actor_account_id": "actor.account_id",
    "via": "actor.via",
    "tool": "actor.tool",
    "source_ip": "actor.source_ip",
    "user_agent": "actor.user_agent",
    "access_key_id": "actor.access_key_id",
    "source_identity": "actor.source_identity",
    "repository": "actor.repository",
    "invoked_by": "actor.invoked_by",
    "event_id": "event.event_id",
    "event_name": "event.event_name",
    "event_source": "event.event_source",
    "event_time": "event.event_time",
    "event_region": "event.region",
    "lag_s": "event.lag_s",
    "match": "event.match",
    "workflow": "event.workflow",
    "other_event_ids": "",
    "reason": "reason",
    "config_link": "links.config",
    "cloudtrail_link": "links.cloudtrail",
    "leads": "",
    "session": "actor.session",
    "chain": "",
    "event_principal": "event.principal",
    "event_arn": "event.arn",
    "iac_engine": "iac.engine",
    "iac_address": "iac.address",
    "iac_stack": "iac.stack",
    "iac_repository": "iac.repository",
    "iac_path": "iac.path",
    "iac_owner": "iac.owner",
    "iac_seen_at": "iac.seen_at",
    "iac_evidence": "iac.evidence",
    "iac_precision": "iac.precision",
    "next_apply": "next_apply.does",
    "next_apply_reason": "next_apply.reason",
    "next_step": "",
    "iac_link": "",
}
"""Each column, and where in the report's record it stands; "": it is made for this report alone."""

COLUMNS: Final = tuple(_FIELDS)
"""The header: new columns are only ever added at the end."""

_LONGEST: Final = 32_000
"""Characters of a cell; spreadsheets take 32,767."""

_LONGEST_VALUE: Final = 500
_MOST_LINES: Final = 50
_SIGNS: Final = {"+": "added", "~": "changed", "-": "removed"}

_FORMULA: Final = re.compile(
    r"""^(?=[=+\-@\uff1d\uff0b\uff0d\uff20])|(;[\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)
"""Where a cell would begin with what makes a formula (full-width forms count too); also after a semicolon,
which is where spreadsheets of many countries split lines, whatever is quoted."""


class CsvReport:
    """A `ports.Sink` that writes one row for each finding, and flushes it; the header comes always."""

    remembered = False
    deferred_close = False

    def __init__(self, *, out: TextIO, style: ReportStyle = DEFAULT_STYLE) -> None:
        """Take where to write: a stream in UTF-8 that leaves line ends as they are."""
        self._out = out
        self._rows = csv.writer(out, lineterminator="\r\n")
        self._style = style
        self._begun = False

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Write the findings in the order given. A closed pipe raises `BrokenPipeError`."""
        return each_written(findings, self._write)

    def close(self) -> None:
        """Finish: where nothing was found there is still a header; every row is written already."""
        if self._begun:
            return
        try:
            self._begin()
            self._out.flush()
        except OSError as error:
            raise DeliveryError(why_not(error)) from error

    def _write(self, finding: Finding) -> None:
        self._begin()
        self._rows.writerow(self._row(finding))
        self._out.flush()

    def _begin(self) -> None:
        if not self._begun:
            self._rows.writerow(COLUMNS)
            self._begun = True

    def _row(self, finding: Finding) -> list[str | int]:
        seen = view_of(finding, self._style)
        # The record would hide the secrets of a diff once more, and none of its values has a column.
        row = record(replace(finding, change=replace(finding.change, diff=None)))
        link = address.file_link(finding)
        made = {
            "happened_at": milliseconds(finding.happened_at),
            "who": sentence.whom(finding),
            "what": sentence.said(seen.done) + sentence.managed(finding),
            "account_name": self._style.names.get(finding.change.resource.account_id),
            "changed_properties": "; ".join(entry.path for entry in seen.diff),
            "before_after": _before_after(finding, seen.diff),
            "other_event_ids": "; ".join(match.event.event_id for match in finding.others),
            "chain": "; ".join(link.arn for link in finding.actor.chain) if finding.actor else None,
            "leads": "; ".join(sentence.near(finding, most=len(finding.leads))),
            "next_step": next(address.commands([finding]), None),
            "iac_link": link.url if link else None,
        }
        return [_cell(_field(row, place) if place else made[name]) for name, place in _FIELDS.items()]


def _before_after(finding: Finding, diff: Sequence[PropertyChange]) -> str:
    lines, left = properties.lines(finding.change, diff, most=_MOST_LINES, longest=_LONGEST_VALUE)
    shown = [f"{_SIGNS[line.sign]} {line.name}: {line.value}" for line in lines]
    return "; ".join([*shown, f"and {left} more"] if left else shown)


def disarmed(text: str) -> str:
    """Return a text with an apostrophe before everything that a spreadsheet would take for a formula."""
    if text[:1].isalnum() and ";" not in text:
        return text
    return _FORMULA.sub(r"\1'", text)


def _field(row: Json, place: str) -> Json:
    """Return what stands at ``section.key`` of a record; None where there is no such section."""
    for key in place.split("."):
        row = (row or {}).get(key)
    return row


def _cell(value: Json) -> str | int:
    """Return a cell: a number stays one, nothing is an empty cell, a text becomes one harmless line."""
    if value is None:
        return ""
    return value if isinstance(value, int) else disarmed(plain(str(value), _LONGEST))
