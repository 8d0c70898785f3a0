"""Findings as a table for people: it fits the terminal's width, and is a sentence a finding in a pipe."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from iacwatch.core.model import Finding, Verdict
from iacwatch.core.present import address, links, sentence
from iacwatch.core.present.gravity import gravest_first, newest_first
from iacwatch.core.text import plain
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.next_steps import below
from iacwatch.sinks.stream import why_not
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table as Grid
    from rich.text import Text

_WIDE: Final = 138
"""From how many columns on each fact has a column of its own."""

_DATED: Final = 118
"""From how many columns on the date has its year."""

_NARROW: Final = 76
"""From how many columns on there are columns at all: below, they would only break words."""

_NAME: Final = 18
"""How wide a column must be for most people's names."""

_CALL: Final = 29
"""How wide a column must be for most events' names (``AuthorizeSecurityGroupIngress``)."""

_LONGEST_REASON: Final = 160
_SHORT: Final = 48
"""How long an address is where a column has room for half of it."""

_COLOURS: Final = {
    Verdict.OUT_OF_BAND: "bold red",
    Verdict.IN_WORKFLOW: "green",
    Verdict.AWS_SERVICE: "dim",
    Verdict.SIDE_EFFECT: "dim",
    Verdict.UNATTRIBUTED: "bold magenta",
    Verdict.UNMANAGED: "dim",
}
"""Colours that can be read on light and on dark: yellow and cyan vanish on white, blue on black."""


