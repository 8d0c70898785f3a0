"""GitHub Actions: strangers' text gives the runner no commands; findings become annotations and a summary."""

import io
import re

import pytest

from iacwatch.cli.github_actions import GuardedStream
from iacwatch.core.model import ChangeType
from iacwatch.sinks import github_actions
from iacwatch.sinks.github_actions import Annotations, JobSummary
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.builders import change, finding, many, resource, unattributed
from tests.fixtures.clocks import TickingClock
from tests.fixtures.hostile_text import TEXTS
from tests.fixtures.hostile_text import findings as hostile
from tests.fixtures.located import ADDRESS, address, located, odd_address

ATTACKS = (
    "::error::pwned",
    "  ::set-env name=PATH::/tmp",
    "\t::add-mask::x",
    "\u2003::stop-commands::x",
    "text\r::error::x",
    "text ##[error]x",
    "##[set-env name=PATH;]/tmp",
    "a\n\n   ::warning file=x::y",
    "####[group]x",
)


def obeyed(text):
    """Return the lines that the runner takes for commands, as its source reads them."""
    lines = re.split(r"\r\n|\r|\n", text)
    return [line for line in lines if line.strip().startswith("::") or "##[" in line]


def guarded(*pieces, flushed=False):
    raw = io.BytesIO()
    stream = GuardedStream(io.TextIOWrapper(raw, encoding="utf-8"))
    for piece in pieces:
        stream.write(piece)
        if flushed:
            stream.flush()
    stream.flush()
    return raw.getvalue().decode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_line_of_a_stranger_is_obeyed(attack):
    assert obeyed(f"{attack}\n")
    assert obeyed(guarded(f"{attack}\n")) == []
    assert obeyed(guarded(*attack, "\n")) == []
    assert obeyed(guarded(attack, flushed=True)) == []


def test_other_text_stays_as_it_is_and_our_own_commands_stand_on_lines_of_their_own():
    text = "arn:aws:iam::111122223333:role/x # [ok] ä\n\n  indented: ::\n"
    assert guarded(text) == text
    assert guarded(*text) == text
    raw = io.BytesIO()
    stream = GuardedStream(io.TextIOWrapper(raw, encoding="utf-8"))
    stream.write("before\n")
    stream.command("::warning::x")
    stream.write("after\n")
    stream.flush()
    assert raw.getvalue() == b"before\n::warning::x\nafter\n"


def annotated(*findings, failing=(), repository=""):
    lines, how = [], {"style": ReportStyle(), "clock": TickingClock(), "repository": repository}
    Annotations(write=lines.append, failing=failing, **how).emit(findings)
    return lines


def test_what_fails_the_run_is_an_error_and_the_rest_warns_the_gravest_first_since_ten_are_shown():
    first, second = annotated(finding(), unattributed(), failing={"out-of-band"})
    assert first.startswith("::error title=iacwatch%3A out of band::alice@example.com ")
    assert second.startswith("::warning title=iacwatch%3A unattributed::Nobody found who ")
    first, *others = annotated(*many(10), finding(change=change(change_type=ChangeType.DELETE)))
    assert "deleted security group" in first
    assert len(others) == 10


@pytest.mark.parametrize("text", [*TEXTS, *ATTACKS, "a,title=x", "100%25 %0A::error::x"])
def test_hostile_names_and_addresses_stay_in_their_annotation(text):
    (name,) = annotated(finding(change=change(resource=resource(name=text))))
    (place,) = annotated(finding(**odd_address(text)), repository=text)
    for line in (name, place):
        assert len(re.split(r"[\r\n]", line)) == 1
        assert "##[" not in line
        assert re.fullmatch(r"::warning (file=[^:,\r\n]+,)?title=iacwatch%3A out of band::.*", line)
        assert "%" not in re.sub(r"%(25|0D|0A|3A|2C)", "", line)


@pytest.mark.parametrize(
    ("what", "repository", "file"),
    [
        (located(), "acme/infra", "file=live/prod/net,"),
        (located(), "Acme/Infra", "file=live/prod/net,"),
        (located(address(path="net/main,v2:x.tf")), "acme/infra", "file=net/main%2Cv2%3Ax.tf,"),
        (located(), "acme/other", ""),
        (located(), "", ""),
        (finding(), "acme/infra", ""),
        (located(address(repository=None)), "acme/infra", ""),
        (located(address(path=None)), "acme/infra", ""),
        (located(address(path="/etc/passwd")), "acme/infra", ""),
        (located(address(path="a/../../b")), "acme/infra", ""),
        (located(address(path="a\nb")), "acme/infra", ""),
        (located(address(path="a##[b")), "acme/infra", ""),
    ],
)
def test_what_lives_in_the_jobs_own_repository_is_annotated_beside_its_file(what, repository, file):
    (line,) = annotated(what, repository=repository)
    assert line.startswith(f"::warning {file}title=iacwatch%3A out of band::alice@example.com ")
    assert (f"; in IaC: {ADDRESS}, " in line) is (what.iac is not None)


def test_the_summary_is_appended_and_never_too_large(tmp_path, monkeypatch):
    assert github_actions.MOST_BYTES < 1024 * 1024  # GitHub's own limit
    monkeypatch.setattr(github_actions, "MOST_BYTES", 50_000)
    page = tmp_path / "summary.md"
    page.write_text("# Of an earlier step\n")
    sink = JobSummary(page, style=ReportStyle())
    sink.emit(many(200))
    sink.emit(hostile())
    sink.close()
    text = page.read_text()
    assert text.startswith("# Of an earlier step\n")
    assert 40_000 < len(text.encode()) < 54_000
    assert re.search(r"\n\d+ more lines do not fit here", text)


def test_a_summary_that_cannot_be_written_holds_nothing_up(tmp_path, caplog):
    sink = JobSummary(tmp_path / "missing" / "summary.md", style=ReportStyle())
    sink.emit([finding()])
    sink.close()
    assert "cannot write the job's summary" in caplog.text
