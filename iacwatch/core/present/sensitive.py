"""Recognises property names and texts that hold secrets; in doubt they do."""

import re
from typing import Final

_ANYWHERE: Final = re.compile(
    "password|passwd|passphrase|passcode|secret|token|privatekey|apikey|accesskey|credential"
    "|sharedkey|signingkey|keymaterial|licen[cs]ekey|connection(?:string|ur[il])|userdata"
    "|webhookur[il]|databaseur[il]|authparameters|customergatewayconfiguration"
)
"""A name that holds one of these, written in lower case and without separators, holds a secret ..."""

_LAST_WORDS: Final = frozenset({"authorization", "dsn", "pwd", "auth"})
"""... or one whose last word is one of these ..."""

_ABOUT: Final = frozenset(
    (
        "age",
        "algorithm",
        "arn",
        "arns",
        "configured",
        "count",
        "created",
        "creation",
        "date",
        "days",
        "description",
        "enabled",
        "endpoint",
        "expiration",
        "expiry",
        "format",
        "hours",
        "id",
        "ids",
        "issuer",
        "kind",
        "length",
        "lifetime",
        "limit",
        "location",
        "minutes",
        "mode",
        "modified",
        "name",
        "names",
        "options",
        "path",
        "policy",
        "prefix",
        "prevention",
        "provider",
        "required",
        "revocation",
        "rotation",
        "scope",
        "scopes",
        "seconds",
        "size",
        "source",
        "state",
        "status",
        "time",
        "timeout",
        "ttl",
        "type",
        "types",
        "units",
        "updated",
        "uri",
        "url",
        "used",
        "validity",
        "version",
    )
)
"""... unless its last word shows that it only describes the secret (``secretArn``)."""

_ADDRESSES: Final = re.compile("(?:connection|webhook|database)ur[il]$")
_HARMLESS: Final = frozenset({"httptokens"})
"""Names that look like a secret's and are not: whether an instance demands IMDSv2."""

_ENVIRONMENTS: Final = frozenset({"variables", "environment", "env", "envvars", "envs"})
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")

_SIGNS: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY"
    r"|://[^/\s:@]{0,200}:[^/\s@]{1,200}@"
    r"|\bxox[a-z]-[\w-]{8}|\bxapp-[\w-]{8}|hooks\.slack(?:-gov)?\.com/services/"
    r"|\bgh[opsur]_\w{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{15}|\bnpm_\w{30}|\bsk_live_\w|\bAIza[\w-]{30}"
    r"|\beyJ[\w-]{10,2000}\.[\w-]{10}"
)
"""What keys, tokens and addresses with a password in them look like."""

_WORD: Final = re.compile(
    "password|passwd|passphrase|pwd|secret|token|(?:api|account|access|private)[_-]?key", re.IGNORECASE
)
_AROUND: Final = 80
_ASSIGNED: Final = re.compile(r"\w{0,20}\s{0,4}=\s{0,4}[^\s=]")
_AFTER_COLON: Final = re.compile(r"[\"']?\s{0,4}:\s{0,4}[\"']?[^\s\"'{\[]")
_WITHIN_ADDRESS: Final = re.compile(r":[\w-]{0,40}$")
_GIVEN: Final = re.compile(r"[\w-]{0,20}[\s=]\s{0,4}\S")
_FLAG: Final = re.compile(r"(?<!\w)--?[\w-]{0,40}$")
_ARN: Final = re.compile(r"arn:[\w-]{1,20}:[\w.-]{1,60}:[\w-]{0,30}:[0-9]{0,12}:\S{1,512}")


def holds_secret(name: str) -> bool:
    """Return whether a property of this name holds a secret (``masterUserPassword``, ``API_TOKEN``)."""
    joined = _joined(name)
    if joined in _HARMLESS:
        return False
    if not _ANYWHERE.search(joined):
        return _last_word(name) in _LAST_WORDS
    return bool(_ADDRESSES.search(joined)) or not is_about(name)


def is_about(name: str) -> bool:
    """Return whether a name is about a secret, not the secret itself (``secretArn``)."""
    return _last_word(name) in _ABOUT


def holds_environment(name: str) -> bool:
    """Return whether a map or list of this name holds environment variables."""
    joined = _joined(name)
    return joined in _ENVIRONMENTS or joined.endswith(("environmentvariables", "environmentvariable"))


def is_secret(text: str) -> bool:
    """Return whether a text carries a secret, whatever the property is called (``pwd=x``)."""
    if _SIGNS.search(text):
        return True
    return any(
        _gives(text[max(0, word.start() - _AROUND) : word.start()], text[word.end() : word.end() + _AROUND])
        for word in _WORD.finditer(text)
    )


def _gives(before: str, after: str) -> bool:
    """Return whether a value follows such a word: assigned, after a colon (not in an ARN), or an option's."""
    if _ASSIGNED.match(after):
        return True
    if _AFTER_COLON.match(after) and not _WITHIN_ADDRESS.search(before):
        return True
    return bool(_GIVEN.match(after) and _FLAG.search(before))


def is_arn(text: str) -> bool:
    """Return whether a text is one ARN: the address of a secret is none."""
    return _ARN.fullmatch(text) is not None


def _joined(name: str) -> str:
    return _NO_LETTERS.sub("", name.lower())


def _last_word(name: str) -> str:
    words = _WORDS.findall(name)
    return words[-1].lower() if words else ""