class Table:
    """A `ports.Sink` that prints the findings of each call as rows below one header; nothing is ever paged.

    Strangers' texts are made plain and handed over as text, never as markup.
    """

    remembered = False
    deferred_close = False

    def __init__(
        self,
        *,
        console: "Console",
        style: ReportStyle = DEFAULT_STYLE,
        one: bool = False,
        whole: bool = False,
    ) -> None:
        """Take the console to print on, which knows its width and whether it takes colour.

        The gravest finding comes first. `one`: all are about one resource, which stands above and is named no
        more; the newest comes first, and side effects that follow each other are one row. `whole`: a terminal
        shows all that there is to do now, else the first commands.
        """
        self._console = console
        self._style = style
        self._one = one
        self._whole = whole
        self._linked = console.file.isatty()
        self._headed = False
        self._layouts = ((_WIDE, self._wide), (_NARROW, self._narrow), (0, self._blocks))

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Print the findings in order; none print nothing. A closed pipe raises `BrokenPipeError`."""
        if not findings:
            return {}
        ordered = newest_first(findings) if self._one else gravest_first(findings)
        try:
            self._print(ordered)
        except BrokenPipeError:
            raise
        except OSError as error:
            failure = Failure(reason=why_not(error))
            return {finding.finding_id: failure for finding in findings}
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        """Finish; every table is printed already."""

    def _print(self, findings: Sequence[Finding]) -> None:
        # Rendered first and written here: rich would end the whole process where the pipe is closed.
        console = self._console
        shown = _folded(findings) if self._one else [[each] for each in findings]
        with console.capture() as captured:
            if not console.is_terminal:
                console.out(*map(self._line, shown), sep="\n", highlight=False)
            else:
                if self._one and not self._headed:
                    self._print_lines(self._lives(next((each for each in findings if each.iac), findings[0])))
                make = next(make for least, make in self._layouts if console.width >= least)
                console.print(make(shown))
                self._print_lines(self._text(*line) for line in below(findings, whole=self._whole))
        console.file.write(captured.get())
        console.file.flush()
        self._headed = True

    def _line(self, some: Sequence[Finding]) -> str:
        """Return a sentence, as long as it takes: a pipe has no width, nor has a CI log."""
        each = some[0]
        begin = f"{each.happened_at:%Y-%m-%dT%H:%MZ} {each.verdict}:"
        if len(some) > 1:
            return self._encodable(f"{begin} {self._what(some)}")
        return self._encodable(
            f"{begin} {sentence.who(each)} {self._what(some)}{sentence.managed(each)}{self._in(each)};"
            f" {', '.join(_how(each))}{_in_iac(each)}"
        )

    def _in(self, finding: Finding) -> str:
        return "" if self._one else f", in {sentence.place(finding.change.resource, self._style.names)}"

    def _wide(self, rows: Sequence[Sequence[Finding]]) -> "Grid":
        room = self._console.width - 38
        table = _grid(headed=self._headed)
        table.add_column("when (UTC)", width=16)
        table.add_column("verdict", width=12)
        table.add_column("who", width=max(_NAME, room * 22 // 100), overflow="fold")
        table.add_column("what", ratio=1, overflow="fold")
        table.add_column("how", width=max(_CALL, room * 32 // 100), overflow="fold")
        for some in rows:
            each = some[0]
            _space(table)
            table.add_row(
                self._text(f"{each.happened_at:%Y-%m-%d %H:%M}"),
                self._verdict(each),
                self._text(sentence.whom(each), "bold"),
                _stacked(self._text(self._what(some)), self._where(each), *self._home(some)),
                _stacked(*self._ways(each)),
            )
        return table

    def _narrow(self, rows: Sequence[Sequence[Finding]]) -> "Grid":
        """Return a table in which the verdict stands below the time, and the way below the person."""
        dated = self._console.width >= _DATED
        room = self._console.width - (22 if dated else 18)
        table = _grid(headed=self._headed)
        table.add_column("when (UTC)\nverdict", width=16 if dated else 12)
        table.add_column("who\nhow", width=max(_CALL, room * 40 // 100), overflow="fold")
        table.add_column("what\nwhere", ratio=1, overflow="fold")
        for some in rows:
            each = some[0]
            _space(table)
            table.add_row(
                _stacked(
                    self._text(f"{each.happened_at:{'%Y-' if dated else ''}%m-%d %H:%M}"),
                    self._verdict(each),
                ),
                _stacked(self._text(sentence.whom(each), "bold"), *self._ways(each)),
                _stacked(self._text(self._what(some)), self._where(each), *self._home(some)),
            )
        return table

    def _blocks(self, rows: Sequence[Sequence[Finding]]) -> "RenderableType":
        """Return a paragraph for each finding."""
        from rich.padding import Padding  # noqa: PLC0415  (only where a table is printed)

        paragraphs: list[RenderableType] = []
        for some in rows:
            each = some[0]
            when = self._text(f"{each.happened_at:%Y-%m-%d %H:%M} UTC  ")
            when.append(self._verdict(each))
            texts = (
                self._text(sentence.whom(each), "bold"),
                self._text(self._what(some)),
                self._where(each),
                *self._home(some),
                *self._ways(each),
            )
            paragraphs.extend((when, Padding(_stacked(*texts), (0, 0, 1, 2))))
        return _stacked(*paragraphs)

    def _what(self, some: Sequence[Finding]) -> str:
        """Return verb and object; of several findings in one row, how many they are, and since when."""
        finding, number = some[0], len(some)
        if number > 1:
            first = some[-1].happened_at
            return f"{number} side effects since {first:%Y-%m-%d %H:%M}"
        phrase = sentence.done(
            finding, tag_key=self._style.tag_key, redact=self._style.redact, fully=True, known=self._one
        )
        return sentence.said(phrase)

    def _where(self, finding: Finding) -> "Text":
        value = finding.managed.value
        by = "not managed" if value is None else plain(value, sentence.LONGEST_NAME)
        place = "" if self._one else f" · {sentence.place(finding.change.resource, self._style.names)}"
        return self._text(f"{by}{place}", "dim")

    def _home(self, some: Sequence[Finding]) -> "list[Text]":
        """Return where an object lives in IaC, unless it stands above, and what the next apply does."""
        if len(some) > 1:
            return []
        applies = address.next_apply(some[0])
        lives = [] if self._one else self._lives(some[0])
        return [*lives, self._text(f"the next apply {applies}", "dim")] if applies else lives

    def _lives(self, finding: Finding) -> "list[Text]":
        """Return two lines: the address, which leads to the code, and whose it is where."""
        iac, narrow = finding.iac, self._console.width < _DATED
        if iac is None:
            return [self._text(sentence.said(fact), "dim") for fact in address.lives(finding)]
        link = address.file_link(finding) if self._linked else None
        named = sentence.said(address.address(iac, _SHORT if narrow else address.LONGEST))
        facts = (
            [address.directory(iac), address.owner(iac)[1:]]
            if narrow
            else [address.place(iac), address.owner(iac)]
        )
        at = f"as of {iac.seen_at:%Y-%m-%d}" if iac.seen_at and not narrow else ""
        rest = " · ".join(filter(None, (*map(sentence.said, facts), at)))
        lines = ((named, f"dim link {link.url}" if link else "dim"), (rest, "dim"))
        return [self._text(line, style) for line, style in lines if line]

    def _print_lines(self, lines: "Iterable[Text]") -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True)

    def _ways(self, finding: Finding) -> "list[Text]":
        name, *ways = _how(finding)
        url = links.cloudtrail_event(finding.match.event) if finding.match and self._linked else None
        texts = [self._text(name, f"dim link {url}" if url else "dim")]
        return [*texts, self._text(", ".join(ways), "dim")] if ways else texts

    def _verdict(self, finding: Finding) -> "Text":
        return self._text(str(finding.verdict), _COLOURS[finding.verdict])

    def _text(self, text: str, style: str = "") -> "Text":
        from rich.text import Text  # noqa: PLC0415  (only where a table is printed)

        return Text(self._encodable(text), style=style)

    def _encodable(self, text: str) -> str:
        encoding = self._console.encoding
        return text.encode(encoding, "replace").decode(encoding)


def _folded(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings with side effects that follow each other together: they are one row."""
    return [
        rest
        for side_effect, run in groupby(findings, key=lambda each: each.verdict is Verdict.SIDE_EFFECT)
        for rest in ([list(run)] if side_effect else [[each] for each in run])
    ]


def _how(finding: Finding) -> tuple[str, ...]:
    """Return the call and the way it came; why nobody is named, and what came near, where there is none."""
    if finding.match is None:
        near = [f"near: {lead}" for lead in sentence.near(finding, most=1)[:1]]
        return (plain(finding.reason, _LONGEST_REASON), *near)
    event = finding.match.event
    return (plain(event.name, sentence.LONGEST_NAME), *sentence.how(event.actor))


def _in_iac(finding: Finding) -> str:
    lives = address.sentence(finding)
    return f"; in IaC: {lives}" if lives else ""


def _grid(*, headed: bool) -> "Grid":
    """Return an empty table; `headed`: its header stands above already."""
    from rich import box  # noqa: PLC0415  (only where a table is printed)
    from rich.table import Table as Grid  # noqa: PLC0415  (the same)

    return Grid(
        box=box.SIMPLE_HEAD,
        show_header=not headed,
        expand=True,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )


def _space(table: "Grid") -> None:
    """Leave a line between two rows, each of which has several."""
    if table.row_count:
        table.add_row()


def _stacked(*texts: "RenderableType") -> "RenderableType":
    from rich.console import Group  # noqa: PLC0415  (only where a table is printed)

    return Group(*texts)
