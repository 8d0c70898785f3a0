"""Which changes a call may show in, by the rule about it."""

from iacwatch.core.catalog.schema import IN_ALL_ITEMS, Shows, TypeFacts, beyond, either

STATE = Shows(events="Stop", fields=("state", "groups.status"))
HIDDEN = Shows(events="Set", unless=("size", "name"))


def test_a_rule_is_seen_in_what_differs():
    for rule, changed, below, seen in (
        (STATE, None, "", True),
        (STATE, "state size", "", True),
        (STATE, "", "", False),
        # Below a first key, only where nothing else there differs.
        (STATE, "groups", "groups.status", True),
        (STATE, "groups", "groups.status groups.name", False),
        (STATE, "groups", "groups.status other.name", True),
        # Where it is not known in which fields a call shows: in something else than those.
        (HIDDEN, "size", "", False),
        (HIDDEN, "", "", False),
        (HIDDEN, None, "", True),
    ):
        differs = None if changed is None else frozenset(changed.split())
        assert rule.seen_in(differs, frozenset(below.split())) is seen


def test_a_rule_beyond_the_items_fields_lists_all_of_them():
    row = TypeFacts("AWS::A::B", item_fields=("size",), shows=(STATE, beyond("Set", "policy")))
    unseen = Shows(events="Set", unless=(*IN_ALL_ITEMS, "size", "policy"))
    assert row.shows == (STATE, unseen)


def test_one_of_several_patterns_is_enough_and_an_empty_one_matches_nothing():
    assert (either("", "A", "B"), either("", "")) == ("A|B", "")
