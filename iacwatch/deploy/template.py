"""Prints the infrastructure to deploy: the CloudFormation templates and the Terraform modules."""

from importlib.resources import files
from typing import Final

FORMATS: Final = ("cloudformation", "terraform")

_FILES: Final[dict[tuple[str, bool], tuple[str, ...]]] = {
    ("cloudformation", False): ("cloudformation.yaml",),
    ("cloudformation", True): ("member.yaml",),
    ("terraform", False): tuple(
        f"terraform/{name}.tf"
        for name in ("settings", "queue", "permissions", "function", "alarms", "outputs")
    ),
    ("terraform", True): ("terraform_member/main.tf",),
}
"""By format, and whether it is for a member account: the files, in the order in which they are printed."""


def text(form: str, *, member: bool = False) -> str:
    """Return what deploys iacwatch; `member`: what another account needs, to be watched from there.

    Terraform's module is several files here and one text, since it is printed to be one ``main.tf``.
    """
    folder = files(__package__)
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _FILES[form, member])
