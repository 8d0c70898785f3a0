"""The page in a real browser: it logs no error, loads nothing, stays quick to use, and can be read.

Needs Debian's `chromium-headless-shell` (or `chromium`) on the PATH, and skips without. Set IACWATCH_PICTURES to a
folder to keep the pictures.
"""

import csv
import io
import json
import os
import struct
import zlib
from collections import Counter
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


@pytest.fixture
def seen(ten):
    """Give the page of ten changes in a browser; whatever it complains of fails the test."""
    with browser.Browser() as window:
        window.open(ten)
        yield window
        assert window.complaints == []


def lines(picture):
    """Return how many different lines of pixels a PNG has, of eight bits a channel: a blank page has one."""
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind in {2, 6}) == (8, True)
    place, packed = 8, b""
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        packed += data[place + 8 : place + 8 + size] if name == b"IDAT" else b""
        place += size + 12
    raw = zlib.decompress(packed)
    stride = width * (3 if kind == 2 else 4) + 1
    return len({raw[row * stride : (row + 1) * stride] for row in range(height)})


def status(window):
    return window.ask("byId('status').textContent")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("size", "width"), [("10", 1360), ("10", 390), ("10000", 1360)])
def test_it_is_drawn_without_a_complaint(request, folder, size, dark, width):
    address = request.getfixturevalue("ten" if size == "10" else "quarters")
    with browser.Browser(width=width, height=1400, dark=dark) as window:
        window.open(address)
        picture = folder / f"{size}-{width}-{'dark' if dark else 'light'}.png"
        window.picture(picture)
        assert lines(picture) > 100
        assert window.ask("document.documentElement.scrollWidth <= innerWidth")
        window.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        window.ask("new Promise((done) => setTimeout(done, 300))")
        assert window.ask(CONTRAST) == []
        assert window.complaints == []


def test_nothing_of_strangers_runs_or_becomes_markup(folder):
    address = written(folder, "hostile", hostile_text.findings(), names=hostile_text.NAMES)
    with browser.Browser() as window:
        window.open(address)
        window.ask("byId('unfold').click()")
        window.ask("new Promise((done) => setTimeout(done, 500))")
        window.ask("document.querySelectorAll('.more').forEach((each) => each.click())")
        assert window.ask("document.querySelectorAll('#list details[open] .detail').length") == len(
            hostile_text.findings()
        )
        tags = set(
            window.ask("[...new Set([...document.body.querySelectorAll('*')].map((each) => each.localName))]")
        )
        assert tags.isdisjoint({"img", "iframe", "form", "object", "embed", "meta", "base", "style"})
        assert window.ask("document.scripts.length") == 2
        assert window.ask("document.querySelectorAll('h1').length") == 1
        names = window.ask("[...document.querySelectorAll('*')].flatMap((each) => each.getAttributeNames())")
        assert [name for name in set(names) if name.startswith("on") or name in {"style", "src"}] == []
        links = window.ask(
            "[...document.querySelectorAll('a')].map((each) => [each.getAttribute('href'), each.rel])"
        )
        outside = [(href, rel) for href, rel in links if not href.startswith("#")]
        assert len(outside) > 20
        for href, rel in outside:
            assert href.startswith("https://")
            assert href.split("/")[2].endswith(".console.aws.amazon.com")
            assert rel == "noopener noreferrer"
        assert "<img src=x onerror=alert(1)>" in window.ask("byId('list').textContent")
        assert window.complaints == []


def test_the_policy_holds_in_the_browser(ten, folder):
    text = (folder / "10.html").read_text(encoding="utf-8")
    bad = folder / "planted.html"
    bad.write_text(
        text.replace("</body>", "<script>window.planted = 1</script><img src=x onerror='planted = 1'></body>")
    )
    with browser.Browser() as window:
        window.open(bad.as_uri())
        assert window.ask("window.planted === undefined")
        assert window.ask(
            "(() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } })()"
        )
        assert "Content Security Policy" in str(window.complaints)


def test_filters_narrow_and_count(quarters):
    verdicts = Counter(each.verdict for each in quarter.findings(10_000))
    with browser.Browser() as window:
        window.open(quarters)
        assert status(window) == "10,000 changes"
        window.ask(
            "[...document.querySelectorAll('.tile')].find((each) => each.textContent.includes('Out of band')).click()"
        )
        bad = verdicts[Verdict.OUT_OF_BAND]
        assert status(window) == f"{bad:,} of 10,000 changes"
        assert window.ask("document.querySelectorAll('#list .change').length") == 100
        window.ask("document.querySelector('[data-key=\"person alice@example.com\"]').click()")
        told = status(window)
        assert int(told.split()[0].replace(",", "")) < bad
        assert (
            window.ask(
                "new Set([...document.querySelectorAll('.sentence b')].map((each) => each.textContent)).size"
            )
            == 1
        )
        assert "verdict=out-of-band&person=alice%40example.com" in window.ask("location.hash")
        window.open("about:blank")
        window.open(f"{quarters}#verdict=out-of-band&person=alice%40example.com")
        assert status(window) == told
        window.ask(
            "[...document.querySelectorAll('.chips button')].find((each) => each.textContent === 'Clear all').click()"
        )
        assert status(window) == "10,000 changes"
        assert window.complaints == []


