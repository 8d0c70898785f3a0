"""The page in a real browser: it logs no error, loads nothing, and narrows, sorts, saves and prints what is chosen.

Needs Debian's `chromium-headless-shell` (or `chromium`) on the PATH, and skips without. Set IACWATCH_PICTURES to a
folder to keep the pictures.
"""

import csv
import io
import json
import os
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from iacwatch.core.model import Verdict
from iacwatch.sinks.csv_report import COLUMNS, CsvReport
from iacwatch.sinks.html_page.sink import HtmlPage
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import browser, hostile_text, quarter
from tests.fixtures.builders import finding, many
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import COMMAND, FILE, PLAN, RECREATED, address, located, odd_address

MISSING = browser.installed() is None
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MISSING, reason="no chromium on the PATH to look at the page with"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Path(os.environ.get("IACWATCH_PICTURES") or tmp_path_factory.mktemp("pages"))


def written(folder, name, findings, names=quarter.NAMES):
    """Write a page and return its address."""
    path = folder / f"{name}.html"
    with path.open("w", encoding="utf-8", newline="") as out:
        sink = HtmlPage(out=out, clock=TickingClock(), style=ReportStyle(names=names))
        sink.emit(findings)
        sink.close()
    return path.as_uri()


@pytest.fixture(scope="module")
def ten(folder):
    return written(folder, "ten", quarter.findings(10, days=3))


@pytest.fixture(scope="module")
def quarters(folder):
    return written(folder, "quarter", quarter.findings(1_200))


@contextmanager
def looking(address, **more):
    """Give a page in a browser; whatever it complains of fails the test."""
    with browser.Browser(**more) as window:
        if address:
            window.open(address)
        yield window
        assert window.complaints == []


def status(window):
    return window.ask("byId('status').textContent")


def text(window, selector):
    return window.ask(f"document.querySelector({selector!r}).textContent")


def count(window, selector):
    return window.ask(f"document.querySelectorAll({selector!r}).length")


def press(window, selector, words=""):
    """Press the first button that holds some words."""
    window.ask(
        f"[...document.querySelectorAll({selector!r})].find((each) => each.textContent.includes({words!r})).click()"
    )


def pause(window, milliseconds):
    window.ask(f"new Promise((done) => setTimeout(done, {milliseconds}))")


@pytest.mark.parametrize(("size", "width", "dark"), [("ten", 390, True), ("quarters", 1360, False)])
def test_it_is_drawn_without_a_complaint_and_fits_the_screen(request, folder, size, width, dark):
    with looking(request.getfixturevalue(size), width=width, height=1400, dark=dark) as window:
        window.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        pause(window, 300)
        picture = folder / f"{size}-{width}-{'dark' if dark else 'light'}.png"
        window.picture(picture)
        assert picture.stat().st_size > 50_000, "a blank page takes 9 kB"
        assert window.ask("document.documentElement.scrollWidth <= innerWidth")


def rows_of(window, name):
    """Return the rows of what a button would save."""
    saved = window.ask(f"{name}(ordered(selection.found))")
    if name == "asJsonLines":
        return [json.loads(line) for line in saved.splitlines()]
    return list(csv.DictReader(io.StringIO(saved, newline="")))


def reported(findings, **style):
    """Return the rows of the report of these findings by their ids."""
    out = io.StringIO(newline="")
    CsvReport(out=out, style=ReportStyle(**style)).emit(findings)
    return {row["finding_id"]: row for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))}


def test_nothing_of_strangers_runs_or_becomes_markup_or_a_formula_and_what_is_saved_is_what_reports_say(
    folder,
):
    texts = ["=1+1", "@SUM(A1)", "a;=cmd", "-2", "\uff1dx", "+x\ny"]
    findings = [*hostile_text.findings(), *map(hostile_text.odd, texts)]
    with looking(written(folder, "hostile", findings, names=hostile_text.NAMES)) as window:
        press(window, "#unfold")
        pause(window, 500)
        window.ask("document.querySelectorAll('.more').forEach((each) => each.click())")
        assert count(window, "#list details[open] .detail") == len(findings)
        tags = window.ask("[...document.body.querySelectorAll('*')].map((each) => each.localName)")
        assert {"img", "iframe", "form", "object", "embed", "meta", "base", "style"}.isdisjoint(tags)
        assert (count(window, "script"), count(window, "h1")) == (2, 1)
        names = window.ask("[...document.querySelectorAll('*')].flatMap((each) => each.getAttributeNames())")
        assert [name for name in set(names) if name.startswith("on") or name in {"style", "src"}] == []
        links = window.ask(
            "[...document.querySelectorAll('a')].map((each) => [each.getAttribute('href'), each.rel])"
        )
        outside = [(href, rel) for href, rel in links if not href.startswith("#")]
        assert len(outside) > 20
        for href, rel in outside:
            assert rel == "noopener noreferrer"
            assert re.match(r"https://[^/]+\.console\.aws\.amazon\.com/", href)
        assert "<img src=x onerror=alert(1)>" in text(window, "#list")
        rows, told = rows_of(window, "asCsv"), reported(findings, names=hostile_text.NAMES)
        assert len(rows) == len(rows_of(window, "asJsonLines")) == len(findings)
        for row in rows:
            expected = told[row["finding_id"]]
            for name in ("verdict", "resource_id", "resource_type", "region", "managed_by", "event_name"):
                assert row[name][:290] == expected[name][:290]
            assert not any(cell[:1] in {"=", "+", "@", "-"} for cell in row.values())
            assert row.keys() <= expected.keys()


