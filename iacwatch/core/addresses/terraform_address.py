"""Addresses of instances as Terraform and OpenTofu write and read them: ``module.a["x"].aws_vpc.b[0]``.

Keys are quoted as HCL quotes them, so that an address is what ``-target`` takes.
"""

import re
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 8192
"""Characters of an address: what is longer was made to be."""

_NAME: Final = r"[^\W\d][\w-]*"
_QUOTED: Final = (
    r'"(?:[^"\\$%\x00-\x1f\x7f]|\\[nrt"\\]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\$\$\{|%%\{|[$%](?!\{))*"'
)
_KEY: Final = rf"\[(?:[0-9]+|{_QUOTED})\]"
_MODULES: Final = rf"module\.{_NAME}(?:{_KEY})?(?:\.module\.{_NAME}(?:{_KEY})?)*"
_MODULE: Final = re.compile(_MODULES)
_ADDRESS: Final = re.compile(
    rf"(?:(?P<module>{_MODULES})\.)?(?P<data>data\.)?(?P<type>(?!module\.|data\.){_NAME})\.(?P<name>{_NAME})(?P<key>{_KEY})?"
)
_WORD: Final = re.compile(_NAME)
_STEP: Final = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))|(\$\$|%%)(?=\{)')
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LONG: Final = {short[1]: letter for letter, short in _SHORT.items()}
_HARMLESS: Final = re.compile(r"[\w .:/@+=,-]*")
_BEYOND_FOUR_DIGITS: Final = 0x10000


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformAddress:
    """An address in its parts: `module` as it is written ("" for the root), `key` None without one."""

    module: str
    type: str
    name: str
    key: str | int | None
    data: bool = False

    def __str__(self) -> str:
        """Return the address as Terraform writes it."""
        module = f"{self.module}." if self.module else ""
        return f"{module}{'data.' if self.data else ''}{self.type}.{self.name}{bracketed(self.key)}"


def quoted(text: str) -> str:
    """Return a text as HCL quotes it: no part of it is an interpolation, and all that is unseen is coded."""
    if text.isprintable() and _HARMLESS.fullmatch(text):
        return f'"{text}"'
    return f'"{"".join(_coded(letter, text[at + 1 : at + 2]) for at, letter in enumerate(text))}"'


def bracketed(key: str | int | None) -> str:
    """Return an instance's key as it stands behind the name; "" for none."""
    if key is None:
        return ""
    return f"[{quoted(key)}]" if isinstance(key, str) else f"[{key}]"


def unquoted(text: str) -> str:
    """Return what a text quoted by HCL stands for; ValueError or OverflowError where a code is of none."""
    return _STEP.sub(_meant, text[1:-1])


def is_module(text: str) -> bool:
    """Return whether a text is the address of a module's instance; "" is that of the root."""
    return not text or (len(text) <= LONGEST and _MODULE.fullmatch(text) is not None)


def is_name(text: str) -> bool:
    """Return whether a text may be the type or the name of a resource."""
    if text.isascii() and text.isidentifier():  # most are, and that is soon seen
        return len(text) <= LONGEST
    return len(text) <= LONGEST and _WORD.fullmatch(text) is not None


def parse_address(text: str) -> TerraformAddress | None:
    """Return the parts of an address of one instance; None where the text is none."""
    found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    key = found["key"]
    try:
        parts = TerraformAddress(
            module=found["module"] or "",
            type=found["type"],
            name=found["name"],
            key=None if key is None else unquoted(key[1:-1]) if key[1] == '"' else int(key[1:-1]),
            data=found["data"] is not None,
        )
    except (ValueError, OverflowError):
        return None
    return parts


def _coded(letter: str, next_: str) -> str:
    if letter in "$%":
        return letter * 2 if next_ == "{" else letter
    if letter in _SHORT:
        return _SHORT[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < _BEYOND_FOUR_DIGITS else f"\\U{ord(letter):08x}"


def _meant(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        return chr(int(code, 16))
    return _LONG[found[3]] if found[3] else found[4][0]
