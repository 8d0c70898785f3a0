"""Where an object lives in IaC, in words: what is known is said once, and what is to be pasted is whole."""

from datetime import timedelta

from iacwatch.core import iac
from iacwatch.core.addresses.choose import Located
from iacwatch.core.addresses.provenance import Provenance
from iacwatch.core.addresses.sorted_rows import SortedRows
from iacwatch.core.addresses.stack_tags import StackMark
from iacwatch.core.iac import Does, NextApply, NextStep
from iacwatch.core.present import address as words
from iacwatch.core.present import located as explained
from tests.fixtures.builders import finding
from tests.fixtures.located import ADDRESS, COMMAND, FILE_URL, RECREATED, SEEN_AT, UNKNOWN, address, located

NOWHERE = {"directory": None, "path": None, "stack": None, "repository": None}


def shown(phrase):
    """Return a phrase with what strangers may have written in brackets."""
    return " ".join(f"<{part.text}>" if part.code else part.text for part in phrase)


def test_what_is_known_is_said_and_nothing_else():
    for fields, facts in (
        ({}, [f"<{ADDRESS}>", "<live/prod/net> of <acme/infra>", "owned by <@acme/net>", "as of 2026-11-18 09:00"]),
        ({"also": ("a", "b")}, [f"<{ADDRESS}> and 2 more"]),
        ({"precision": iac.Precision.BLOCK}, [f"block <{ADDRESS}>"]),
        ({"address": None, **NOWHERE, "stack": "net"}, ["stack <net>", "owned by <@acme/net>"]),
        ({"address": None, **NOWHERE, "owner": None, "seen_at": None}, []),
        ({"directory": None, "path": "net/main.tf"}, [f"<{ADDRESS}>", "<net/main.tf> of <acme/infra>"]),
        ({"owner": "a\nb\u202e"}, [f"<{ADDRESS}>", "<live/prod/net> of <acme/infra>", "owned by <a b>"]),
    ):  # fmt: skip
        told = [shown(fact) for fact in words.facts(address(**fields))]
        assert told[: len(facts)] == facts
        assert facts or not told


def applied(does, rule="plan"):
    return finding(next_apply=NextApply(does=does, rule=rule, reason="the plan says so"))


HOME = f"{ADDRESS}, live/prod/net of acme/infra, owned by @acme/net, as of 2026-11-18 09:00"


def test_address_and_next_apply_are_one_sentence():
    for hours, old in ((0, "just now"), (47, "47 h ago")):
        assert words.age(address(), SEEN_AT + timedelta(hours=hours))[0].text == f"as of {old}"
    for a_finding, told in (
        (located(next_apply=RECREATED), f"{HOME}; the next apply recreates it if it is still in code"),
        (applied(Does.NOTHING, "orphan"), "in no indexed state; the next apply leaves it as it is"),
        (applied(Does.RECREATE), "the next apply recreates it if it is still in code"),
        (applied(Does.UNKNOWN), ""),
        (finding(), ""),
    ):
        assert words.sentence(a_finding) == told


def test_what_is_to_be_pasted_is_shown_as_it_is_or_not_at_all():
    for text, exact in (
        ('import {\n  to = aws_vpc.main\n  id = "vpc-1"\n}', True),
        *(
            (f"terraform plan -target='aws_vpc.main[\"{odd}\"]'", False)
            for odd in ("a  b", "\u202ea", "a\tb", "a\ud800b")
        ),
        ("x" * 1_001, False),
        ("x" * 1_000, True),
    ):
        assert words.exact(text) is exact
        plan = finding(next_steps=(NextStep(kind="plan", text=text), NextStep(kind="import", text=text)))
        assert list(words.commands([plan])) == [text] * exact
        assert [block for _, block in words.blocks(plan)] == [text] * exact


def test_a_link_is_what_ends_no_markup_and_nothing_else():
    for url in ("javascript:alert(1)", "http://x/y", "https://x/y)z", "https://x/y>z", "https://x/y z", None):
        step = NextStep(kind="file", text="x", url=url)
        assert words.file_link(finding(next_steps=(step,))) is None
    search = NextStep(kind="search", text="x", url=FILE_URL)
    assert words.file_link(finding(next_steps=(step, search))) == search
    assert words.link_label(search) == "code search"


def row(address, gone_at=None, **fields):
    return iac.IndexedRow(
        row=iac.AddressRow(address=address, type="aws_vpc", id="vpc-1", **fields),
        head=iac.StateHead(place="s3://b/k", serial=3, seen_at=SEEN_AT),
        gone_at=gone_at,
    )


def test_it_is_explained_which_source_said_what():
    rows = SortedRows(
        objects=(row("aws_vpc.a"), row("aws_vpc.b", gone_at=SEEN_AT)),
        parts=(row("aws_route.c"),),
        planned=(row("aws_vpc.a", planned=iac.Planned(actions=("delete", "create"))),),
        maybe=True,
        covered=True,
    )
    where = Located(
        iac=address(),
        engine=iac.Engine.TERRAFORM,
        rows=rows,
        mark=StackMark(stack="net", logical_id="Web"),
        provenance=Provenance(repository="acme/apps", path="web.tf", owner="@x"),
    )
    told = explained.lines(located(address(also=("aws_d.e",), disagreement="tags say acme/apps")), where)
    seen = "(vpc-1) in s3://b/k serial 3, seen 2026-11-18T09:00:00Z"
    assert told == [
        f"{ADDRESS} and 1 more, live/prod/net of acme/infra, owned by @acme/net, as of 2026-11-18 09:00",
        "its tags name the stack net, which calls it Web",
        f"aws_vpc.a {seen}",
        f"aws_vpc.b {seen}, gone since 2026-11-18T09:00:00Z",
        f"part: aws_route.c {seen}",
        f"plan: aws_vpc.a {seen}, would delete/create",
        "rows of the index that bear its name may be another's",
        "its tags say repository acme/apps, path web.tf, owner @x",
        "known by the index of states, precision instance",
        "also at aws_d.e",
        "not all agree: tags say acme/apps",
        f"next apply not known, rule tf-attribute: {UNKNOWN.reason}",
        f"next step: {COMMAND}",
        f"code: {FILE_URL}",
        "To report it no more:",
        "[[report.ignore]]",
        'resources = ["sg-0a1b2c3d4e5f60718"]',
    ]


def test_it_is_explained_that_nothing_is_known_and_why():
    def lines(a_finding, rows, **more):
        return explained.lines(a_finding, Located(iac=None, engine=None, rows=rows, **more))

    unread = ["no address is known", "the index could not be read: no table x"]
    assert lines(finding(), SortedRows(), unread="no table x") == unread
    many = SortedRows(parts=tuple(row(f"aws_route.r[{number}]") for number in range(30)), covered=True)
    told = lines(finding(next_apply=RECREATED), many)
    assert (len(told), told[-2]) == (1 + 25 + 1 + 1, "and 5 more rows of the index")
    assert lines(finding(), SortedRows(covered=True))[1].startswith("no indexed state holds it")
