"""How long each report takes to write, how big it gets, and how much memory it holds; and how quick the page is.

Run it as `python -m tests.bench.bench_reports [FINDINGS]`. Each format is written in processes of its own; seconds
are of the processor, medians, and the ratio is to JSON Lines in the same round. The page is opened in Chromium
where one is on the PATH.
"""

import io
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from rich.console import Console

from iacwatch.sinks.csv_report import CsvReport
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.markdown.sink import Markdown
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.bench.paired import alone, line, number, paired, peak, ratio
from tests.fixtures import browser, quarter
from tests.fixtures.clocks import TickingClock

ROUNDS, WAVE = 3, 1_000
STYLE = ReportStyle(names=quarter.NAMES)
FORMATS = {
    "jsonl": lambda out: JsonLines(out=out),
    "table": lambda out: Table(console=Console(file=out, width=140), style=STYLE),
    "csv": lambda out: CsvReport(out=out, style=STYLE),
    "markdown": lambda out: Markdown(out=out, style=STYLE),
    "html": lambda out: HtmlPage(out=out, clock=TickingClock(), style=STYLE),
}
ASKED = {
    "one verdict": "toggle(FACETS[0], 'out-of-band')",
    "first search": "clearFilters(); state.query = 'policy acme'; changed()",
    "turning to page 50": "clearFilters(); changed(); turnTo(49)",
    "opening all of a page": "byId('unfold').click()",
}


def write(name, count, path):
    """Write one report; return seconds, and by how many MB the process grew over holding the findings."""
    findings = quarter.findings(count)
    with path.open("w", encoding="utf-8", newline="") as out:
        FORMATS[name](io.StringIO()).emit(findings[:10])
        before, began = peak(), time.process_time()
        sink = FORMATS[name](out)
        for first in range(0, count, WAVE):
            sink.emit(findings[first : first + WAVE])
        sink.close()
    return time.process_time() - began, peak() - before


def look_at(path):
    """Print how long the page takes to open, and to answer."""
    if browser.installed() is None:
        print("page: no chromium on the PATH to open it with")
        return
    timed = "(() => {{ const t = performance.now(); {}; document.body.offsetHeight; return performance.now() - t; }})()"
    line("page", "ms")
    with browser.Browser() as window:
        line("opened and drawn", statistics.median(window.open(path.as_uri()) for _ in range(ROUNDS)) * 1e3)
        for name, act in ASKED.items():
            line(name, float(window.ask(timed.format(act))))


def main():
    """Print all figures."""
    count = number(10_000)
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"report.{name}" for name in FORMATS}
        taken = paired({name: partial(alone, write, name, count, paths[name]) for name in FORMATS}, ROUNDS)
        took = {name: [each.answer[0] for each in some] for name, some in taken.items()}
        line(f"{count:,} findings", "seconds", "ratio", "MB", "MB held")
        for name, some in taken.items():
            held = statistics.median(each.answer[1] for each in some)
            size = paths[name].stat().st_size / 1e6
            line(name, statistics.median(took[name]), ratio(took[name], took["jsonl"]), size, held)
        look_at(paths["html"])


if __name__ == "__main__":
    main()
