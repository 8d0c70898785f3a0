"""The page in a real browser: it logs no error, loads nothing, and narrows, sorts, saves and prints what is chosen.

Needs Debian's `chromium-headless-shell` (or `chromium`) on the PATH, and skips without. Set IACWATCH_PICTURES to a
folder to keep the pictures.
"""

import csv
import io
import json
import os
import re
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from iacwatch.core.model import Verdict
from iacwatch.sinks.csv_report import COLUMNS, CsvReport
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import browser, hostile_text, quarter
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import COMMAND, RECREATED, located, odd_address

MISSING = pytest.mark.skipif(
    browser.installed() is None, reason="no chromium on the PATH to look at the page with"
)
pytestmark = [pytest.mark.slow, MISSING]
STYLE = ReportStyle(names=quarter.NAMES | hostile_text.NAMES)


@pytest.fixture
def folder(tmp_path):
    return Path(os.environ.get("IACWATCH_PICTURES") or tmp_path)


@contextmanager
def looking(folder, findings, **more):
    """Give a page about findings in a browser, and its address; whatever it complains of fails the test."""
    path = folder / "page.html"
    with path.open("w", encoding="utf-8", newline="") as out:
        sink = HtmlPage(out=out, clock=TickingClock(), style=STYLE)
        sink.emit(findings)
        sink.close()
    with browser.Browser(**more) as window:
        window.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        window.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        window.open(path.as_uri())
        yield window, path.as_uri()
        window.picture(folder / f"{len(findings)}.png")
        assert window.complaints == []


def status(window):
    return window.ask("byId('status').textContent")


def text(window, selector):
    return window.ask(f"document.querySelector({selector!r}).textContent")


def every(window, selector, what):
    """Return what an expression says of each element."""
    return window.ask(f"[...document.querySelectorAll({selector!r})].map((each) => {what})")


def press(window, selector, words=""):
    """Press the first button that holds some words."""
    window.ask(
        f"[...document.querySelectorAll({selector!r})].find((each) => each.textContent.includes({words!r})).click()"
    )


def saved(window, name):
    """Return what a button would save."""
    return window.ask(f"{name}(ordered(selection.found))")


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def reported(findings):
    """Return the rows of the report of these findings by their ids."""
    out = io.StringIO(newline="")
    CsvReport(out=out, style=STYLE).emit(findings)
    return {row["finding_id"]: row for row in rows(out.getvalue())}


def test_nothing_of_strangers_runs_or_becomes_markup_or_a_formula_and_what_is_saved_is_what_reports_say(
    folder,
):
    texts = ["=1+1", "@SUM(A1)", "a;=cmd", "-2", "\uff1dx", "+x\ny"]
    findings = [
        *(
            replace(each, **odd_address(each.reason))
            for each in (*hostile_text.findings(), *map(hostile_text.odd, texts))
        ),
        located(next_apply=RECREATED),
    ]
    with looking(folder, findings, width=390, height=1400, dark=True) as (window, _):
        press(window, "#unfold")
        window.ask("new Promise((done) => setTimeout(done, 500))")
        window.ask("document.querySelectorAll('.more').forEach((each) => each.click())")
        assert len(every(window, "#list details[open] .detail", 0)) == len(findings)
        assert window.ask("document.documentElement.scrollWidth <= innerWidth")
        tags = every(window, "body *", "each.localName")
        assert {"img", "iframe", "form", "object", "embed", "meta", "base", "style"}.isdisjoint(tags)
        assert (tags.count("script"), tags.count("h1")) == (2, 1)
        names = {name for each in every(window, "*", "each.getAttributeNames()") for name in each}
        assert [name for name in names if name.startswith("on") or name in {"style", "src"}] == []
        links = every(window, "a", "[each.getAttribute('href'), each.rel]")
        outside = [(href, rel) for href, rel in links if not href.startswith("#")]
        assert len(outside) > 20
        for href, rel in outside:
            assert rel == "noopener noreferrer"
            assert re.match(r"https://([^/]+\.console\.aws\.amazon|github)\.com/", href)
        assert "<img src=x onerror=alert(1)>" in text(window, "#list")
        told, table = reported(findings), rows(saved(window, "asCsv"))
        lines = map(json.loads, saved(window, "asJsonLines").splitlines())
        assert len(table) == len(list(lines)) == len(findings)
        for row in table:
            expected = told[row["finding_id"]]
            for name in (
                "verdict",
                "resource_id",
                "resource_type",
                "region",
                "managed_by",
                "event_name",
                *COLUMNS[-13:],
            ):
                assert row[name][:290].replace(".000Z", "Z") == expected[name][:290], name
            assert not any(cell[:1] in {"=", "+", "@", "-"} for cell in row.values())
            assert row.keys() <= expected.keys()
        assert COMMAND in text(window, "#list")
        for chosen in (
            "owner.add('@acme/net')",
            "repository.add('acme/infra')",
            "stack.add('live/prod/net')",
        ):
            window.ask(f"clearFilters(), state.chosen.{chosen}, changed()")
            assert status(window) == f"1 of {len(findings)} changes"


