"""Readers of single configuration values, each with the words that say what the value must be.

A reader takes what TOML, JSON or an option gives and returns the value as the program uses it, or raises
`Wrong` with a clause that goes on after "must be".
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any, Final

from iacwatch.core.model import Verdict

LONGEST: Final = timedelta(days=366)
MOST_CALLS_PER_SECOND: Final = 2.0
MOST_GIGABYTES: Final = 1_000_000

_DURATION: Final = r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?"
_TIME: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ACCOUNT: Final = r"[0-9]{12}"
_URL: Final = r"https?://[^\s/?#@]+(?:[/?#]\S*)?"
_SLACK_ID: Final = r"[SUW][A-Z0-9]{5,20}"
_ROLE: Final = r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}"
_KEPT_ELSEWHERE: Final = r"env:.+|secretsmanager:.+|ssm:/?.+"
PROVENANCE: Final = ("repository", "path", "owner", "stack")
"""What tags tell of an object's code (`iac.tags`)."""
MEMORY: Final = "memory"
DYNAMODB: Final = "dynamodb://"
_LEDGER: Final = rf"sqlite|{MEMORY}|sqlite:///.*[^/]|{DYNAMODB}[A-Za-z0-9_.-]{{3,255}}"
_BUCKET: Final = r"s3://[A-Za-z0-9][A-Za-z0-9._-]{1,62}(?:/.*)?"
_SHOWN: Final = 60
API, ATHENA = "api", "athena"
"""What ``trail.source`` is where it names no place: CloudTrail's LookupEvents, or its table in Athena."""


class Wrong(ValueError):
    """A value that cannot be; `str()` says what it must be, `at` and `value` which part of it is wrong."""

    def __init__(self, must: str, *, at: str = "", value: Any = None) -> None:
        super().__init__(must)
        self.at = at
        self.value = value


def duration(value: Any) -> timedelta:
    """Read a span: days, hours, minutes and seconds in this order (``1h30m``), longer than nothing."""
    must = 'a duration such as "90s", "20m", "1h30m" or "7d"'
    if not isinstance(value, str) or not (found := re.fullmatch(_DURATION, value)):
        raise Wrong(must)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < span <= LONGEST:
        raise Wrong(f"{must}, longer than nothing and at most {LONGEST.days}d")
    return span


