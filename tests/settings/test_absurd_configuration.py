"""Whatever somebody configures, it is either settings or a `ConfigError`: one line that names where."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iacwatch.core.model import Rules
from iacwatch.errors import ConfigError
from iacwatch.settings.load import File, Given, environment_names, keys, load
from iacwatch.settings.rules import rules
from iacwatch.settings.schema import Settings

NAMES = environment_names()
KEYS = keys()
ODD_TEXTS = (
    "", " ", "0", "-1", "0s", "-1s", "1e400", "9" * 5_000, "NaN", "inf", "9" * 400 + "d", "99999999999999999d", "0.0000001s",
    "٣m", "1h1h", "\x00", "\x1b[31m", "\ud800", "\u202e", "a" * 100_000, "*", "**", "[", "[a-", "?" * 5_000, "*a" * 2_000,
    "sqlite://", "sqlite:///", "sqlite://../../x", "dynamodb://", "dynamodb:///../x", "memory", "file:///etc/passwd",
    "http://", "https://", "https://[::1", "https://a:b@c/", "https://sqs.eu-west-1.amazonaws.com:99999/1/q",
    "javascript:alert(1)", "env:", "env:\x00", "ssm:", "secretsmanager:", "::ffff:0:0/129", "0.0.0.0/33", "1.2.3.4/-1",
    "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-20T10:00:00",
    "111122223333", "1111", "arn:aws:iam::*:role/*", "null", "true", "{}", "[]", "[[[]]]", '{"a": {"a": {}}}', '[{"name": "x"}]',
    '[{"name": "x", "principals": [1]}]', '[{"channel": {}}]', "[" * 5_000, '{"a":' * 5_000, '["\\ud800"]', "1" * 5_000,
)  # fmt: skip
SCALARS = st.one_of(
    st.sampled_from(ODD_TEXTS), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(),
    st.datetimes(), st.dates(), st.times(), st.binary(max_size=5),
)  # fmt: skip
LAST_PARTS = sorted({key.rpartition(".")[2] for key in KEYS})
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(LAST_PARTS) | st.text(max_size=8), inner, max_size=4),
    ),
    max_leaves=10,
)


def absurd(file=None, environ=None, overrides=None):
    """Load it; return whether it was taken. What is taken has to make rules, too."""
    try:
        found = load(file, environ, overrides)
    except ConfigError as error:
        sentence = f"{error}{error.hint or ''}"
        assert str(error).isprintable()
        assert len(sentence) < 1_000
        return False
    assert isinstance(found, Settings)
    assert isinstance(rules(found), Rules)
    return True


@given(st.text(max_size=200))
@example("a=" + "[" * 5_000)
@example("a" + ".a" * 5_000 + "=1")
@example("[" * 5_000)
@example("a=" + "9" * 5_000)
@example('a="' + "\\U0010FFFF" * 2_000)
@example("a=" + "{a=" * 3_000)
@example("[managed]\n" * 2)
@example("\x00")
@example("\ufeff[managed]")
@example('"\\u001b[31m" = 1')
@example("[workflow]\nname = 1")
@example("workflow = 1")
@example("[[managed]]")
@example("managed = []")
def test_any_text_for_a_file(text):
    absurd(File("iacwatch.toml", text))


@given(st.sampled_from([key for key in KEYS if "workflow." not in key]), VALUES)
def test_any_value_for_a_key(key, value):
    absurd(overrides={key: Given("--option", value)})


@given(
    st.dictionaries(st.sampled_from(LAST_PARTS), VALUES, max_size=5),
    st.sampled_from(("workflow", "slack.route", "report.ignore")),
)
def test_any_row_of_a_repeated_table(row, key):
    absurd(overrides={key: Given("--option", [row])})


@pytest.mark.parametrize("name", NAMES)
def test_each_key_with_each_odd_text(name):
    for text in ODD_TEXTS:
        absurd(environ={name: text})
        absurd(environ={name: json.dumps([text])})
        absurd(environ={name: json.dumps({text: text})})


def test_a_token_that_is_no_text_is_not_repeated_in_the_error():
    with pytest.raises(ConfigError) as caught:
        load(File("iacwatch.toml", '[slack]\ntoken = ["xoxb-1234-abcd"]'))
    assert "xoxb" not in f"{caught.value}{caught.value.hint}"
