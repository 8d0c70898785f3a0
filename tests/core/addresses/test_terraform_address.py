"""Addresses are written as Terraform writes them, and read back; what is none is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.addresses import terraform_address as terraform
from iacwatch.core.addresses.terraform_address import LONGEST, TerraformAddress, parse_address

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text('${}%"\\\n\t\r\x00\x1b]a\u202e')
NAMES = st.from_regex(re.compile(r"(?!module|data)[a-z_][a-z0-9_-]{0,8}"), fullmatch=True)
KEYS = st.none() | st.integers(0, 10**9) | TEXTS
MODULE = st.builds(lambda name, key: f"module.{name}{terraform.bracketed(key)}", NAMES, KEYS)
MODULES = st.lists(MODULE, max_size=3).map(".".join)


@given(TEXTS)
def test_a_quoted_text_is_one_line_and_means_what_it_was(text):
    written = terraform.quoted(text)
    assert written.isprintable()
    assert terraform.unquoted(written) == text
    assert not re.search(r"(?<!\$)\${|(?<!%)%{", written)


@given(MODULES, NAMES, NAMES, KEYS, st.booleans())
def test_an_address_reads_back(module, type_, name, key, data):
    address = TerraformAddress(module=module, type=type_, name=name, key=key, data=data)
    assert parse_address(str(address)) == address


NO_ADDRESSES = [
    *("", "aws_vpc", "aws_vpc.", ".aws_vpc.v", "aws_vpc.v.w", "aws_vpc.v -target=x", "aws_vpc.v\n", "1aws.v"),
    *(f"aws_vpc.v[{key}]" for key in ("x", "-1", "0][1", '"a', '"${a}"', '"\n"', r'"\q"', r'"\UFFFFFFFF"')),
    *("module.a", "module.a.aws_vpc", "module.a[*].aws_vpc.v", "aws_vpc." + "v" * LONGEST),
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_does_not_parse(text):
    assert parse_address(text) is None


def test_the_parts_of_an_address():
    text = r'module.a["x.y"].module.b[3].data.aws_vpc.v-1["k\"$${q\u001b"]'
    module, key = 'module.a["x.y"].module.b[3]', 'k"${q\x1b'
    parts = {"module": module, "type": "aws_vpc", "name": "v-1", "key": key, "data": True}
    assert parse_address(text) == TerraformAddress(**parts)


def test_modules_and_names():
    assert all(map(terraform.is_module, ("", "module.a", 'module.a["x"].module.b[0]')))
    assert not any(map(terraform.is_module, ("a", "module.", "module.a.", "module.a.b", "module.a;")))
    assert all(map(terraform.is_name, ("a", "_a", "a-1", "größe")))
    assert not any(map(terraform.is_name, ("", "1a", "-a", "a b", "a.b", "a\n", "x" * (LONGEST + 1))))
