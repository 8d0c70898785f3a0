"""How long each report takes to write, how big it gets, and how much memory it holds; and how quick the page is.

Run it as `python -m tests.bench.bench_reports [FINDINGS]`. Each format is written in processes of its own; seconds
are of the processor, medians, and the ratio is to JSON Lines in the same round. The page is opened in Chromium
where one is on the PATH.
"""

import io
import multiprocessing
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from iacwatch.sinks.csv_report import CsvReport
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.markdown.sink import Markdown
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.bench.paired import number, paired, peak, ratio
from tests.fixtures import browser, quarter
from tests.fixtures.clocks import TickingClock

ROUNDS, WAVE = 3, 1_000
STYLE = ReportStyle(names=quarter.NAMES)


def table(out):
    """Return the table in a pipe."""
    from rich.console import Console

    return Table(console=Console(file=out, width=140), style=STYLE)


FORMATS = {
    "jsonl": lambda out: JsonLines(out=out),
    "table": table,
    "csv": lambda out: CsvReport(out=out, style=STYLE),
    "markdown": lambda out: Markdown(out=out, style=STYLE),
    "html": lambda out: HtmlPage(out=out, clock=TickingClock(), style=STYLE),
}


def write(pipe, name, count, path):
    """Write one report; send seconds, and by how many MB the process grew over holding the findings."""
    findings = quarter.findings(count)
    with path.open("w", encoding="utf-8", newline="") as out:
        FORMATS[name](io.StringIO()).emit(findings[:10])
        before, began = peak(), time.process_time()
        sink = FORMATS[name](out)
        for first in range(0, count, WAVE):
            sink.emit(findings[first : first + WAVE])
        sink.close()
    pipe.send((time.process_time() - began, peak() - before))


def measured(name, count, path):
    """Return what a process of its own says."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=write, args=(theirs, name, count, path))
    process.start()
    answer = ours.recv()
    process.join()
    return answer


ASKED = {
    "one verdict": "toggle(FACETS[0], 'out-of-band')",
    "first search": "clearFilters(); state.query = 'policy acme'; changed()",
    "next search": "state.query = 'alice'; changed()",
    "everything": "clearFilters(); changed()",
    "turning to page 50": "turnTo(49)",
    "opening all of a page": "byId('unfold').click()",
}


def looked_at(path):
    """Print how long the page takes to open, and to answer."""
    if browser.installed() is None:
        print("page: no chromium on the PATH to open it with")
        return
    timed = "(() => {{ const t = performance.now(); {}; document.body.offsetHeight; return performance.now() - t; }})()"
    with browser.Browser() as window:
        opened = statistics.median(window.open(path.as_uri()) for _ in range(ROUNDS))
        answers = ", ".join(f"{name} {window.ask(timed.format(act)):.0f} ms" for name, act in ASKED.items())
        print(f"page: opened and drawn in {opened:.2f} s; {answers}")


def main():
    """Print all figures."""
    count = number(10_000)
    with tempfile.TemporaryDirectory() as folder:
        ways = {name: partial(measured, name, count, Path(folder) / f"report.{name}") for name in FORMATS}
        taken = paired(ways, ROUNDS)
        base = [second for second, _ in taken["jsonl"]]
        for name, each in taken.items():
            took = [second for second, _ in each]
            seconds, times = statistics.median(took), ratio(took, base)
            size = (Path(folder) / f"report.{name}").stat().st_size / 1e6
            held = statistics.median(held for _, held in each)
            print(
                f"{name}: {count:,} findings in {seconds:.1f} s ({seconds / count * 1e6:.0f} us each,"
                f" {times:.2f} x jsonl), {size:.1f} MB, {held:.0f} MB more in memory"
            )
        looked_at(Path(folder) / "report.html")


if __name__ == "__main__":
    main()
