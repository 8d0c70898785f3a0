"""What a process of the function keeps between events, and when it looks again."""

from datetime import timedelta
from unittest.mock import Mock, call

import pytest

from iacwatch.app import function as function_module
from iacwatch.app.function import FunctionContainer
from iacwatch.errors import ConfigError, DeliveryError
from iacwatch.lambda_handler import Function
from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import Failure, Sink
from iacwatch.sinks.lazy import LazySink
from tests.fixtures import moto_aws, places
from tests.fixtures.builders import finding
from tests.fixtures.function.runtime import ARN


@pytest.fixture
def parameter(monkeypatch):
    name, ssm = "/iacwatch/settings", moto_aws.client("ssm")
    for key, value in {**places.environment(), "IACWATCH_CONFIG": f"ssm:{name}"}.items():
        monkeypatch.setenv(key, value)

    def put(text):
        ssm.put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
        return name

    put('[managed]\ntag_key = "first"\n')
    return put


def key(container):
    return container.settings.managed.tag_key


def test_settings_are_read_again_once_they_are_not_fresh_with_the_same_clients(
    parameter, monkeypatch, caplog
):
    function = Function()
    first = function._fresh(ARN)
    name = parameter('[managed]\ntag_key = "second"\n')
    assert function._fresh(ARN) is first
    monkeypatch.setattr(function_module, "FRESH", timedelta(0))
    second = function._fresh(ARN)
    assert (key(first), key(second)) == ("first", "second")
    assert second.sessions.client("ssm") is first.sessions.client("ssm")
    assert second.sessions.own_account() == "111122223333"
    # What cannot be read again stays as it was; what became wrong is refused until it is right.
    moto_aws.client("ssm").delete_parameter(Name=name)
    assert function._fresh(ARN) is second
    assert "going on with the settings read before" in caplog.text
    parameter("[managed]\ntag_kye = 1\n")
    with pytest.raises(ConfigError, match=r"did you mean managed\.tag_key"):
        function._fresh(ARN)
    parameter('[managed]\ntag_key = "third"\n')
    assert key(function._fresh(ARN)) == "third"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("dynamodb://iacwatch", DynamoLedger),
        (None, MemoryLedger),
        ("sqlite:///{folder}/ledger", SqliteLedger),
    ],
)
def test_the_ledger_is_the_one_that_is_set_and_never_a_file_in_a_home(tmp_path, url, kind):
    environ = {"IACWATCH_LEDGER__URL": url.format(folder=tmp_path)} if url else {}
    container = FunctionContainer(environ=environ, arn=ARN)
    assert isinstance(container.store(remember=True).ledger, kind)
    assert container.lasting == (kind is not MemoryLedger)
    if kind is MemoryLedger:
        assert container.store(remember=True).ledger is container.store(remember=True).ledger


def test_a_late_sink_is_made_with_the_first_finding_and_only_once_and_tried_again_where_it_cannot_be():
    one, sink = finding(), Mock(Sink, notice=Mock())
    make = Mock(side_effect=[DeliveryError("no secret", hint="set it"), sink])
    late = LazySink("slack", make)
    late.close()
    late.notice([])
    make.assert_not_called()
    assert late.emit([one]) == {one.finding_id: Failure(reason="no secret; set it")}
    assert late.emit([one]) is sink.emit.return_value
    late.emit([two := finding()])
    late.notice([one])
    late.close()
    assert sink.mock_calls == [call.emit([one]), call.emit([two]), call.notice([one]), call.close()]
