"""The page in a real browser: it logs no error, loads nothing, stays quick to use, and can be read.

Needs Debian's `chromium-headless-shell` (or `chromium`) on the PATH, and skips without. Set IACWATCH_PICTURES to a
folder to keep the pictures.
"""

import csv
import io
import json
import os
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

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        browser.installed() is None, reason="no chromium on the PATH to look at the page with"
    ),
]
CONTRAST = """(() => {
  const channels = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return channels(getComputedStyle(document.body).backgroundColor);
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const told = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!told || !node.checkVisibility() || node.disabled || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.tagName)) continue;
    const style = getComputedStyle(node);
    const ink = channels(node instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push([node.tagName, node.className, node.textContent.slice(0, 30), ink, behind(node)]);
  }
  return poor;
})()"""


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
    return written(folder, "10", quarter.findings(10, days=3))


@pytest.fixture(scope="module")
def quarters(folder):
    return written(folder, "10000", quarter.findings(10_000))


@contextmanager
def looking(address, **more):
    """Give a page in a browser; whatever it complains of fails the test."""
    with browser.Browser(**more) as window:
        if address:
            window.open(address)
        yield window
        assert window.complaints == []


@pytest.fixture
def seen(ten):
    with looking(ten) as window:
        yield window


def status(window):
    return window.ask("byId('status').textContent")


def text(window, selector):
    return window.ask(f"document.querySelector({selector!r}).textContent")


def texts(window, selector):
    return window.ask(f"[...document.querySelectorAll({selector!r})].map((each) => each.textContent)")


def count(window, selector):
    return window.ask(f"document.querySelectorAll({selector!r}).length")


def press(window, selector, words=""):
    """Press the first button that holds some words."""
    window.ask(
        f"[...document.querySelectorAll({selector!r})].find((each) => each.textContent.includes({words!r})).click()"
    )


def pause(window, milliseconds):
    window.ask(f"new Promise((done) => setTimeout(done, {milliseconds}))")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("size", "width"), [("ten", 390), ("quarters", 1360)])
def test_it_is_drawn_without_a_complaint(request, folder, size, dark, width):
    with looking(request.getfixturevalue(size), width=width, height=1400, dark=dark) as window:
        picture = folder / f"{size}-{width}-{'dark' if dark else 'light'}.png"
        window.picture(picture)
        assert picture.stat().st_size > 50_000, "a blank page takes 9 kB"
        assert window.ask("document.documentElement.scrollWidth <= innerWidth")
        window.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        pause(window, 300)
        assert window.ask(CONTRAST) == []


def test_nothing_of_strangers_runs_or_becomes_markup(folder):
    findings = hostile_text.findings()
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
        assert {rel for _, rel in outside} == {"noopener noreferrer"}
        for href, _ in outside:
            assert href.startswith("https://")
            assert href.split("/")[2].endswith(".console.aws.amazon.com")
        assert "<img src=x onerror=alert(1)>" in text(window, "#list")


def test_the_policy_holds_in_the_browser(ten, folder):
    planted = "<script>window.planted = 1</script><img src=x onerror='planted = 1'></body>"
    bad = folder / "planted.html"
    bad.write_text((folder / "10.html").read_text(encoding="utf-8").replace("</body>", planted))
    with browser.Browser() as window:
        window.open(bad.as_uri())
        assert window.ask("window.planted === undefined")
        assert window.ask(
            "(() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } })()"
        )
        assert "Content Security Policy" in str(window.complaints)