def test_it_is_sorted_by_gravity_and_by_time(seen):
    def chosen(order):
        seen.ask(f"byId('order').value = '{order}'; byId('order').dispatchEvent(new Event('change'))")
        return seen.ask("[...document.querySelectorAll('#list time')].map((each) => each.dateTime)")

    assert seen.ask("byId('order').value") == "gravest"
    headings = seen.ask("[...document.querySelectorAll('h3.day')].map((each) => each.firstChild.data)")
    known = seen.ask("DATA.gravities")
    assert headings == sorted(set(headings), key=known.index)
    assert chosen("newest") == sorted(chosen("oldest"), reverse=True)
    assert chosen("oldest") == sorted(chosen("newest"))


def test_an_object_is_a_filter(seen):
    seen.ask("document.querySelector('[aria-labelledby=\"facet-object\"] li button').click()")
    assert status(seen).endswith("of 10 changes")
    assert seen.ask("byId('chips').textContent").startswith("Object: ")
    seen.ask("location.reload()")


def rows_of(window, name):
    """Return the rows of what a button would save."""
    text = window.ask(f"{name}(ordered(selection.found))")
    if name == "asJsonLines":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_what_passes_the_filters_is_saved_as_a_file(ten, folder):
    with browser.Browser() as window:
        window.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        window.open(ten)
        window.ask("state.chosen.verdict.add('out-of-band'); changed()")
        some = int(status(window).split()[0])
        for ending in ("csv", "jsonl"):
            window.ask(f"byId('{ending}').click()")
            file = folder / f"iacwatch-findings.{ending}"
            for _ in range(50):
                if file.exists() and file.stat().st_size:
                    break
                window.ask("new Promise((done) => setTimeout(done, 100))")
            assert len(file.read_text(encoding="utf-8").splitlines()) == some + (ending == "csv")
        assert window.complaints == []


def test_what_is_saved_is_what_the_reports_say_and_no_formula(folder):
    texts = ["=1+1", "@SUM(A1)", "a;=cmd", "-2", "\uff1dx", 'a"b,c', "+x\ny"]
    findings = [*hostile_text.findings(), *(each for text in texts for each in [hostile_text.odd(text)])]
    out = io.StringIO(newline="")
    report = CsvReport(out=out, style=ReportStyle(names=hostile_text.NAMES))
    report.emit(findings)
    told = {row["finding_id"]: row for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))}
    with browser.Browser() as window:
        window.open(written(folder, "hostile", findings, names=hostile_text.NAMES))
        rows, records = rows_of(window, "asCsv"), rows_of(window, "asJsonLines")
        assert len(rows) == len(records) == len(findings)
        for row in rows:
            for name in ("verdict", "resource_id", "resource_type", "region", "managed_by", "event_name"):
                assert row[name][:290] == told[row["finding_id"]][name][:290]
            assert not any(text[:1] in {"=", "+", "@", "-"} for text in row.values())
            assert row.keys() <= told[row["finding_id"]].keys()
        assert window.complaints == []


def test_repository_stack_and_owner_are_filters_and_saved(folder):
    elsewhere = address(address="aws_vpc.main", repository="acme/apps", stack="apps", owner="@acme/apps")
    findings = [
        *(replace(each, iac=address(), next_steps=(PLAN, FILE)) for each in many(3)),
        located(elsewhere, finding_id="b" * 32, next_apply=RECREATED),
        finding(finding_id="c" * 32),
        finding(finding_id="d" * 32, **odd_address("<img src=x onerror=alert(1)>")),
    ]
    out = io.StringIO(newline="")
    CsvReport(out=out).emit(findings)
    told = {row["finding_id"]: row for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))}
    with browser.Browser() as window:
        window.open(written(folder, "iac", findings))
        titles = window.ask("[...document.querySelectorAll('.facet h2')].map((each) => each.textContent)")
        assert {"Repository", "Stack", "Owner"} <= set(titles)
        window.ask("state.chosen.owner.add('@acme/net'); changed()")
        assert status(window) == "3 of 6 changes"
        assert "owner=%3D%40acme%2Fnet" in window.ask("location.hash")
        window.ask("clearFilters(), state.chosen.repository.add(null), changed()")
        assert status(window) == "1 of 6 changes"
        window.ask("clearFilters(), state.query = 'aws_vpc.main', changed()")
        assert status(window) == "1 of 6 changes"
        window.ask("clearFilters(), changed(), byId('unfold').click()")
        assert COMMAND in window.ask("document.querySelector('#list').textContent")
        for row in rows_of(window, "asCsv"):
            assert {name for name in row if name.startswith(("iac", "next"))} == set(COLUMNS[-13:])
            for name in COLUMNS[-13:]:
                assert row[name].replace(".000Z", "Z") == told[row["finding_id"]][name], name
        assert window.complaints == []


