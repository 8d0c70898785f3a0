"""Addresses are written as Terraform writes them, and read back; what is none is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.addresses.terraform_address import (
    LONGEST,
    TerraformAddress,
    bracketed,
    is_module,
    is_name,
    parse_address,
    quoted,
    unquoted,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text('${}%"\\\n\t\r\x00\x1b]a\u202e')
NAMES = st.from_regex(re.compile(r"[a-z_][a-z0-9_-]{0,8}"), fullmatch=True).filter(
    lambda name: name not in {"module", "data"}
)
KEYS = st.none() | st.integers(0, 10**9) | TEXTS
MODULE = st.builds(lambda name, key: f"module.{name}{bracketed(key)}", NAMES, KEYS)
MODULES = st.lists(MODULE, max_size=3).map(".".join)


@given(TEXTS)
def test_a_quoted_text_is_one_line_and_means_what_it_was(text):
    written = quoted(text)
    assert written.isprintable()
    assert unquoted(written) == text
    assert not re.search(r"(?<!\$)\${|(?<!%)%{", written)


@given(MODULES, NAMES, NAMES, KEYS, st.booleans())
def test_an_address_reads_back(module, type_, name, key, data):
    address = TerraformAddress(module=module, type=type_, name=name, key=key, data=data)
    assert parse_address(str(address)) == address


@given(st.text(max_size=40) | st.text('module.data[]"\\$%{}aws_1 \n', max_size=40))
def test_what_parses_is_written_the_same_or_better(text):
    """A code for what needs none is read too, and written plainly."""
    found = parse_address(text)
    assert found is None or parse_address(str(found)) == found


NO_ADDRESSES = [
    *("", "aws_vpc", "aws_vpc.", ".aws_vpc.v", "aws_vpc.v.w", "aws_vpc.v -target=x", "aws_vpc.v\n", "1aws.v"),
    *(
        "aws_vpc.v[x]",
        "aws_vpc.v[-1]",
        "aws_vpc.v[0][1]",
        'aws_vpc.v["a]',
        'aws_vpc.v["${a}"]',
        'aws_vpc.v["\n"]',
    ),
    *(r'aws_vpc.v["\q"]', r'aws_vpc.v["\UFFFFFFFF"]', "aws_vpc." + "v" * LONGEST),
    *("module.a", "module.a.aws_vpc", "module.a[*].aws_vpc.v"),
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_does_not_parse(text):
    assert parse_address(text) is None


def test_the_parts_of_an_address():
    text = r'module.a["x.y"].module.b[3].data.aws_vpc.v-1["k\"$${q\u001b"]'
    module, key = 'module.a["x.y"].module.b[3]', 'k"${q\x1b'
    assert parse_address(text) == TerraformAddress(
        module=module, type="aws_vpc", name="v-1", key=key, data=True
    )


def test_modules_and_names():
    assert all(map(is_module, ("", "module.a", 'module.a["x"].module.b[0]')))
    assert not any(map(is_module, ("a", "module.", "module.a.", "module.a.b", "module.a;")))
    assert all(map(is_name, ("a", "_a", "a-1", "größe")))
    assert not any(map(is_name, ("", "1a", "-a", "a b", "a.b", "a\n", "x" * (LONGEST + 1))))
