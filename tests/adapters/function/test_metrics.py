"""Metrics in CloudWatch's embedded format: documents that CloudWatch takes, whatever was counted."""

import json
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from iacwatch.core.model import Verdict
from iacwatch.function.metrics import documents
from iacwatch.pipeline.summary import Summary
from tests.fixtures.clocks import NOON

MOST_VALUES = 100
UNITS = {"Count", "Seconds"}


def made(totals, lags=()):
    return list(documents(totals, lags, unsettled=3, function="iacwatch", request_id="r-1", now=NOON))


def metrics(found):
    """Return each metric by name and dimensions, as CloudWatch reads documents."""
    values = {}
    for document in found:
        for block in document["_aws"]["CloudWatchMetrics"]:
            for dimensions in block["Dimensions"]:
                for metric in block["Metrics"]:
                    where = tuple(document[name] for name in dimensions)
                    values.setdefault((metric["Name"], *where), []).append(document[metric["Name"]])
    return values


def test_each_verdict_has_its_own_value_and_what_was_ignored_is_one_number():
    counted = Counter({Verdict.OUT_OF_BAND: 2, Verdict.IN_WORKFLOW: 5, Verdict.SIDE_EFFECT: 0})
    found = metrics(made(Summary(findings=counted, skipped=Counter({"unmanaged": 3, "no-change": 4}))))
    assert {name: value for name, value in found.items() if name[0] in {"Findings", "Ignored"}} == {
        ("Findings", "iacwatch", "out-of-band"): [2],
        ("Findings", "iacwatch", "in-workflow"): [5],
        ("Ignored", "iacwatch"): [7],
    }


@example(Summary(), [1.0] * 350)
@given(
    st.builds(
        Summary,
        deliveries=st.integers(0, 10_000),
        findings=st.dictionaries(st.sampled_from(Verdict), st.integers(0, 9_999)).map(Counter),
        failed=st.integers(0, 9_999),
        lookups=st.integers(0, 9_999),
    ),
    st.lists(st.floats(-60, 10**6), max_size=350),
)
def test_whatever_was_counted_the_documents_keep_to_the_format(totals, lags):
    found = made(totals, lags)
    for document in found:
        assert document["_aws"]["Timestamp"] == int(NOON.timestamp() * 1_000)
        assert len(json.dumps(document)) < 256_000
        for block in document["_aws"]["CloudWatchMetrics"]:
            assert block["Namespace"] == "iacwatch"
            for dimensions in block["Dimensions"]:
                assert 1 <= len(dimensions) <= 30
                assert all(isinstance(document[name], str) and document[name] for name in dimensions)
            for metric in block["Metrics"]:
                assert metric["Unit"] in UNITS
                value = document[metric["Name"]]
                assert isinstance(value, int | float) or 1 <= len(value) <= MOST_VALUES
    told = [lag for some in metrics(found).get(("LagSeconds", "iacwatch"), []) for lag in some]
    assert told == lags
