"""What the subject of a pipeline's web identity token says it ran for."""

import re
from typing import Final

_REPOSITORY: Final = re.compile(
    r"repo:([\w.-]{1,100})(?:@\d{1,20})?/([\w.-]{1,100})(?:@\d{1,20})?:(?:ref:)?([^\s\x00-\x1f]{1,400})"
)
_PROJECT: Final = re.compile(
    r"project_path:([\w./-]{1,255}):ref_type:(?:branch|tag):ref:([^\s\x00-\x1f]{1,255})"
)


def repository(*subjects: str) -> str | None:
    """Return what a pipeline's token says it ran for: ``acme/infra@refs/heads/main``; None where none does.

    GitHub's subject is ``repo:ORG/REPO:ref:REF`` (or ``:environment:NAME``, ``:pull_request``; newer ones add
    numeric ids after ``@``), GitLab's ``project_path:GROUP/PROJECT:ref_type:branch:ref:NAME``.
    """
    for subject in subjects:
        if found := _REPOSITORY.fullmatch(subject):
            return f"{found[1]}/{found[2]}@{found[3]}"
        if found := _PROJECT.fullmatch(subject):
            return f"{found[1]}@{found[2]}"
    return None
