"""A finding that was kept is reported as it was then, in every format; what was redacted stays so."""

import json
from io import StringIO

import pytest

from iacwatch.app.sinks import FORMATS
from iacwatch.core.iac import Precision
from iacwatch.core.model import ChangeType, Evidence, Managed
from iacwatch.core.present.kept import finding_of, kept
from iacwatch.core.present.record import record, shortened
from iacwatch.core.text import json_line
from iacwatch.errors import ParseError
from tests.fixtures import builders as make
from tests.fixtures import hostile_text
from tests.fixtures.located import PLAN, RECREATED, address, located, odd_address
from tests.laws.sinks import report

GLOBAL = make.resource(type="AWS::IAM::Role", id="AROA1", region="global", recorded_in="eu-west-1", arn=None)
TOKENS = ({"variables": {"TOKEN": value}} for value in ("was-old", "is-new"))
SECRETS = (
    make.entry("Configuration.environment", *TOKENS),
    make.entry("Configuration.masterUserPassword", None, "hunter2"),
    make.entry("Configuration.policy", "a" * 4_000, "c" * 4_000),
)
FINDINGS = {
    "a pipeline": make.behind("gha-terraform-prod", others=(make.match(), make.match(event=make.event(event_id="two")))),
    "nobody": make.unattributed(leads=(make.lead(), make.lead("too late", event_name="UpdateFunctionCode20150331v2", name="UpdateFunctionCode"))),
    "the tag taken away": make.finding(managed=Managed(value="x", evidence=Evidence.PREVIOUS_TAGS, removed=True)),
    "the tag changed": make.finding(managed=Managed(value="x", evidence=Evidence.TAGS, new_value="y")),
    "a deletion": make.finding(change=make.change(change_type=ChangeType.DELETE)),
    "a global type": make.finding(change=make.change(resource=GLOBAL)),
    "all of an address": located(address(also=("aws_b.c", "aws_d.e"), disagreement="a tag names acme/apps")),
    "a stack alone": located(address(engine=None, address=None, precision=Precision.STACK, seen_at=None), next_apply=RECREATED),
    "no address, and what follows": make.finding(next_apply=RECREATED, next_steps=(PLAN,)),
    **{f"hostile address {at}": make.finding(**odd_address(text)) for at, text in enumerate(hostile_text.TEXTS)},
    "secrets": make.finding(change=make.change(diff=SECRETS)),
    **{f"hostile {place}": each for place, each in enumerate(hostile_text.findings())},
}  # fmt: skip


def through_a_store(what, **redact):
    return finding_of(json.loads(json_line(kept(what, **redact))))


@pytest.mark.parametrize("what", FINDINGS.values(), ids=FINDINGS)
def test_every_report_of_what_was_kept_is_the_one_of_then(what):
    again = through_a_store(what)
    assert record(again) == record(what)
    for form in FORMATS:
        texts = []
        for each in (what, again):
            sink = report(form, out := StringIO(), width=200)
            sink.emit([each])
            sink.close()
            texts.append(out.getvalue())
        assert texts[0] == texts[1]


def test_what_is_redacted_is_not_kept_and_what_is_redacted_later_is_not_shown():
    stored = json_line(kept(FINDINGS["secrets"], redact=["Configuration.policy"]))
    for secret in ("was-old", "is-new", "hunter2", "aaaa", "cccc"):
        assert secret not in stored
    # What was cut once is not cut again.
    cut = make.finding(
        change=make.change(diff=(make.entry("Configuration.rules", ["x" * 40_000], {"a": "y" * 40_000}),))
    )
    assert record(through_a_store(cut)) == record(cut)
    again = through_a_store(make.finding(change=make.change(diff=(make.entry("Configuration.size", 1, 2),))))
    (shown,) = record(again, redact=["configuration.size"])["change"]["changed_properties"]
    assert (shown["previous"], shown["updated"]) == ("(redacted)", "(redacted)")


def test_a_record_that_is_too_large_loses_its_values_first_and_then_ever_more_entries():
    diff = tuple(make.entry(f"Configuration.p{number}", "x" * 500, "y") for number in range(100))
    also = tuple(f"aws_a.b[{number}]" for number in range(500))
    whole = record(located(address(also=also), change=make.change(diff=diff)))
    short, less, least = (
        shortened(whole, lambda document, most=most: len(json_line(document)) <= most)
        for most in (30_000, 10_000, 10)
    )
    assert list(short) == [*whole, "shortened"]
    assert {**short, "change": None} == {**whole, "change": None, "shortened": True}
    listed = [tuple(each.values()) for each in short["change"]["changed_properties"]]
    assert listed == [(f"Configuration.p{number}", "UPDATE", None, None) for number in range(100)]
    assert whole["change"]["changed_properties"][0]["previous"] == "x" * 500
    assert (len(less["change"]["changed_properties"]), len(less["iac"]["also"])) == (25, 125)
    assert (least["change"]["changed_properties"], least["iac"]["also"], least["next_steps"]) == ([], [], [])
    assert {**least["iac"], "also": None} == {**whole["iac"], "also": None}


def test_a_shortened_record_says_of_each_value_that_it_is_not_kept():
    values = {"a": (1, 2), "b": (None, 3), "c": (4, None)}
    diff = tuple(make.entry(f"Configuration.{name}", *each) for name, each in values.items())
    document = kept(make.finding(change=make.change(diff=diff)))
    document["record"] = shortened(document["record"], lambda _: True)
    gone = "(too large to be kept)"
    told = [(each.previous, each.updated) for each in finding_of(document).change.diff]
    assert told == [(gone, gone), (None, gone), (gone, None)]


def test_what_is_no_record_of_ours_is_a_sentence():
    for path, value in (
        ("record", ...),
        ("record.actor", ...),
        ("record.change.captured_at", "2026-11-20"),
        ("record.event.lag_s", 10**30),
        ("record.next_apply", {"does": "of the future", "rule": "", "reason": ""}),
        ("record.iac", {"engine": "terraform"}),
        ("iac", {"unheard_of": 1}),
    ):
        document = json.loads(json_line(kept(located())))
        within = document
        *above, last = path.split(".")
        for key in above:
            within = within[key]
        within.pop(last, None)
        within.update({last: value} if value is not ... else {})
        with pytest.raises(ParseError, match="a kept record cannot be read; update iacwatch"):
            finding_of(document)


def test_what_was_kept_before_addresses_were_known_says_nothing_of_them():
    document = json.loads(json_line(kept(located())))
    for key in ("iac", "next_apply", "next_steps"):
        del document["record"][key]
    del document["iac"]
    assert record(finding_of(document)) == record(make.finding())
