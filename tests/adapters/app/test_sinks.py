"""Where findings go: every registered format and destination is offered and documented, and no other is known."""

import io
from pathlib import Path

import pytest

import iacwatch
from iacwatch.app.sinks import DESTINATIONS, FORMATS, Sinks
from iacwatch.cli.commands.drain import command as drain
from iacwatch.errors import ConfigError, UsageError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.settings.load import keys
from iacwatch.settings.schema import Settings
from tests.fixtures.clocks import TickingClock
from tests.laws.sinks import SINKS

MANUAL = Path(iacwatch.__file__).parent / "manual"
OPTIONS = {parameter.name: parameter for parameter in drain.params}


@pytest.fixture
def sinks():
    return Sinks(Settings(), clock=TickingClock(), secret=lambda value: value, notes=MemoryNotes, client=None)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_is_offered_documented_and_keeps_the_laws(form):
    assert form.name in OPTIONS["format_"].type.choices
    assert f"{form.name} ({form.help})" in OPTIONS["format_"].help
    assert f"| `{form.name}`" in (MANUAL / "reports.md").read_text(encoding="utf-8")
    assert {form.name, f"{form.name} in a file"} <= set(SINKS)
    assert [each for each in FORMATS if each.name == form.name or each.ending == form.ending] == [form]


def test_a_format_that_nobody_registered_is_an_error_and_no_default(sinks):
    with pytest.raises(UsageError, match="no report format 'pdf'; there are table, jsonl, csv"):
        sinks.report("pdf", io.StringIO(), console=None)


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda each: each.name)
def test_every_destination_is_offered_documented_and_used_only_where_that_is_asked(sinks, destination):
    option = OPTIONS[destination.name]
    assert (option.opts, option.secondary_opts) == ([f"--{destination.name}"], [f"--no-{destination.name}"])
    assert f"`--{destination.name}" in (MANUAL / "commands.md").read_text(encoding="utf-8")
    assert any(key.startswith(f"{destination.name}.") for key in keys())
    assert not destination.configured(sinks.settings)
    assert sinks.posting({}, by_default=True) == {}
    assert sinks.posting({destination.name: False}, by_default=True) == {}
    (make,) = sinks.posting({destination.name: True}, by_default=False).values()
    with pytest.raises(ConfigError, match=f"{destination.title} is not configured"):
        make()