def test_search_looks_through_names_calls_and_values(seen):
    def found(text):
        seen.ask(f"state.query = {text!r}; changed()")
        return status(seen)

    assert found("no-such-thing") == "0 of 10 changes"
    assert seen.ask("byId('list').textContent").startswith("No change passes these filters.")
    seen.ask("byId('list').querySelector('button').click()")
    assert status(seen) == "10 changes"
    every = [each for each in quarter.findings(10, days=3) if "GHA-terraform".lower() in str(each.actor)]
    assert found("GHA-terraform") == f"{len(every)} of 10 changes"


def test_a_range_of_time_is_dragged_or_typed(seen):
    box = seen.ask(
        "(() => { const at = byId('timeline').getBoundingClientRect(); return [at.x, at.y, at.width, at.height]; })()"
    )
    left, top, wide, high = box
    seen.drag((left + wide * 0.5, top + high / 2), (left + wide - 9, top + high / 2))
    some = int(status(seen).split()[0])
    assert 0 < some < 10
    assert seen.ask("byId('from').value")
    seen.ask("byId('range-all').click()")
    assert status(seen) == "10 changes"
    newest = seen.ask("spelled(Math.max(...FINDINGS.map((each) => each.at)))")
    seen.ask(f"byId('from').value = {newest!r}; byId('from').dispatchEvent(new Event('change'))")
    assert status(seen) == "1 of 10 changes"


def test_a_change_can_be_linked_to(quarters):
    with browser.Browser() as window:
        window.open(quarters)
        last = window.ask("FINDINGS[FINDINGS.length - 1].id")
        window.open("about:blank")
        window.open(f"{quarters}#finding={last}")
        assert window.ask("document.querySelector('.change.linked').open")
        assert "Page 100 of 100" in window.ask("byId('pages').textContent")
        top = window.ask("document.querySelector('.change.linked').getBoundingClientRect().top")
        assert 0 <= top < 1000
        assert window.complaints == []


def test_a_broken_address_shows_everything(ten):
    with browser.Browser() as window:
        window.open(f"{ten}#verdict=nonsense&from=yesterday&finding=zzz&person=__proto__")
        assert status(window) == "10 changes"
        assert window.complaints == []


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
    names = seen.ask(
        "[...document.querySelectorAll('button, input, a, summary')].filter((each) => !(each.textContent.trim()"
        " || each.getAttribute('aria-label') || (each.labels && each.labels.length))).length"
    )
    assert names == 0
    assert seen.ask("[...document.querySelectorAll('header, main, footer, aside, nav')].length") == 5


def test_before_and_after_are_compared_line_by_line(seen):
    changed = seen.ask(
        "(() => { const d = differing(['a', 'b', 'c'], ['a', 'x', 'c', 'd']); return [[...d.was], [...d.is]]; })()"
    )
    assert changed == [[1], [1, 3]]
    assert seen.ask("(() => { const d = differing(['a'], ['a']); return d.was.size + d.is.size; })()") == 0
    assert seen.ask("differing(Array(500).fill('a'), ['a'])") is None


def test_times_are_shown_in_utc_or_in_the_readers_zone(ten):
    with browser.Browser() as window:
        window.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        window.open(ten)
        utc = window.ask("document.querySelector('.change time').textContent")
        window.ask("byId('zone').click()")
        local = window.ask("document.querySelector('.change time').textContent")
        assert (int(utc[:2]) + 9) % 24 == int(local[:2])
        moment = window.ask("FINDINGS[0].at")
        assert window.ask("unspelled(spelled(FINDINGS[0].at))") == moment // 60_000 * 60_000
        assert window.complaints == []


def test_the_theme_can_be_chosen(seen):
    def background():
        return seen.ask("getComputedStyle(document.body).backgroundColor")

    bright = background()
    seen.ask("byId('theme').click(); byId('theme').click()")
    assert seen.ask("byId('theme').textContent") == "Theme: dark"
    assert background() != bright
    seen.ask("byId('theme').click()")
    assert background() == bright


def test_it_prints_what_is_chosen_on_white(quarters, folder):
    with browser.Browser(dark=True) as window:
        window.open(quarters)
        window.ask("state.chosen.verdict.add('unattributed'); changed()")
        window.ask(
            "window.printed = 0; window.addEventListener('beforeprint', () => { printed = document.querySelectorAll('.change').length; })"
        )
        window.paper(folder / "10000.pdf")
        chosen = int(status(window).split()[0])
        assert window.ask("printed") == chosen > 100
        assert window.ask("document.querySelectorAll('.change').length") == 100
        assert (folder / "10000.pdf").read_bytes()[:5] == b"%PDF-"
        assert window.complaints == []


def test_an_empty_page_is_quiet(folder):
    with browser.Browser() as window:
        window.open(written(folder, "0", []))
        assert window.ask("document.querySelector('h1').textContent") == "No changes to report"
        assert window.ask("byId('app').checkVisibility()") is False
        assert window.complaints == []