def test_filters_narrow_and_count_and_stand_in_the_address_and_what_passes_is_saved_or_printed(folder):
    findings = quarter.findings(1_200)
    bad = sum(each.verdict is Verdict.OUT_OF_BAND for each in findings)
    with looking(folder, findings) as (window, page):
        assert status(window) == "1,200 changes"
        press(window, ".tile", "Out of band")
        assert status(window) == f"{bad} of 1,200 changes"
        for ending in ("csv", "jsonl"):
            press(window, f"#{ending}")
            file = folder / f"iacwatch-findings.{ending}"
            for _ in range(50):
                if file.exists() and file.stat().st_size:
                    break
                time.sleep(0.1)
            assert len(file.read_text(encoding="utf-8").splitlines()) == bad + (ending == "csv")
        window.ask(
            "addEventListener('beforeprint', () => { printed = document.querySelectorAll('.change').length; })"
        )
        window.paper(folder / "page.pdf")
        assert window.ask("printed") == bad > len(every(window, "#list .change", 0)) == 100
        press(window, "[data-key='person alice@example.com']")
        told, address = status(window), "#verdict=out-of-band&person=alice%40example.com"
        assert 0 < int(told.split()[0]) < bad
        assert window.ask("location.hash") == address
        last = window.ask("FINDINGS[FINDINGS.length - 1].id")
        nonsense = "#verdict=nonsense&from=yesterday&finding=zzz&person=__proto__"
        for place, passing in (
            (address, told),
            (nonsense, "1,200 changes"),
            (f"#finding={last}", "1,200 changes"),
        ):
            window.open("about:blank")
            window.open(page + place)
            assert status(window) == passing
        assert window.ask("document.querySelector('.change.linked').open")
        assert "Page 12 of 12" in text(window, "#pages")


def test_it_is_searched_sorted_narrowed_to_a_range_of_time_by_keys_and_in_the_readers_zone(folder):
    findings = quarter.findings(10, days=3)
    with looking(folder, findings) as (window, _):
        window.ask("state.query = 'no-such-thing'; changed()")
        assert text(window, "#list").startswith("No change passes these filters.")
        press(window, "#list button")
        window.ask("state.query = 'GHA-terraform'; changed()")
        assert (
            status(window) == f"{sum('gha-terraform' in str(each.actor) for each in findings)} of 10 changes"
        )
        window.ask("clearFilters(), changed()")
        times = []
        for order in ("newest", "oldest"):
            window.ask(f"byId('order').value = '{order}'; byId('order').dispatchEvent(new Event('change'))")
            times.append(every(window, "#list time", "each.dateTime"))
        assert times[0] == sorted(times[0], reverse=True) == times[1][::-1]
        utc = text(window, ".change time")
        press(window, "#zone")
        assert (int(utc[:2]) + 9) % 24 == int(text(window, ".change time")[:2])
        place = "(() => { const at = byId('timeline').getBoundingClientRect(); return [at.x, at.y, at.width]; })()"
        left, top, wide = window.ask(place)
        window.drag((left + wide * 0.5, top + 9), (left + wide - 9, top + 9))
        assert 0 < int(status(window).split()[0]) < 10
        newest = window.ask("spelled(Math.max(...FINDINGS.map((each) => each.at)))")
        window.ask(f"byId('from').value = {newest!r}; byId('from').dispatchEvent(new Event('change'))")
        assert status(window) == "1 of 10 changes"
        window.ask("document.querySelector('#list summary').focus()")
        window.key("Enter")
        assert window.ask("document.querySelector('#list details').open")
