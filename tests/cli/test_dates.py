"""What people write for a moment of the past."""

from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.cli.dates import moment
from iacwatch.errors import UsageError
from tests.fixtures.clocks import NOON


def read(text):
    return moment(text, now=NOON, option="--since")


def back(**span):
    return NOON - timedelta(**span)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" 2026-11-01 ", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("2026-11-01t10:00z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("2026-11-01 10:00:00.250+02:00", datetime(2026, 11, 1, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-01T10:00-0530", datetime(2026, 11, 1, 15, 30, tzinfo=UTC)),
        ("7d", back(days=7)),
        ("1d12h", back(hours=36)),
        ("0d", NOON),
        ("3 Hours ago", back(hours=3)),
        ("90minutes", back(minutes=90)),
        ("2 weeks", back(days=14)),
        ("today", NOON.replace(hour=0)),
        ("Yesterday", NOON.replace(hour=0) - timedelta(days=1)),
    ],
)
def test_a_date_a_time_with_its_zone_or_a_span_is_a_moment(text, meant):
    assert read(text) == meant
    assert read(text).utcoffset() == timedelta(0)


ODD = (
    *("", "tomorrow", "two days", "2 months", "2  days", "7", "7w", "h", "-7d", "12h1d"),
    *("2026-13-01", "2026-02-30", "20261101", "\u0661d", "7d\x1b[m"),
)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("2026-11-01T10:00:00", "2026-11-01 10:00"), r"has no time zone; write .*Z, or \+02:00 after it"),
        (ODD, r"--since .* is not a time; write 2026-11-20"),
        (("0001-01-01", "1969-12-31T23:00Z", "0020-11-01"), r"--since .* lies before 1970; write 2026-11-20"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(texts, said):
    for text in texts:
        with pytest.raises(UsageError, match=said) as refused:
            read(text)
        assert "\x1b" not in str(refused.value)


def test_a_span_longer_than_all_time_is_refused():
    with pytest.raises(UsageError):
        moment("9999d", now=datetime(1, 1, 2, tzinfo=UTC), option="--since")
