"""The page around the data: policy, style, script, headline, and a table for browsers without script.

The page loads nothing: style and script stand in it, and the policy lets these very texts run, nothing else.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from typing import Final

from iacwatch import __version__
from iacwatch.core.model import Json, Verdict
from iacwatch.sinks.html_page.data import COLUMNS, ORDER, Counts

_SCRIPTS: Final = (
    "dom",
    "data",
    "in_iac",
    "filters",
    "timeline",
    "facets",
    "detail",
    "list",
    "export",
    "main",
)
PLAIN_ROWS: Final = 100
"""How many changes the table for browsers without script shows."""

_DATA: Final = "$data"
_NAMED: Final = {
    Verdict.OUT_OF_BAND: "out of band",
    Verdict.UNATTRIBUTED: "unattributed",
    Verdict.IN_WORKFLOW: "in workflow",
    Verdict.AWS_SERVICE: "by AWS itself",
    Verdict.SIDE_EFFECT: "as side effects",
    Verdict.UNMANAGED: "of unmanaged objects",
}
_URGENT: Final = ORDER[:2]


def page(
    counts: Counts, shared: dict[str, Json], first: Sequence[str], *, made_at: datetime
) -> tuple[str, str]:
    """Return the page before its data, and after it. `first` are the first lines of the data."""
    headline = _headline(counts)
    head, tail = _template().split(_DATA)
    values = {
        "policy": escape(policy()),
        "style": style(),
        "script": script(),
        "title": escape(f"{headline} · iacwatch"),
        "headline": escape(headline),
        "lede": "".join(_lede(counts)),
        "without_script": "".join(_plain_table(shared, first, sum(counts.verdicts.values()))),
        "made": escape(f"Made by iacwatch {__version__} on {made_at.astimezone(UTC):%d %B %Y, %H:%M} UTC."),
    }
    return Template(head).substitute(values), Template(tail).substitute(values)


@cache
def style() -> str:
    """Return the page's style sheet."""
    return _asset("page.css")


@cache
def script() -> str:
    """Return the page's script, which is made of several files."""
    return '"use strict";\n' + "".join(_asset(f"{name}.js") for name in _SCRIPTS)


@cache
def policy() -> str:
    """Return the content security policy: this style, this script, nothing from elsewhere."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script())}'",
            f"style-src '{_hash(style())}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


@cache
def _template() -> str:
    return _asset("page.html")


def _asset(name: str) -> str:
    return resources.files("iacwatch.sinks.html_page").joinpath("assets", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _headline(counts: Counts) -> str:
    """Return how many changes somebody has to look at; where there are none, which others there are."""
    urgent = [verdict for verdict in _URGENT if counts.verdicts[verdict]]
    counted = [
        f"{counts.verdicts[verdict]:,} {_NAMED[verdict]}"
        for verdict in urgent or ORDER
        if counts.verdicts[verdict]
    ]
    if not counted:
        return "No changes to report"
    number, _, kind = counted[0].partition(" ")
    return ", ".join([f"{number} {'change' if number == '1' else 'changes'} {kind}", *counted[1:]])


def _lede(counts: Counts) -> Iterator[str]:
    """Yield the sentences below the headline; names are isolated, since they may be written right to left."""
    if not counts.verdicts:
        yield "This page shows what was found; what could not be looked at is said at the end of the run."
        return
    where = "1 account" if len(counts.accounts) == 1 else f"{len(counts.accounts):,} accounts"
    yield f"{_day(counts.first)} to {_day(counts.last)} UTC, in {where}."
    if len(counts.blamed) > 1:
        (name, _), most = counts.blamed.most_common(1)[0]
        noun, of_kind = counts.nouns.most_common(1)[0]
        yield f" {len(counts.blamed):,} people and pipelines went around the workflow"
        yield f", <bdi>{escape(name)}</bdi> most often ({most:,})." if most > 1 else "."
        yield f" Most touched: <bdi>{escape(noun)}</bdi> ({of_kind:,})." if of_kind > 1 else ""
    elif counts.blamed:
        yield f" Everything out of band is <bdi>{escape(next(iter(counts.blamed))[0])}</bdi>&#x27;s."


def _plain_table(shared: dict[str, Json], first: Sequence[str], total: int) -> Iterator[str]:
    """Yield a table of the first changes."""
    if not first:
        return
    shown = min(total, PLAIN_ROWS)
    yield '<table class="plain"><caption>Filters, pictures and details need JavaScript, which is off here. '
    yield f"These are the first {shown:,} of {total:,} changes.</caption><thead><tr>"
    yield "".join(
        f'<th scope="col">{name}</th>' for name in ("When (UTC)", "Verdict", "Who", "What", "Where", "How")
    )
    yield "</tr></thead><tbody>"
    for line in first[:PLAIN_ROWS]:
        row = dict(zip(COLUMNS, json.loads(line), strict=True))
        done = " ".join(part if isinstance(part, str) else part[0] for part in row["done"])
        account = shared["accounts"][row["account"]] or row["account"]
        how = ", ".join([row["event"]["name"], *row["ways"]]) if row["event"] else row["reason"]
        cells = (
            _minute(row["at"]),
            shared["verdicts"][row["verdict"]],
            (row["who"] or "").removesuffix(",") or shared["people"][row["person"]][0],
            done,
            " · ".join(filter(None, (f"{account} {row['region']}", (row["iac"] or {}).get("address")))),
            how,
        )
        yield "<tr>" + "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in cells) + "</tr>"
    yield "</tbody></table>"


def _minute(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%d %H:%M}"


def _day(moment: int) -> str:
    at = datetime.fromtimestamp(moment / 1000, UTC)
    return f"{at.day} {at:%B %Y, %H:%M}"