def moment(value: Any) -> datetime | None:
    """Read a time with a zone, RFC 3339; an empty text is not a time."""
    must = 'a time with a zone such as "2026-11-20T10:00:00Z", or ""'
    if value == "":
        return None
    try:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        if isinstance(value, str) and re.fullmatch(_TIME, value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Wrong(must) from error
    raise Wrong(must)


def text(value: Any) -> str:
    """Read any text."""
    if not isinstance(value, str):
        raise Wrong("a text")
    return value


def flag(value: Any) -> bool:
    """Read whether something is so."""
    if not isinstance(value, bool):
        raise Wrong("true or false")
    return value


def word(value: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong("a text that is not empty")
    return value


def secret(value: Any) -> str:
    """Read a secret, or the name of the place that holds it."""
    if not isinstance(value, str) or "\n" in value or value != value.strip():
        raise Wrong("a text: the secret itself, env:NAME, secretsmanager:ID or ssm:/name")
    if value.partition(":")[0] in {"env", "secretsmanager", "ssm"} and not re.fullmatch(
        _KEPT_ELSEWHERE, value, re.DOTALL
    ):
        raise Wrong("a secret, or where it is kept: env:NAME, secretsmanager:ID or ssm:/name")
    return value


def secret_url(value: Any) -> str:
    """Read an http(s) URL that is a secret, or the name of the place that holds it."""
    found = secret(value)
    if found and not re.fullmatch(_KEPT_ELSEWHERE, found, re.DOTALL) and not re.fullmatch(_URL, found):
        raise Wrong("an http(s) URL, or where it is kept: env:NAME, secretsmanager:ID or ssm:/name")
    return found


def url(value: Any) -> str:
    """Read an http(s) URL; an empty text is none."""
    if not isinstance(value, str) or (value and not re.fullmatch(_URL, value)):
        raise Wrong("an http(s) URL")
    return value


def api_url(value: Any) -> str:
    """Read the URL of an API, which ends with a slash."""
    if not isinstance(value, str) or not re.fullmatch(_URL, value):
        raise Wrong("an http(s) URL")
    return value if value.endswith("/") else f"{value}/"


def cidr(value: Any) -> str:
    """Read a network or an address, IPv4 or IPv6."""
    try:
        return str(ip_network(text(value).strip(), strict=False))
    except ValueError as error:
        raise Wrong('a CIDR such as "198.51.100.0/24"') from error


def verdict(value: Any) -> Verdict:
    """Read a verdict by its name."""
    try:
        return Verdict(value)
    except ValueError as error:
        raise Wrong(f"one of {', '.join(Verdict)}") from error


def verdicts(value: Any) -> tuple[Verdict, ...]:
    """Read at least one verdict; ``all`` stands for each of them."""
    if not isinstance(value, list | tuple) or not value:
        raise Wrong(f"a list of at least one of all, {', '.join(Verdict)}")
    if "all" in value:
        return tuple(Verdict)
    return tuple(dict.fromkeys(part(verdict, one, f"[{index}]") for index, one in enumerate(value)))


def account(value: Any) -> str:
    """Read an account's number, as text: as a number it would lose its leading zeros."""
    if not isinstance(value, str) or not re.fullmatch(_ACCOUNT, value):
        raise Wrong('an account\'s 12 digits in quotes, such as "111122223333"')
    return value


def account_or_any(value: Any) -> str:
    """Read an account's number, or ``*``."""
    return value if value == "*" else account(value)


def account_names(value: Any) -> dict[str, str]:
    """Read a table of names by account."""
    if not isinstance(value, Mapping):
        raise Wrong('a table such as {"111122223333" = "prod-payments"}')
    return {part(account, key, ""): part(word, name, f".{key}") for key, name in value.items()}


def tags(value: Any) -> dict[str, str]:
    """Read a table of tags: globs for the values, by key."""
    if not isinstance(value, Mapping):
        raise Wrong('a table such as {team = "payments"}')
    return {part(word, key, ""): part(text, glob, f".{key}") for key, glob in value.items()}


def tag_lists(value: Any) -> dict[str, tuple[str, ...]]:
    """Read the tags that tell something of an object's code; what is left out has none."""
    if not isinstance(value, Mapping) or not set(value) <= set(PROVENANCE):
        raise Wrong(f"a table of lists of tags; its keys are {', '.join(PROVENANCE)}")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(PROVENANCE, ())
    for name, names in value.items():
        if not isinstance(names, list | tuple):
            raise Wrong("a list, even of one", at=f".{name}", value=names)
        found[name] = tuple(part(word, one, f".{name}[{index}]") for index, one in enumerate(names))
    return found


def slack_ids(value: Any) -> dict[str, str]:
    """Read a table of Slack's groups and users: their ids, by owner."""
    if not isinstance(value, Mapping):
        raise Wrong('a table such as {"@acme/net" = "S0123ABCD"}')
    return {part(word, key, ""): part(slack_id, each, f".{key}") for key, each in value.items()}


def slack_id(value: Any) -> str:
    """Read the id of a group or a user: an id alone mentions, a name does not."""
    if not isinstance(value, str) or not re.fullmatch(_SLACK_ID, value):
        raise Wrong('the id of a Slack group or user, such as "S0123ABCD" or "U0123ABCD" (not its name)')
    return value


def role_name(value: Any) -> str:
    """Read a role's name, with its path if it has one; an empty text is none."""
    if not isinstance(value, str) or (value and not re.fullmatch(_ROLE, value, re.ASCII)):
        raise Wrong('the name of a role, such as "iacwatch-read" (not its ARN)')
    return value


def rate(value: Any) -> float:
    """Read calls per second: more than none, and no more than CloudTrail allows."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value <= MOST_CALLS_PER_SECOND
    ):
        raise Wrong(f"a number above 0 and at most {MOST_CALLS_PER_SECOND}, which is what CloudTrail allows")
    return float(value)


def gigabytes(value: Any) -> float:
    """Read a number of gigabytes; 0 stands for any."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_GIGABYTES:
        raise Wrong(f"a number of gigabytes from 0 (any) to {MOST_GIGABYTES:,}")
    return float(value)


def trail_source(value: Any) -> str:
    """Read where trail events come from: the API, log files in a folder or a bucket, or a table in Athena."""
    known = isinstance(value, str) and value.strip()
    if not known or ("://" in value and not re.fullmatch(_BUCKET, value)):
        raise Wrong(
            '"api" (CloudTrail\'s LookupEvents), "athena" (CloudTrail\'s table there), or where the trail\'s'
            ' log files are: a folder or "s3://bucket/prefix"'
        )
    return str(value)


def ledger_url(value: Any) -> str:
    """Read where the ledger is."""
    if not isinstance(value, str) or not re.fullmatch(_LEDGER, value):
        raise Wrong('"sqlite", "sqlite:///absolute/path", "dynamodb://table" or "memory"')
    return value


def part(read: Callable[[Any], Any], value: Any, at: str) -> Any:
    """Read one part of a value, and say which it is where it is wrong."""
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(str(wrong), at=at, value=value) from wrong


def shown(value: Any) -> str:
    """Return a value as an error may show it: one line, short, without anything that a terminal obeys."""
    short = ascii(value) if not isinstance(value, bool) else str(value).lower()
    if short.startswith("'") and '"' not in short:
        short = f'"{short[1:-1]}"'
    return short if len(short) <= _SHOWN else f"{short[:_SHOWN]}..."


def spelled(span: timedelta) -> str:
    """Return a span as it is written in the configuration."""
    seconds = int(span.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
