"""The function's log: one object a line, whatever is told and whoever wrote it."""

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.text import json_line
from iacwatch.function import log, report
from iacwatch.logs import NOTICE
from iacwatch.pipeline import case, run


@pytest.fixture
def out():
    """Give what is written, and let the log of the tests be as it was."""
    root, ours, road = (logging.getLogger(name) for name in (None, "iacwatch", "iacwatch.pipeline"))
    before = root.handlers[:], root.level, ours.level, road.level
    yield io.StringIO()
    root.handlers[:] = before[0]
    for logger, level in zip((root, ours, road), before[1:], strict=True):
        logger.setLevel(level)


def lines(out):
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_levels_are_called_as_lambda_calls_them(out):
    log.set_up(out, level="DEBUG", request_id="r-1")
    for level in (logging.DEBUG, logging.INFO, NOTICE, logging.WARNING, logging.ERROR):
        logging.getLogger("iacwatch.x").log(level, "told")
    assert [line["level"] for line in lines(out)] == ["DEBUG", "INFO", "INFO", "WARN", "ERROR"]
    assert {(line["requestId"], line["message"]) for line in lines(out)} == {("r-1", "told")}


def test_a_fault_of_the_road_is_an_error_with_its_traceback_at_any_level(out):
    log.set_up(out, level="INFO", request_id="r")
    fault = ZeroDivisionError("by zero\x1b[31m")
    logging.getLogger("iacwatch.pipeline").debug("a fault in iacwatch", exc_info=fault)
    (line,) = lines(out)
    assert line["level"] == "ERROR"
    assert "ZeroDivisionError: by zero" in line["traceback"][-1]
    assert "\x1b" not in "".join(line["traceback"])


def test_what_is_worth_querying_stands_on_its_own_and_the_loggers_that_queries_filter_on_stay(out):
    log.set_up(out, level="INFO", request_id="r")
    logging.getLogger("iacwatch.x").info("told", extra={"data": {"verdict": "out-of-band", "lags": [1, 2]}})
    (line,) = lines(out)
    assert (line["verdict"], line["lags"]) == ("out-of-band", [1, 2])
    for module, name in ((report, "journal"), (run, "pipeline"), (case, "pipeline")):
        assert module._log.name == f"iacwatch.{name}"


@given(st.text())
def test_whatever_a_stranger_wrote_is_one_line_of_harmless_ascii(text):
    written = json_line({"message": text})
    assert (written.isascii(), written.isprintable()) == (True, True)
    read, wrote = (each.encode("utf-16", "surrogatepass") for each in (json.loads(written)["message"], text))
    assert read == wrote
