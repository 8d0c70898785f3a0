"""What tags say of where an object's code is: the company's own (``iac.tags``), yor's and Crossplane's.

Anybody may write such tags: they tell where to look, and nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.iac import Engine

_ENGINES: Final = {
    "atlantis": Engine.TERRAFORM,
    "atmos": Engine.TERRAFORM,
    "aws-cdk": Engine.CDK,
    "aws-sam": Engine.SAM,
    "cdk": Engine.CDK,
    "cfn": Engine.CLOUDFORMATION,
    "cloudformation": Engine.CLOUDFORMATION,
    "crossplane": Engine.CROSSPLANE,
    "opentofu": Engine.OPENTOFU,
    "pulumi": Engine.PULUMI,
    "sam": Engine.SAM,
    "terraform": Engine.TERRAFORM,
    "terragrunt": Engine.TERRAFORM,
    "tf": Engine.TERRAFORM,
    "tofu": Engine.OPENTOFU,
}
_LONGEST: Final = 256
"""Characters of the longest value of a tag that AWS allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an object's code is according to its tags; "" where they do not say.

    `address` is Crossplane's ``KIND/NAME``; `block` is the name of the block that yor wrote.
    """

    engine: Engine | None = None
    address: str = ""
    block: str = ""
    stack: str = ""
    repository: str = ""
    path: str = ""
    commit: str = ""
    owner: str = ""

    @property
    def leads_somewhere(self) -> bool:
        """Return whether it is said where to look: an owner alone is no place."""
        return bool(self.address or self.block or self.stack or self.repository or self.path)


def engine_called(value: str | None) -> Engine | None:
    """Return the engine that a managed-by value names, alone or before a further word; None: another."""
    word = (value or "").lower()
    return _ENGINES.get(word) or (Engine.TERRAFORM if word.startswith("terraform") else None)


def provenance_of(tags: Mapping[str, str], names: Mapping[str, Sequence[str]]) -> Provenance:
    """Read an object's tags; `names` lists, by what they tell, the keys to look at (``iac.tags``)."""

    def first(*keys: str) -> str:
        return next((tags[key] for key in keys if 0 < len(tags.get(key, "")) <= _LONGEST), "")

    repository = first(*names.get("repository", ()))
    organisation = first("git_org")
    if repository and organisation and "/" not in repository:
        repository = f"{organisation}/{repository}"
    kind, name = first("crossplane-kind"), first("crossplane-name")
    return Provenance(
        engine=Engine.CROSSPLANE if kind and name else None,
        address=f"{kind}/{name}" if kind and name else "",
        block=first("yor_name"),
        stack=(first("crossplane-providerconfig") if kind and name else "") or first(*names.get("stack", ())),
        repository=repository,
        path=first(*names.get("path", ())),
        commit=first("git_commit"),
        owner=first(*names.get("owner", ())),
    )
