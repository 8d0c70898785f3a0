"""Which findings go to which channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iacwatch.core.globs import matches
from iacwatch.core.model import Finding, Verdict
from iacwatch.core.present.address import owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which findings go to `channel`: conditions ANDed, entries ORed, an empty one holds for all.

    `managed_by`, `resource_types`, `owners`, `repositories` and the values of `tags` are globs; every tag
    that is named must be there. Owner and repository are those of the address in IaC.
    """

    channel: str
    accounts: Sequence[str] = ()
    managed_by: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    resource_types: Sequence[str] = ()
    verdicts: Sequence[Verdict] = ()
    owners: Sequence[str] = ()
    repositories: Sequence[str] = ()

    def takes(self, finding: Finding) -> bool:
        """Return whether a finding goes this way."""
        resource, managed, iac = finding.change.resource, finding.managed, finding.iac
        return (
            (not self.accounts or resource.account_id in self.accounts)
            and (not self.managed_by or _fits(self.managed_by, managed.value))
            and all(_fits([glob], managed.tags.get(key)) for key, glob in self.tags.items())
            and (not self.resource_types or _fits(self.resource_types, resource.type))
            and (not self.verdicts or finding.verdict in self.verdicts)
            and (not self.owners or any(_fits(self.owners, each) for each in owners(iac)))
            and (not self.repositories or _fits(self.repositories, iac.repository if iac else None))
        )


def _fits(globs: Sequence[str], text: str | None) -> bool:
    return text is not None and any(matches(glob, text) for glob in globs)
