"""What all written reports tell of a finding, with one walk through its diff to hide the secrets."""

from collections.abc import Sequence
from dataclasses import dataclass

from iacwatch.core.catalog.catalog import noun
from iacwatch.core.model import Finding, PropertyChange
from iacwatch.core.present import sentence
from iacwatch.core.present.redact import redacted
from iacwatch.core.present.verbs import Part, Phrase, verb_phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The redacted `diff`, and verb and object with name and id: what `words.done` says, ``fully``."""

    diff: tuple[PropertyChange, ...]
    done: Phrase


def told(finding: Finding, *, redact: Sequence[str], tag_key: str) -> Told:
    """Return what is told; `redact` are further property paths to hide, `tag_key` is the managed tag's."""
    resource = finding.change.resource
    diff = redacted(finding.change, redact)
    verb = verb_phrase(finding, diff, tag_key=tag_key)
    done = (*verb, Part(noun(resource.type)), Part(sentence.called_fully(resource), code=True))
    return Told(diff=diff, done=done)