def test_filters_narrow_and_count_and_stand_in_the_address(quarters):
    bad = Counter(each.verdict for each in quarter.findings(1_200))[Verdict.OUT_OF_BAND]
    with looking(quarters) as window:
        assert status(window) == "1,200 changes"
        press(window, ".tile", "Out of band")
        assert status(window) == f"{bad} of 1,200 changes"
        assert count(window, "#list .change") == 100
        press(window, "[data-key='person alice@example.com']")
        told = status(window)
        assert 0 < int(told.split()[0]) < bad
        assert "verdict=out-of-band&person=alice%40example.com" in window.ask("location.hash")
        window.open("about:blank")
        window.open(f"{quarters}#verdict=out-of-band&person=alice%40example.com")
        assert status(window) == told
        press(window, ".chips button", "Clear all")
        assert status(window) == "1,200 changes"
        last = window.ask("FINDINGS[FINDINGS.length - 1].id")
        window.open("about:blank")
        window.open(f"{quarters}#finding={last}")
        assert window.ask("document.querySelector('.change.linked').open")
        assert "Page 12 of 12" in text(window, "#pages")
        window.open("about:blank")
        window.open(f"{quarters}#verdict=nonsense&from=yesterday&finding=zzz&person=__proto__")
        assert status(window) == "1,200 changes"


def test_what_passes_the_filters_is_saved_as_a_file_or_printed(quarters, folder):
    with looking("", dark=True) as window:
        window.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        window.open(quarters)
        window.ask("state.chosen.verdict.add('out-of-band'); changed()")
        some = int(status(window).split()[0])
        for ending in ("csv", "jsonl"):
            press(window, f"#{ending}")
            file = folder / f"iacwatch-findings.{ending}"
            for _ in range(50):
                if file.exists() and file.stat().st_size:
                    break
                pause(window, 100)
            assert len(file.read_text(encoding="utf-8").splitlines()) == some + (ending == "csv")
        window.ask(
            "addEventListener('beforeprint', () => { printed = document.querySelectorAll('.change').length; })"
        )
        window.paper(folder / "quarter.pdf")
        assert window.ask("printed") == some > 100
        assert count(window, ".change") == 100


def test_repository_stack_and_owner_are_filters_and_saved(folder):
    elsewhere = address(address="aws_vpc.main", repository="acme/apps", stack="apps", owner="@acme/apps")
    findings = [
        *(replace(each, iac=address(), next_steps=(PLAN, FILE)) for each in many(3)),
        located(elsewhere, finding_id="b" * 32, next_apply=RECREATED),
        finding(finding_id="c" * 32),
        finding(finding_id="d" * 32, **odd_address("<img src=x onerror=alert(1)>")),
    ]
    told = reported(findings)
    with looking(written(folder, "iac", findings)) as window:
        for narrow, passing in (
            ("state.chosen.owner.add('@acme/net')", 3),
            ("state.chosen.repository.add(null)", 1),
            ("state.query = 'aws_vpc.main'", 1),
            ("0", 6),
        ):
            window.ask(f"clearFilters(), {narrow}, changed()")
            assert status(window).startswith(f"{passing} ")
        window.ask("byId('unfold').click()")
        assert COMMAND in text(window, "#list")
        for row in rows_of(window, "asCsv"):
            for name in COLUMNS[-13:]:
                assert row[name].replace(".000Z", "Z") == told[row["finding_id"]][name], name


def test_it_is_searched_sorted_and_narrowed_to_a_range_of_time(ten):
    with looking(ten) as window:
        window.ask("state.query = 'no-such-thing'; changed()")
        assert text(window, "#list").startswith("No change passes these filters.")
        press(window, "#list button")
        window.ask("state.query = 'GHA-terraform'; changed()")
        every = [each for each in quarter.findings(10, days=3) if "gha-terraform" in str(each.actor)]
        assert status(window) == f"{len(every)} of 10 changes"
        window.ask("clearFilters(), changed()")
        times = []
        for order in ("newest", "oldest"):
            window.ask(f"byId('order').value = '{order}'; byId('order').dispatchEvent(new Event('change'))")
            times.append(
                window.ask("[...document.querySelectorAll('#list time')].map((each) => each.dateTime)")
            )
        assert times[0] == sorted(times[0], reverse=True) == times[1][::-1]
        place = "(() => { const at = byId('timeline').getBoundingClientRect(); return [at.x, at.y, at.width]; })()"
        left, top, wide = window.ask(place)
        window.drag((left + wide * 0.5, top + 9), (left + wide - 9, top + 9))
        assert 0 < int(status(window).split()[0]) < 10
        newest = window.ask("spelled(Math.max(...FINDINGS.map((each) => each.at)))")
        window.ask(f"byId('from').value = {newest!r}; byId('from').dispatchEvent(new Event('change'))")
        assert status(window) == "1 of 10 changes"


def test_the_keyboard_is_enough_and_times_are_in_utc_or_in_the_readers_zone(ten):
    with looking("") as window:
        window.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        window.open(ten)
        utc = text(window, ".change time")
        press(window, "#zone")
        assert (int(utc[:2]) + 9) % 24 == int(text(window, ".change time")[:2])
        window.ask("document.querySelector('#list summary').focus()")
        window.key("Enter")
        assert window.ask("document.querySelector('#list details').open")
        window.ask("document.querySelector('.facet li button').focus()")
        window.key("Enter")
        assert status(window) != "10 changes"