def test_filters_narrow_and_count_and_stand_in_the_address(quarters):
    bad = Counter(each.verdict for each in quarter.findings(10_000))[Verdict.OUT_OF_BAND]
    with looking(quarters) as window:
        assert status(window) == "10,000 changes"
        press(window, ".tile", "Out of band")
        assert status(window) == f"{bad:,} of 10,000 changes"
        assert count(window, "#list .change") == 100
        press(window, "[data-key='person alice@example.com']")
        told = status(window)
        assert int(told.split()[0].replace(",", "")) < bad
        assert len(set(texts(window, ".sentence b"))) == 1
        assert "verdict=out-of-band&person=alice%40example.com" in window.ask("location.hash")
        window.open("about:blank")
        window.open(f"{quarters}#verdict=out-of-band&person=alice%40example.com")
        assert status(window) == told
        press(window, ".chips button", "Clear all")
        assert status(window) == "10,000 changes"
        last = window.ask("FINDINGS[FINDINGS.length - 1].id")
        window.open("about:blank")
        window.open(f"{quarters}#finding={last}")
        assert window.ask("document.querySelector('.change.linked').open")
        assert "Page 100 of 100" in text(window, "#pages")
        assert 0 <= window.ask("document.querySelector('.change.linked').getBoundingClientRect().top") < 1000


def test_a_broken_address_shows_everything_and_an_object_is_a_filter(ten):
    with looking(f"{ten}#verdict=nonsense&from=yesterday&finding=zzz&person=__proto__") as window:
        assert status(window) == "10 changes"
        press(window, "[aria-labelledby='facet-object'] li button")
        assert status(window).endswith("of 10 changes")
        assert text(window, "#chips").startswith("Object: ")


def test_it_is_sorted_as_chosen(seen):
    def chosen(order):
        seen.ask(f"byId('order').value = '{order}'; byId('order').dispatchEvent(new Event('change'))")
        return seen.ask("[...document.querySelectorAll('#list time')].map((each) => each.dateTime)")

    assert seen.ask("byId('order').value") == "gravest"
    assert chosen("newest") == sorted(chosen("newest"), reverse=True) == chosen("oldest")[::-1]


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


def test_what_passes_the_filters_is_saved_as_a_file(ten, folder):
    with looking("") as window:
        window.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        window.open(ten)
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


def test_what_is_saved_is_what_the_reports_say_and_no_formula(folder):
    texts = ["=1+1", "@SUM(A1)", "a;=cmd", "-2", "\uff1dx", 'a"b,c', "+x\ny"]
    findings = [*hostile_text.findings(), *map(hostile_text.odd, texts)]
    told = reported(findings, names=hostile_text.NAMES)
    with looking(written(folder, "hostile", findings, names=hostile_text.NAMES)) as window:
        rows = rows_of(window, "asCsv")
        assert len(rows) == len(rows_of(window, "asJsonLines")) == len(findings)
        for row in rows:
            expected = told[row["finding_id"]]
            for name in ("verdict", "resource_id", "resource_type", "region", "managed_by", "event_name"):
                assert row[name][:290] == expected[name][:290]
            assert not any(cell[:1] in {"=", "+", "@", "-"} for cell in row.values())
            assert row.keys() <= expected.keys()


def test_repository_stack_and_owner_are_filters_and_saved(folder):
    elsewhere = address(address="aws_vpc.main", repository="acme/apps", stack="apps", owner="@acme/apps")
    findings = [
        *(replace(each, iac=address(), next_steps=(PLAN, FILE)) for each in many(3)),
        located(elsewhere, finding_id="b" * 32, next_apply=RECREATED),
        finding(finding_id="c" * 32),
        finding(finding_id="d" * 32, **odd_address("<img src=x onerror=alert(1)>")),
    ]
    told, about_iac = reported(findings), COLUMNS[-13:]
    with looking(written(folder, "iac", findings)) as window:
        assert {"Repository", "Stack", "Owner"} <= set(texts(window, ".facet h2"))
        window.ask("state.chosen.owner.add('@acme/net'); changed()")
        assert status(window) == "3 of 6 changes"
        assert "owner=%3D%40acme%2Fnet" in window.ask("location.hash")
        for narrow in ("state.chosen.repository.add(null)", "state.query = 'aws_vpc.main'"):
            window.ask(f"clearFilters(), {narrow}, changed()")
            assert status(window) == "1 of 6 changes"
        window.ask("clearFilters(), changed(), byId('unfold').click()")
        assert COMMAND in text(window, "#list")
        for row in rows_of(window, "asCsv"):
            assert {name for name in row if name.startswith(("iac", "next"))} == set(about_iac)
            for name in about_iac:
                assert row[name].replace(".000Z", "Z") == told[row["finding_id"]][name], name


