"""A table of CloudTrail's, as the catalog declares it: what can be had from it, and how it is cut."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.aws.cloudtrail_partitions import partitions, values
from iacwatch.aws.cloudtrail_table import declared, shape
from iacwatch.errors import ParseError
from tests.fixtures.athena import tables

DAYS = [date(2026, 3, 9), date(2026, 11, 20)]


def table(columns=tables.WHOLE, keys=(), properties=None):
    listed = [[{"Name": name, "Type": kind} for name, kind in dict(told).items()] for told in (columns, keys)]
    return declared({"Columns": listed[0], "PartitionKeys": listed[1], "Parameters": properties or {}})


NO_TYPES = ("", "struct<", "struct<a>", "struct<a:string", "map<string", "<>", "struct<a:string>>", "," * 9)
DEEP = ("array<" * 500 + "string" + ">" * 500, "struct<a:" * 30_000)


@pytest.mark.parametrize("text", [*NO_TYPES, *DEEP])
def test_a_type_that_is_none_or_nested_beyond_all_bounds_is_refused(text):
    with pytest.raises(ParseError):
        shape(text)


@given(st.text(alphabet='struct<>map:,()array`" \n' + "é", max_size=60))
def test_any_type_is_read_or_refused(text):
    try:
        shape(text)
    except ParseError as error:
        assert str(error)


def test_a_whole_table_lacks_nothing_and_awss_own_statement_some_of_what_matters():
    assert (table().missing, table().lost) == ((), ())
    official = table(tables.OFFICIAL)
    assert official.missing == ()
    assert official.lost == (
        "useridentity.sessioncontext.sourceidentity",
        "useridentity.inscopeof.issuertype",
        "sessioncredentialfromconsole",
        "eventcategory",
    )
    assert not official.separates_data_events


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("yyyy/MM/dd", ("2026/03/09", "2026/11/20")),
        ("yyyy-MM-dd", ("2026-03-09", "2026-11-20")),
        ("yyyy/MM", ("2026/03", "2026/11")),
        ("'d'yyyy", ("d2026",)),
    ],
)
def test_a_projections_days_are_written_as_the_table_says(form, told):
    cut = partitions(table(keys={"day": "string"}, properties=tables.projected("day", form)))
    assert values(cut.formats, DAYS) == told
    assert cut.by_day


@pytest.mark.parametrize("form", ["dd/MM", "yyyy-MM-dd'T'HH:mm", "EEE yyyy", "HH/yyyy/MM/dd", "yyyy/HH", ""])
def test_a_format_that_is_not_understood_prunes_nothing(form):
    cut = partitions(table(keys={"day": "string"}, properties=tables.projected("day", form)))
    assert cut.date is None
