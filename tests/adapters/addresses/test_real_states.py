"""States that Terraform itself wrote: every managed instance of AWS has its row, with an address that parses."""

import json
from pathlib import Path

import pytest

from iacwatch.addresses import state as state_module
from iacwatch.addresses.state import read_state
from iacwatch.core.addresses.terraform_address import parse_address
from tests.adapters.addresses.test_state import HEAD

FILES = sorted((Path(__file__).parents[2] / "data" / "states").glob("*.tfstate"))


def read_naively(document):
    for each in document["resources"]:
        for instance in (
            each["instances"] if each["mode"] == "managed" and each["type"].startswith("aws_") else ()
        ):
            key = instance.get("index_key")
            bracket = "" if key is None else f"[{json.dumps(key)}]"
            yield f"{each['type']}.{each['name']}{bracket}", instance["attributes"]["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("typed", [None, state_module.typed] if state_module.typed else [None])
def test_every_instance_has_its_row(path, typed, monkeypatch):
    monkeypatch.setattr(state_module, "typed", typed)
    document = json.loads(path.read_bytes())
    found = read_state([path.read_bytes()], HEAD, name=path.name)
    assert [(row.address, row.id) for row in found.rows] == list(read_naively(document))
    assert [str(parse_address(row.address)) for row in found.rows] == [row.address for row in found.rows]
    assert (found.dropped, found.head.serial, found.head.lineage) == (
        0,
        document["serial"],
        document["lineage"],
    )
