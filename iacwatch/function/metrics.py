"""The figures of one invocation as CloudWatch metrics, in its embedded metric format.

A line of a function's log in this format becomes metrics by itself: no agent, no layer, no call. A document
holds one value of each dimension, so that each verdict has a document of its own.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.pipeline.summary import Summary

NAMESPACE: Final = "iacwatch"
_FUNCTION: Final = "FunctionName"
_VERDICT: Final = "Verdict"
_MOST_VALUES: Final = 100
"""Values of one metric in one document."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def documents(
    totals: Summary, lags: Sequence[float], *, unsettled: int, function: str, request_id: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the documents of what was counted; `lags` are seconds from capture to report.

    `unsettled` counts messages that were given back, since the time ran out or a fault struck.

    Counts of zero are written too, so that an alarm sees a zero and not a gap; verdicts that did not occur
    are left out.
    """
    common = {_FUNCTION: function, "requestId": request_id}
    counts = {
        "Deferred": totals.deferred,
        "Failed": totals.failed,
        "Ignored": sum(totals.skipped.values()),
        "Duplicates": totals.duplicates,
        "Lookups": totals.lookups,
        "GivenBack": unsettled,
    }
    yield _document(counts, "Count", common, now)
    for verdict, count in totals.findings.items():
        if count:
            yield _document({"Findings": count}, "Count", {**common, _VERDICT: str(verdict)}, now)
    for start in range(0, len(lags), _MOST_VALUES):
        yield _document({"LagSeconds": list(lags[start : start + _MOST_VALUES])}, "Seconds", common, now)


def _document(
    values: Mapping[str, Any], unit: str, properties: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    dimensions = [name for name in (_FUNCTION, _VERDICT) if name in properties]
    return {
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": "INFO",
        "_aws": {
            "Timestamp": (now - _EPOCH) // _MILLISECOND,
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [dimensions],
                    "Metrics": [{"Name": name, "Unit": unit} for name in values],
                }
            ],
        },
        **properties,
        **values,
    }
