"""The function's logs name their loggers as the manual does, wherever the code lies."""

import pytest

from iacwatch.function import report
from iacwatch.pipeline import case, run


@pytest.mark.parametrize(
    ("module", "name"),
    [(report, "iacwatch.journal"), (run, "iacwatch.pipeline"), (case, "iacwatch.pipeline")],
)
def test_the_names_that_queries_on_the_log_filter_on_stay(module, name):
    assert module._log.name == name
