"""Whatever strangers make of a document, reading it raises `ParseError` and nothing else."""

import json

from iacwatch.core.model import Change
from iacwatch.core.outcome import Skipped
from iacwatch.core.parse import cloudtrail, config_item
from iacwatch.core.present.record import finding_id
from iacwatch.core.present.redact import redacted
from iacwatch.errors import ParseError
from tests.fixtures.mutants import DOCUMENTS, mutants
from tests.fixtures.small_world import ago, call, item, message

MEBIBYTE = 2**20


def read(document, name):
    """Read a document as a change and as a trail event; say whether either was one."""
    good = False
    for reader in (config_item.parse, cloudtrail.event):
        try:
            found = reader(document)
            good |= not isinstance(found, Skipped)
            if isinstance(found, Change):
                assert len(finding_id(found.resource, found.captured_at)) == 32
                redacted(found)
            elif not isinstance(found, Skipped):
                assert found.actor.name
        except ParseError as error:
            assert 0 < len(str(error)) < 400
            assert str(error).isprintable()
        except Exception as error:
            raise AssertionError(f"{name}: {type(error).__name__}") from error
    return good


def test_a_broken_document_raises_parse_error_alone():
    assert sum(read(body, name) for name, body in DOCUMENTS) >= 15
    good = sum(read(body, name) for name, body in mutants(1_500, seed=1))
    # Were all of them refused at the door, nothing behind it would have been tried.
    assert 150 < good < 1_350


def test_nesting_within_a_good_document_is_no_way_in():
    value = "x"
    for deep in range(400):
        value = {"a": [value]}
        if deep in {45, 90, 200, 399}:
            for field in ("configuration", "tags", "relationships", "resourceName"):
                read(message(item(1, ago(60), **{field: value})), field)
            for field in ("requestParameters", "userIdentity"):
                read(call(1, **{field: value}), field)


def test_as_much_as_a_queue_takes_is_read_and_more_names_than_anybody_gives_are_no_way_in():
    rule = {"ipProtocol": "tcp", "cidrIp": "0.0.0.0/0", "description": "x" * 40}
    many = [rule] * (MEBIBYTE // len(json.dumps(rule)) - 700)
    body = message(item(1, ago(60), configuration={"ipPermissions": many}))
    assert 0.9 * MEBIBYTE < len(body) <= MEBIBYTE
    assert len(config_item.parse(body).item.configuration["ipPermissions"]) == len(many)
    for letter in 'a[9\\"\x00':
        read(letter * MEBIBYTE, f"much {letter!r}")
        read(message(item(1, ago(60), configuration={"a": letter * MEBIBYTE})), f"much {letter!r} in it")
    names = [f"sg-{number:08x}" for number in range(40_000)]
    found = cloudtrail.event(call(1, resources=[{"ARN": name} for name in names]), resource_names=names)
    assert (len(found.mentions), len(found.resource_names)) == (5_000, 1_000)
    tagged = config_item.parse(message(item(1, ago(60), tags=dict.fromkeys(names, "x"))))
    assert len(tagged.item.tags) == 40_000
