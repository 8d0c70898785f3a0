"""Addresses as Terraform and OpenTofu write them, and keys that strangers may choose."""

import unicodedata

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
PLAIN = ("a", "b", "web", "eu-west-1a", "10.0.0.0/24", "team.orders", "x y")
HOSTILE = (
    "$(touch pwned)", "`touch pwned`", "; touch pwned #", "a'; touch pwned; '", 'say "hi"', "trailing\\", '"]', "a]b[0]",
    "two\nlines", "cr\rhere", "tab\there", "<!channel>", "<@U0123>", "<https://evil.example|x>", "${file}", "%{if}",
    "$${twice}", "$HOME", "!history", "\x1b[31mred\x1b[0m", "\x9b31m", "bell\x07", "ünïcode", "日本", "😀", "\u202eexe",
    "\u2028sep", "zero\u200bwidth", "", "0", " ", "-rf", "@file", "=1+1", "a|b", "::warning::x", "x" * 300,
)  # fmt: skip
"""No key holds a null: Terraform refuses one."""


def quoted(text):
    """Return a text as `addrs.StringKey` writes it (OpenTofu: internal/addrs/instance_key.go)."""
    parts = []
    for index, sign in enumerate(text):
        if sign in ESCAPES:
            parts.append(ESCAPES[sign])
        elif sign in "$%":
            parts.append(sign * 2 if text[index + 1 : index + 2] == "{" else sign)
        elif sign == " " or unicodedata.category(sign)[0] in "LMNPS":
            parts.append(sign)
        else:
            parts.append(f"\\u{ord(sign):04x}" if ord(sign) < 65_536 else f"\\U{ord(sign):08x}")
    return f'"{"".join(parts)}"'


def keyed(name, key=None):
    """Return a name with its index: none, a number, or a text."""
    if key is None:
        return name
    return f"{name}[{key if isinstance(key, int) else quoted(key)}]"


def module(*steps):
    """Return a module's address from pairs of name and key, outermost first."""
    return ".".join(f"module.{keyed(name, key)}" for name, key in steps)


def address(type_, name, key=None, *, within="", data=False):
    """Return a resource instance's address."""
    plain = f"{'data.' if data else ''}{type_}.{keyed(name, key)}"
    return f"{within}.{plain}" if within else plain
