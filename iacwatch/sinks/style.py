"""How reports show findings: the style that all of them share, and a finding as each of them shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from iacwatch.core.catalog.catalog import noun
from iacwatch.core.model import Finding, PropertyChange
from iacwatch.core.present import sentence
from iacwatch.core.present.gravity import deed
from iacwatch.core.present.redact import redacted
from iacwatch.core.present.verbs import Part, Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStyle:
    """What every report shows in the same way, as the settings say.

    `names` are the accounts' own, `redact` further property paths to hide, `tag_key` is the managed tag's.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    redact: Sequence[str] = ()
    tag_key: str = "managed-by"


DEFAULT_STYLE: Final = ReportStyle()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """The redacted `diff`, and verb and object with name and id: what `sentence.done` says, ``fully``."""

    diff: tuple[PropertyChange, ...]
    done: Phrase


def view_of(finding: Finding, style: ReportStyle) -> FindingView:
    """Return a finding as reports show it, with one walk through its diff to hide the secrets."""
    resource = finding.change.resource
    diff = redacted(finding.change, style.redact)
    what = (Part(noun(resource.type)), Part(sentence.called_fully(resource), code=True))
    done = deed(finding, diff, tag_key=style.tag_key).on(*what)
    return FindingView(diff=diff, done=done)
