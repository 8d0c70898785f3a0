"""Reads an entry of a workflow's `started_by`: who opened a session, as a glob.

An origin is the ARN of a role or a user, or ``PROVIDER:SUBJECT`` of a web identity, which of SAML is
``saml-provider/NAME:SUBJECT``. People write
repositories, roles' names or bare subjects instead; each is refused with the form that it stands for.
"""

import json
import re
from typing import Any, Final

from iacwatch.settings.values import Wrong, word

_GITHUB: Final = "token.actions.githubusercontent.com"
_ARN: Final = r"arn:.*(?::(?:role|user)/.+|:root|\*)"
_WEB_IDENTITY: Final = r"[\w*?-]+(?:\.[\w*?-]+)+(?:/[^:\s]*)?:\S.*"
_SAML: Final = r"saml-provider/[\w.*?-]+:\S.*"
_LONGEST: Final = 120
_MEANT: Final = (
    (r"arn:[^:]+:iam::[^:]*:oidc-provider/(?P<a>[^:]+:.+)", "{a}"),
    (r"arn:[^:]+:iam::[^:]*:(?P<a>saml-provider/[^:]+:.+)", "{a}"),
    (r"arn:(?P<a>[^:]+):sts::(?P<b>[^:]*):assumed-role/(?P<c>[^/]+)(?:/.*)?", "arn:{a}:iam::{b}:role/{c}"),
    (r"https?://(?P<a>[^:]+:.+)", "{a}"),
    (r"(?P<a>repo:.+)", f"{_GITHUB}:{{a}}"),
    (r"(?P<a>project_path:.+)", "gitlab.com:{a}"),
    (r"(?P<a>organization:[^:]+:project:.+)", "app.terraform.io:{a}"),
    (r"(?P<a>organization:[^:]+:pipeline:.+)", "agent.buildkite.com:{a}"),
    (r"(?P<a>org/[^/]+)(?P<b>/project/.+)", "oidc.circleci.com/{a}:{a}{b}"),
    (r"(?P<a>system:serviceaccount:.+)", "oidc.eks.*.amazonaws.com/id/*:{a}"),
    (rf"(?:https?://)?(?P<a>{re.escape(_GITHUB)}):?", "{a}:repo:ORG/REPO:ref:refs/heads/main"),
    (r"(?:https?://)?(?P<a>gitlab\.com|app\.terraform\.io|agent\.buildkite\.com):?", "{a}:SUBJECT"),
    (r"(?P<a>(?:role|user)/.+)", "arn:aws:iam::*:{a}"),
    (r"(?P<a>[0-9]{12})", "arn:aws:iam::{a}:role/NAME"),
    (r"(?P<a>[\w.*-]+/[\w.*-]+)@(?P<b>refs/.+)", f"{_GITHUB}:repo:{{a}}:ref:{{b}}"),
    (r"(?P<a>[\w.*-]+/[\w.*-]+)", f"{_GITHUB}:repo:{{a}}:ref:refs/heads/main"),
    (r"(?P<a>[\w+=,.@*?-]+)", "arn:aws:iam::*:role/{a}"),
)
"""What people write for an origin, and the form that it stands for; the first that fits."""


def origin(value: Any) -> str:
    """Read a glob on the origin of a session."""
    text: str = word(value)
    if text.startswith(("*", "?")) or re.fullmatch(_ARN, text, re.DOTALL):
        if ":assumed-role/" not in text and ":oidc-provider/" not in text:
            return text
    elif re.fullmatch(_WEB_IDENTITY, text, re.ASCII | re.DOTALL) or re.fullmatch(
        _SAML, text, re.ASCII | re.DOTALL
    ):
        return text
    raise Wrong(
        'the ARN of a role or a user, or "PROVIDER:SUBJECT" of a web identity, such as '
        + json.dumps(_meant(text))
    )


def _meant(text: str) -> str:
    """Return the right form that is nearest to what somebody wrote."""
    for pattern, form in _MEANT if len(text) <= _LONGEST else ():
        if found := re.fullmatch(pattern, text, re.ASCII):
            return form.format(**found.groupdict())
    return f"{_GITHUB}:repo:ORG/REPO:ref:refs/heads/main"
