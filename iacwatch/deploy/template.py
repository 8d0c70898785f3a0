"""Prints what deploys iacwatch: CloudFormation templates, Terraform modules, a container file, a CronJob."""

from importlib.resources import files
from typing import Final

from iacwatch.errors import UsageError

FORMATS: Final = ("cloudformation", "terraform", "container", "kubernetes")

_FILES: Final[dict[tuple[str, bool], tuple[str, ...]]] = {
    ("cloudformation", False): ("cloudformation.yaml",),
    ("cloudformation", True): ("member.yaml",),
    ("terraform", False): tuple(
        f"terraform/{name}.tf"
        for name in ("settings", "queue", "addresses", "permissions", "function", "alarms", "outputs")
    ),
    ("terraform", True): ("terraform_member/main.tf",),
    ("container", False): ("container/Containerfile",),
    ("kubernetes", False): ("container/cronjob.yaml",),
}
"""By format, and whether it is for a member account: the files, in the order in which they are printed."""


def text(form: str, *, member: bool = False) -> str:
    """Return what deploys iacwatch; `member`: what another account needs, to be watched from there.

    Terraform's module is several files here and one text, since it is printed to be one ``main.tf``. Raises
    `UsageError` where a format has nothing for members.
    """
    if (form, member) not in _FILES:
        raise UsageError(
            f"--member has no template in the format {form}",
            hint="what a member account needs is a role: print it with --format cloudformation or terraform",
        )
    folder = files(__package__)
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _FILES[form, member])
