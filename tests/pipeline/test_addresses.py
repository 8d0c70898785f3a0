"""Where in IaC it is that was changed: asked for a whole wave at once, and in no finding's way."""

import pytest

from iacwatch.core.iac import AddressRules, Indexed, StackMetadata
from iacwatch.core.model import Evidence, Managed
from iacwatch.errors import AwsError
from iacwatch.pipeline.addresses import Addresses
from iacwatch.pipeline.case import Case
from iacwatch.ports import Delivery, Failure
from tests.fixtures import indexed
from tests.fixtures.builders import change, finding, many, resource
from tests.fixtures.clocks import NOON

STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/net/0a"
NAMED = (("stack-name", "net"), ("stack-id", STACK), ("logical-id", "Web"))
TAGS = {f"aws:cloudformation:{key}": value for key, value in NAMED}
BY_STACK = finding(managed=Managed(value="cdk", evidence=Evidence.TAGS, tags=TAGS))


class Book:
    """An index and CloudFormation in one, which count what they are asked, and answer it with `answer`."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def find(self, resources, *, now):
        self.asked.append((list(resources), now))
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict.fromkeys(resources, self.answer)

    def metadata(self, resources):
        self.asked.append(list(resources))
        return dict.fromkeys(resources, self.answer) if self.answer else {}


def cases(*findings):
    delivery = Delivery(id="0", document="")
    return [Case(delivery=delivery, change=each.change, finding=each) for each in findings]


def located(addresses, *of):
    assert addresses.locate(of, now=NOON)
    return [case.finding for case in of]


def test_a_wave_is_one_question_and_each_finding_gets_address_next_apply_and_next_steps():
    book = Book(Indexed(rows=(indexed.row(),), covered=True))
    one, other = cases(finding(), finding())
    nobody = Case(delivery=Delivery(id="1", document=""), change=change())
    for found in located(Addresses(rules=AddressRules(), book=book), one, other, nobody)[:2]:
        assert (found.iac.address, found.iac.stack) == (indexed.ADDRESS, "live/prod/net")
        assert found.next_apply.rule
        assert [step.kind for step in found.next_steps][:1] == ["plan"]
    assert book.asked == [([resource()], NOON)]
    assert (one.located.iac, nobody.finding) == (one.finding.iac, None)
    assert located(Addresses(rules=AddressRules(), book=book), nobody) == [None]
    assert len(book.asked) == 1


@pytest.mark.parametrize("answer", [Failure(reason="the index x is shut"), AwsError("the index x is shut")])
def test_an_index_that_cannot_be_read_is_said_once_and_holds_nothing_back(answer, caplog):
    addresses = Addresses(rules=AddressRules(), book=Book(answer))
    for _ in range(2):
        first, second = cases(*many(2))
        assert [found.iac for found in located(addresses, first, second)] == [None, None]
        assert first.located.unread == "the index x is shut"
    assert caplog.messages == ["addresses are not looked up: the index x is shut"]


def test_what_a_stacks_template_says_is_asked_for_what_its_tags_name_alone():
    path = "Net/Web/Resource"
    book = Book(StackMetadata(cdk_path=path))
    addresses = Addresses(rules=AddressRules(), stacks=book)
    found = located(addresses, *cases(BY_STACK, BY_STACK, finding()))
    assert [each.iac and each.iac.address for each in found] == [path, path, None]
    ((asked,),) = book.asked
    assert (asked.stack, asked.logical_id, asked.region) == (STACK, "Web", "eu-west-1")
    assert located(addresses, *cases(finding()))
    assert len(book.asked) == 1
    (unknown,) = located(Addresses(rules=AddressRules(), stacks=Book(None)), *cases(BY_STACK))
    assert unknown.iac.address == "Web"