def test_search_looks_through_names_calls_and_values(seen):
    def found(words):
        seen.ask(f"state.query = {words!r}; changed()")
        return status(seen)

    assert found("no-such-thing") == "0 of 10 changes"
    assert text(seen, "#list").startswith("No change passes these filters.")
    press(seen, "#list button")
    assert status(seen) == "10 changes"
    every = [each for each in quarter.findings(10, days=3) if "GHA-terraform".lower() in str(each.actor)]
    assert found("GHA-terraform") == f"{len(every)} of 10 changes"


def test_a_range_of_time_is_dragged_or_typed(seen):
    left, top, wide, high = seen.ask(
        "(() => { const at = byId('timeline').getBoundingClientRect(); return [at.x, at.y, at.width, at.height]; })()"
    )
    seen.drag((left + wide * 0.5, top + high / 2), (left + wide - 9, top + high / 2))
    assert 0 < int(status(seen).split()[0]) < 10
    assert seen.ask("byId('from').value")
    press(seen, "#range-all")
    assert status(seen) == "10 changes"
    newest = seen.ask("spelled(Math.max(...FINDINGS.map((each) => each.at)))")
    seen.ask(f"byId('from').value = {newest!r}; byId('from').dispatchEvent(new Event('change'))")
    assert status(seen) == "1 of 10 changes"


def test_the_keyboard_is_enough(seen):
    seen.ask("document.querySelector('#list summary').focus()")
    seen.key("Enter")
    assert seen.ask("document.querySelector('#list details').open")
    seen.ask("document.querySelector('.facet li button').focus()")
    seen.key("Enter")
    assert status(seen) != "10 changes"
    assert seen.ask("document.activeElement.getAttribute('aria-pressed')") == "true"
    seen.ask("document.activeElement.blur()")
    seen.key("/")
    assert seen.ask("document.activeElement.id") == "search"
    nameless = seen.ask(
        "[...document.querySelectorAll('button, input, a, summary')].filter((each) => !(each.textContent.trim()"
        " || each.getAttribute('aria-label') || (each.labels && each.labels.length))).length"
    )
    assert (nameless, count(seen, "header, main, footer, aside, nav")) == (0, 5)


def test_before_and_after_are_compared_line_by_line(seen):
    assert seen.ask(
        "(() => { const d = differing(['a', 'b', 'c'], ['a', 'x', 'c', 'd']); return [[...d.was], [...d.is]]; })()"
    ) == [[1], [1, 3]]
    assert seen.ask("(() => { const d = differing(['a'], ['a']); return d.was.size + d.is.size; })()") == 0
    assert seen.ask("differing(Array(500).fill('a'), ['a'])") is None


def test_times_are_shown_in_utc_or_in_the_readers_zone_and_the_theme_can_be_chosen(ten):
    with looking("") as window:
        window.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        window.open(ten)
        utc = text(window, ".change time")
        press(window, "#zone")
        assert (int(utc[:2]) + 9) % 24 == int(text(window, ".change time")[:2])
        moment = window.ask("FINDINGS[0].at")
        assert window.ask("unspelled(spelled(FINDINGS[0].at))") == moment // 60_000 * 60_000
        shades = []
        for theme in ("", "light", "dark", ""):
            assert text(window, "#theme").endswith(theme)
            shades.append(window.ask("getComputedStyle(document.body).backgroundColor"))
            press(window, "#theme")
        assert shades[0] == shades[1] == shades[3] != shades[2]


def test_it_prints_what_is_chosen_on_white(quarters, folder):
    with looking(quarters, dark=True) as window:
        window.ask("state.chosen.verdict.add('unattributed'); changed()")
        window.ask(
            "window.printed = 0; window.addEventListener('beforeprint', () => { printed = document.querySelectorAll('.change').length; })"
        )
        window.paper(folder / "10000.pdf")
        assert window.ask("printed") == int(status(window).split()[0]) > 100
        assert count(window, ".change") == 100
        assert (folder / "10000.pdf").read_bytes()[:5] == b"%PDF-"
