"""What a file is that was handed over as a state or a plan, and the sentence about what is neither."""

from collections.abc import Set as AbstractSet
from typing import Any, Final

from iacwatch.errors import ParseError

VERSION: Final = 4
"""The format of states that is read: Terraform 0.12 and later, and every OpenTofu, write it."""

_PLAN_MAJOR: Final = 1
_MOST_DIGITS: Final = 9
_LOCK: Final = frozenset({"ID", "Operation", "Who"})
_OF_A_STATE: Final = frozenset({"serial", "lineage", "terraform_version", "resources", "modules"})
_OF_A_PLAN: Final = frozenset({"planned_values", "resource_changes", "resource_drift", "configuration"})
_PULL: Final = "pipe it: terraform state pull | iacwatch address add -"
_TOFU_PULL: Final = "only OpenTofu can decrypt it, so pipe it: tofu state pull | iacwatch address add -"
_SHOW: Final = "show it as JSON: terraform show -json PLAN | iacwatch address plan -"
_ZIP: Final = "PK\x03\x04"


class NotAStateError(ParseError):
    """A file that is something else than a state: a plan, a lock, a page. A scan passes over it."""


class NotAPlanError(ParseError):
    """A file that is something else than a plan in JSON: a state, a plan file as Terraform keeps it."""


def check_begin(name: str, begin: str) -> None:
    """Raise `NotAStateError` where a file is no JSON object, by how it begins."""
    first = begin.lstrip(" \t\r\n")[:1]
    if first == "{":
        return
    if not first:
        raise NotAStateError(f"{name} is empty", hint="it is written by the first apply")
    if begin.startswith(_ZIP):
        raise NotAStateError(
            f"{name} is a plan file or another zip, no state",
            hint=_SHOW,
        )
    if first == "<":
        raise NotAStateError(f"{name} is a page of HTML or XML, no state", hint=_PULL)
    raise NotAStateError(f"{name} is no state: it is not a JSON object", hint=_PULL)


def check_version(name: str, keys: AbstractSet[str], version: Any, *, whole: bool) -> None:
    """Raise where a JSON object is no state of the version that is read, by its top keys.

    `whole`: it could be read to its end.
    """
    is_number = isinstance(version, int) and not isinstance(version, bool)
    if is_number and version == VERSION and keys & _OF_A_STATE:
        if not whole:
            raise cut(name)
        return
    _check_keys(name, keys)
    if not whole:
        raise cut(name)
    if not is_number or not keys & _OF_A_STATE:
        raise NotAStateError(f"{name} is JSON, but no state", hint=_PULL)
    _check_number(name, keys, version)


def _check_keys(name: str, keys: AbstractSet[str]) -> None:
    if "encrypted_data" in keys:
        raise ParseError(f"{name} is encrypted", hint=_TOFU_PULL)
    if keys >= _LOCK:
        raise NotAStateError(
            f"{name} is the lock of a state, no state", hint="somebody is at work on it: wait for the apply"
        )
    if "format_version" in keys:
        if keys & _OF_A_PLAN:
            raise NotAStateError(f"{name} is a plan, no state", hint="use iacwatch address plan")
        raise NotAStateError(f"{name} is what `terraform show -json` prints, no state", hint=_PULL)


def _check_number(name: str, keys: AbstractSet[str], version: int) -> None:
    if "backend" in keys and version < VERSION:
        raise NotAStateError(
            f"{name} holds where Terraform keeps its state, no state", hint="run terraform state pull there"
        )
    if version < VERSION:
        raise ParseError(
            f"{name} has format version {version}, of Terraform 0.11 or older",
            hint="Terraform 0.12 or later writes it anew: terraform state pull | iacwatch address add -",
        )
    raise ParseError(
        f"{name} has format version {version}, which is newer than what is read ({VERSION})",
        hint="update iacwatch",
    )


def check_plan(name: str, begin: str) -> None:
    """Raise `NotAPlanError` where a file is no JSON object, by how it begins."""
    first = begin.lstrip(" \t\r\n")[:1]
    if first == "{":
        return
    what = "a plan file as Terraform keeps it" if begin.startswith(_ZIP) else "no JSON object"
    raise NotAPlanError(f"{name} is {what if first else 'empty'}", hint=_SHOW)


def check_format(name: str, keys: AbstractSet[str], version: Any, *, whole: bool) -> None:
    """Raise where a JSON object is no plan of a format that is read, by its top keys."""
    if keys >= {"@level", "@message"}:
        raise NotAPlanError(f"{name} is the log of `terraform plan -json`, no plan", hint=_SHOW)
    if "encrypted_data" in keys:
        raise NotAPlanError(f"{name} is encrypted", hint=_SHOW)
    if "version" in keys and keys & _OF_A_STATE and "format_version" not in keys:
        raise NotAPlanError(f"{name} is a state, no plan", hint="use iacwatch address add")
    if not whole:
        raise cut(name)
    major = version.partition(".")[0] if isinstance(version, str) else ""
    if not keys & _OF_A_PLAN or not (major.isascii() and major.isdigit() and len(major) < _MOST_DIGITS):
        raise NotAPlanError(f"{name} is JSON, but no plan", hint=_SHOW)
    if int(major) > _PLAN_MAJOR:
        raise ParseError(
            f"{name} is of a plan's format {int(major)}, which is newer than what is read ({_PLAN_MAJOR})",
            hint="update iacwatch",
        )


def cut(name: str) -> ParseError:
    """Return the error of a document that ends early, or is damaged."""
    return ParseError(f"{name} is cut short or damaged", hint="write it again, whole")
