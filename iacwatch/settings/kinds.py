"""The kinds of values that settings take: how each is read, and what the manual calls it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.settings import values
from iacwatch.settings.origins import origin
from iacwatch.settings.values import Wrong


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is read and checked.

    `read` raises `Wrong` for what cannot be. `form` is the word for it in the manual. `json`: the
    environment gives it as JSON. `secret`: no error may show it.
    """

    read: Callable[[Any], Any]
    form: str = "text"
    json: bool = False
    secret: bool = False


def list_of(entry: Callable[[Any], Any], form: str) -> Kind:
    """Return the kind of a list whose entries are read by `entry`."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise Wrong("a list, even of one")
        return tuple(values.part(entry, one, f"[{index}]") for index, one in enumerate(value))

    return Kind(read, f"list of {form}", json=True)


def fitting(pattern: str, must: str) -> Kind:
    """Return the kind of a text that fits a regular expression; `must`: what goes on after "must be"."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise Wrong(must)
        return value

    return Kind(read)


TEXT: Final = Kind(values.text)
WORD: Final = Kind(values.word)
FLAG: Final = Kind(values.flag, "true or false", json=True)
TEXTS: Final = list_of(values.text, "texts")
GLOBS: Final = list_of(values.word, "globs")
ORIGINS: Final = list_of(origin, "globs")
CIDRS: Final = list_of(values.cidr, "CIDRs")
DURATION: Final = Kind(values.duration, "duration")
DURATIONS: Final = list_of(values.duration, "durations")
MOMENT: Final = Kind(values.moment, "time")
URL: Final = Kind(values.url, "URL")
API_URL: Final = Kind(values.api_url, "URL")
SECRET: Final = Kind(values.secret, "secret", secret=True)
SECRET_URL: Final = Kind(values.secret_url, "secret", secret=True)
ACCOUNTS: Final = list_of(values.account, "accounts")
ACCOUNTS_OR_ANY: Final = list_of(values.account_or_any, "accounts")
ACCOUNT_NAMES: Final = Kind(values.account_names, "table of names", json=True)
ROLE_NAME: Final = Kind(values.role_name)
TAGS: Final = Kind(values.tags, "table of globs", json=True)
SLACK_IDS: Final = Kind(values.slack_ids, "table of ids", json=True)
RATE: Final = Kind(values.rate, "number", json=True)
SIZE: Final = Kind(values.gigabytes, "number", json=True)
TRAIL_SOURCE: Final = Kind(values.trail_source)
SOME_VERDICTS: Final = Kind(values.verdicts, "list of verdicts", json=True)
"""At least one; ``all`` stands for each."""
VERDICTS: Final = list_of(values.verdict, "verdicts")
LEDGER_URL: Final = Kind(values.ledger_url, "URL")
INDEX_URL: Final = fitting(
    r"(?:sqlite(?::///.+)?"
    r"|dynamodb://(?:arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/)?[A-Za-z0-9_.-]{3,255})?",
    '"sqlite", "sqlite:///absolute/path", "dynamodb://table" (its name or ARN) or "" (no index)',
)
ACCOUNT_OR_NONE: Final = fitting(r"(?:[0-9]{12})?", 'an account\'s 12 digits in quotes, or ""')
IAC_COMMAND: Final = fitting(
    r"terraform|tofu|terragrunt|atmos", '"terraform", "tofu", "terragrunt" or "atmos"'
)
IAC_COMMAND_OR_NONE: Final = fitting(
    r"(?:terraform|tofu|terragrunt|atmos)?", '"terraform", "tofu", "terragrunt", "atmos" or ""'
)
LINK: Final = fitting(
    r"(?:https?://(?:[^\s{}<>|\"]|\{(?:repository|ref|path)\})+)?",
    'an http(s) URL in which {repository}, {ref} and {path} stand for what they say, or ""',
)
TAG_LISTS: Final = Kind(values.tag_lists, "table of lists", json=True)
ATHENA_NAME: Final = fitting(r"[A-Za-z0-9_-]{0,128}", "at most 128 letters, digits, _ and -")
"""Of a database or a table: it becomes part of a query, so nothing is taken that could end a name there."""
EVENT_BUS: Final = fitting(
    r"(?:(?:arn:aws[a-z-]*:events:[a-z]+(?:-[a-z]+)+-[0-9]+:[0-9]{12}:event-bus/)?[A-Za-z0-9._-]{1,256})?",
    "an event bus's name or ARN",
)
WORKGROUP: Final = fitting(
    r"[A-Za-z0-9._-]{1,128}", "a workgroup's name: at most 128 letters, digits, ., _ and -"
)
S3_PREFIX: Final = fitting(
    r"(?:s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\s?#\x00-\x1f]*)?)?",
    '"s3://bucket/prefix", or "" where the workgroup has a place for results',
)
REGION: Final = fitting(
    r"(?:[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2})?", 'a region such as "eu-west-1", or ""'
)
DATA_CATALOG: Final = fitting(
    r"[A-Za-z0-9_@:/.-]{1,256}", "the name of a data catalog, such as AwsDataCatalog"
)
