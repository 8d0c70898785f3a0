"""What a world knows of one resource type: how its things are called, and the calls of AWS that touch it.

Everything here is written from AWS's own API models and recorded events, not from the tables of the program
that is judged: ``$id``, ``$name``, ``$arn`` and so on stand for what one thing is called.
"""

from dataclasses import dataclass, field
from datetime import datetime
from string import Template
from typing import Any


@dataclass(frozen=True)
class Call:
    """One API call: parameters and answer as CloudTrail writes them, and what it changes in the CI.

    `paths` are (path, before, after) of the diff. `listed`: what LookupEvents lists, None: as `lookup_rows`
    says.
    """

    name: str
    request: Any = None
    response: Any = None
    paths: tuple[tuple[str, Any, Any], ...] = (("Configuration.Description", "before", "after"),)
    source: str = ""
    listed: tuple[str, ...] | None = None
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One resource type. `mentions` are calls that name a thing of it and leave it as it is."""

    type: str
    source: str
    id: str
    arn: str
    create: Call
    delete: Call
    updates: tuple[Call, ...]
    tag: Call
    name: str | None = "$name"
    untag: Call | None = None
    mentions: tuple[Call, ...] = ()
    tags_in: str = "tags"
    config: dict[str, Any] = field(default_factory=dict)
    home: str | None = None
    creation_time: bool = True
    renames: Call | None = None
    slow: bool = False


@dataclass
class Thing:
    """One resource of a world, and all names that its calls use."""

    kind: Kind
    account: str
    region: str
    facts: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.facts["id"]

    @property
    def arn(self) -> str:
        return self.facts["arn"]

    @property
    def name(self) -> str | None:
        return self.facts["ciname"] or None

    @property
    def trail_region(self) -> str:
        return self.kind.home or self.region


def filled(template: Any, facts: dict[str, str]) -> Any:
    """Return a template with ``$name`` and so on put in, at any depth."""
    if isinstance(template, str):
        return Template(template).substitute(facts) if "$" in template else template
    if isinstance(template, dict):
        return {filled(key, facts): filled(value, facts) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(each, facts) for each in template]
    return template
