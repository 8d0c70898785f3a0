"""Findings where GitHub Actions shows them: an annotation each, and the job's summary page.

Both are a help for readers: what cannot be written there holds nothing up.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

from iacwatch.core.model import Finding
from iacwatch.core.present import address, sentence
from iacwatch.core.present.gravity import gravest_first, newest_first
from iacwatch.core.text import plain
from iacwatch.ports import Clock, Delivered, Failure
from iacwatch.sinks.markdown.sink import Markdown
from iacwatch.sinks.style import ReportStyle

_log = logging.getLogger(__name__)

MOST_BYTES: Final = 1_000_000
"""What a summary may hold: the runner takes 1 MiB a step, and shows nothing of more."""

_LONGEST: Final = 2_000
_LONGEST_PATH: Final = 300


class Annotations:
    """A `ports.Sink` that writes a command of the runner for each finding."""

    remembered = False
    deferred_close = False

    def __init__(
        self,
        *,
        write: Callable[[str], None],
        failing: Collection[str],
        style: ReportStyle,
        clock: Clock,
        one: bool = False,
        repository: str = "",
    ) -> None:
        """Take what writes a line for the runner, and the verdicts that fail the run: those are errors.

        `one`: all are about one resource, the newest comes first. `repository` is the job's own: what lives
        in its code is shown beside the file, or the directory.
        """
        self._write, self._failing, self._style, self._clock = write, failing, style, clock
        self._repository = repository
        self._ordered = newest_first if one else gravest_first

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Write the findings, the gravest first: the runner shows no more than ten of a step."""
        for finding in self._ordered(findings):
            self._write(self._annotation(finding))
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        """Finish; every line is written already."""

    def _annotation(self, finding: Finding) -> str:
        level = "error" if str(finding.verdict) in self._failing else "warning"
        text = sentence.sentence(
            finding,
            names=self._style.names,
            now=self._clock.now(),
            tag_key=self._style.tag_key,
            redact=self._style.redact,
        )
        lives = address.sentence(finding)
        whole = f"{text}; in IaC: {lives}" if lives else text
        title = _property(f"iacwatch: {sentence.verdict(finding).lower()}")
        return f"::{level} {self._file(finding)}title={title}::{_message(plain(whole, _LONGEST))}"

    def _file(self, finding: Finding) -> str:
        """Return where in the job's own repository an object lives; "" where it does not, or is not known."""
        path = (finding.iac.path if finding.iac else None) or ""
        ours = self._repository and finding.iac and finding.iac.repository
        if not ours or ours.casefold() != self._repository.casefold():
            return ""
        inside = not path.startswith("/") and ".." not in path.split("/")
        exact = plain(path, _LONGEST_PATH) == path and "##[" not in path
        return f"file={_property(path)}," if path and inside and exact else ""


class JobSummary:
    """A `ports.Sink` that appends the findings to the job's summary, as Markdown, on `close`."""

    remembered = False
    deferred_close = False

    def __init__(self, path: Path, *, style: ReportStyle, one: bool = False) -> None:
        """Take the file that ``GITHUB_STEP_SUMMARY`` names. `one`: the newest comes first."""
        self._path = path
        self._text = StringIO()
        self._markdown = Markdown(out=self._text, style=style, one=one)

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Take the findings in."""
        return self._markdown.emit(findings)

    def close(self) -> None:
        """Append to the summary."""
        self._markdown.close()
        try:
            with self._path.open("a", encoding="utf-8", errors="replace") as out:
                out.write(_cut(self._text.getvalue()))
        except OSError as error:
            _log.warning(
                "cannot write the job's summary to %s: %s", plain(str(self._path), 200), error.strerror
            )


def _cut(text: str) -> str:
    """Return as many whole lines as the runner takes, and how many were left out."""
    if len(text.encode("utf-8", "replace")) <= MOST_BYTES:
        return text
    lines, size, kept = text.splitlines(keepends=True), 0, 0
    for line in lines:
        size += len(line.encode("utf-8", "replace"))
        if size > MOST_BYTES:
            break
        kept += 1
    return f"{''.join(lines[:kept])}\n{len(lines) - kept} more lines do not fit here: see the report.\n"


def _message(text: str) -> str:
    """Return a text as a command holds it, without what older runners take for a command of its own."""
    text = text.replace("##[", "# #[")
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
