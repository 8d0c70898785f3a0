"""Reads from the subject of a pipeline's web identity token which repository the pipeline ran for.

A subject is a list of names and values, ``repo:acme/infra:ref:refs/heads/main``. Its provider signs it, yet
branches, environments and steps in it are named by whoever writes them: a name that comes twice counts once.
"""

import re
from collections.abc import Mapping
from typing import Final

_WITHOUT_VALUE: Final = "pull_request"
_MOST_NAMES: Final = 40
_LONGEST_REF: Final = 400

_REPOSITORY: Final = re.compile(r"([\w.-]{1,100})(?:@\d{1,20})?/([\w.-]{1,100})(?:@\d{1,20})?", re.ASCII)
"""GitHub's owner and repository; newer subjects add the numeric id of each."""

_PATH: Final = re.compile(r"[\w.-]{1,255}(?:/[\w.-]{1,255}){1,20}", re.ASCII)
_NAME: Final = re.compile(r"[\w.-](?:[\w. -]{0,98}[\w.-])?", re.ASCII)


def repository(*subjects: str) -> str | None:
    """Return what the first readable subject says that a pipeline ran for, or None.

    ``acme/infra@refs/heads/main`` of GitHub (``@environment:NAME`` or ``@pull_request`` where the subject has
    that instead of a ref, else what a custom template put there), ``GROUP/PROJECT@REF`` of GitLab,
    ``ORG/PIPELINE@REF`` of Buildkite, ``ORG/PROJECT/WORKSPACE`` of HCP Terraform. Bitbucket and CircleCI
    tell ids only.
    """
    return next((found for subject in subjects if (found := _read(subject))), None)


def _read(subject: str) -> str | None:
    named = _named(subject)
    match next(iter(named)):
        case "project_path":
            return _at(named["project_path"], named.get("ref", ""))
        case "organization" if "pipeline" in named:
            return _at(f"{named['organization']}/{named['pipeline']}", named.get("ref", ""))
        case "organization":
            parts = [named.get(name, "") for name in ("organization", "project", "workspace")]
            return "/".join(parts) if all(map(_NAME.fullmatch, parts)) else None
        case _:
            return _github(named)


def _github(named: Mapping[str, str]) -> str | None:
    key = "repo" if "repo" in named else "repository"
    found = _REPOSITORY.fullmatch(named.get(key, ""))
    others = [name for name in named if name != key]
    if found is None or not others:
        return None
    told = next((name for name in ("ref", "environment", _WITHOUT_VALUE) if name in named), others[-1])
    what = "" if told == "ref" else f"{told}:"
    ref = f"{what}{named[told]}" if named[told] else what.removesuffix(":")
    return _at(f"{found[1]}/{found[2]}", ref)


def _named(subject: str) -> dict[str, str]:
    """Return the values of a subject by their names, the first of each."""
    parts = iter(subject.split(":", _MOST_NAMES))
    named: dict[str, str] = {}
    for name in parts:
        named.setdefault(name, "" if name == _WITHOUT_VALUE else next(parts, ""))
    return named


def _at(path: str, ref: str) -> str | None:
    # An environment's name may hold spaces.
    fits = 0 < len(ref) <= _LONGEST_REF and ref.isprintable() and ref == " ".join(ref.split())
    return f"{path}@{ref}" if fits and _PATH.fullmatch(path) else None
