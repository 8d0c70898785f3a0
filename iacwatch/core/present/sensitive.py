"""Recognises property names and texts that hold secrets; in doubt they do."""

import re
from typing import Final

from iacwatch.core.text import words

_ANYWHERE: Final = re.compile(
    "password|passwd|passphrase|passcode|secret|token|privatekey|apikey|accesskey|credential"
    "|(?:shared|signing|licen[cs]e|host|hmac|master|client|tls|ssl|storage|account)key|keymaterial|keytab"
    "|connection(?:string|ur[il])|userdata|webhook(?:ur[il]|endpoint)|databaseur[il]|authparameters"
    "|customergatewayconfiguration|sharedaccesssignature|recoverycode|snmpcommunity"
)
"""A name that holds one of these, written in lower case and without separators, holds a secret ..."""

_LAST_WORDS: Final = frozenset(
    {"authorization", "dsn", "pwd", "pass", "auth", "psk", "bearer", "otp", "totp"}
)
"""... or one whose last word is one of these ..."""

_WEBHOOKS: Final = frozenset({"webhook", "webhooks"})
"""... or one of these, where it is no object that describes the webhook ..."""

_ABOUT: Final = words(
    "active age algorithm alias aliases arn arns checksum configured count created creation date days "
    "description digest enabled endpoint expiration expiry expression fingerprint fingerprints format "
    "hash hours id ids imported issuer kind length lifetime limit location manager md5 minutes mode "
    "modified name names options path policy prefix prevention provider required revocation rotated "
    "rotation scope scopes seconds sha size source spec state status time timeout ttl type types units "
    "updated uri url usage used validity version"
)
"""... unless its last word shows that it only describes the secret (``secretArn``)."""

_SECRET_STILL: Final = re.compile(
    "(?:connection|webhook|database)ur[il]$|webhookendpoint$|(?:passw|passphrase|secret).*hash$"
)
_HARMLESS: Final = re.compile(
    "httptokens|trustedhostkeys?"
    "|(?:creation|client|clientrequest|idempotency|lock|next|pagination|continuation|update)token"
    "|max(?:imum)?tokens?|tokensper.*|tokenbucket.*"
)
"""Names that look like a secret's: whether an instance demands IMDSv2, public keys, ids of calls, limits."""

_ENVIRONMENTS: Final = frozenset({"variables", "environment", "env", "envvars", "envs"})
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")

_SIGNS: Final = re.compile(
    r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-|\bAGE-SECRET-KEY-1"
    r"|://[^/\s:@]{0,200}:[^/\s@]{1,200}@"
    r"|\bxox[a-z]-[\w-]{8}|\bxapp-[\w-]{8}|hooks\.slack(?:-gov)?\.com/(?:services|triggers|workflows)/"
    r"|\.office\.com/webhookb2/|\bdiscord(?:app)?\.com/api/webhooks/"
    r"|\bgh[opsur]_\w{20}|\bgithub_pat_\w{20}|\bgl(?:pat|dt|rt|ptt)-[\w-]{15}|\bnpm_\w{30}|\bpypi-AgE\w"
    r"|\b[sr]k_(?:live|test)_\w|\bwhsec_\w{16}|\bsk-(?:(?:ant|proj|svcacct)-[\w-]{20}|\w{32})|\bhf_[A-Za-z]{30}|\bAIza[\w-]{30}"
    r"|\bya29\.[\w-]{20}|\bSG\.[\w-]{16,32}\.[\w-]{16,64}|\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}|\bdapi[0-9a-f]{32}"
    r"|\bhv[sb]\.[\w-]{20}|\bdo[opr]_v1_[0-9a-f]{32}|\bNRAK-[A-Z0-9]{20}|\bATATT3[\w-]{20}"
    r"|\beyJ[\w-]{10,2000}\.[\w-]{10}"
    r"|(?i:\bauthorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:basic|bearer|token)\s)|X-Amz-Signature=|[?&]sig=[\w%]{20}"
)
"""What keys, tokens and addresses with a password in them look like."""

_KEY_ID: Final = re.compile(r"\bA(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}\b")
_KEY: Final = re.compile(r"(?<![\w/+=-])[A-Za-z0-9/+]{40}(?![\w/+=-])")
"""Forty characters, as AWS's secret access keys have; they are random, and neither hexadecimal nor a path."""

_RUN: Final = re.compile(r"[0-9a-f]{12,}|[A-Z]+|[a-z]+|[0-9]+|[/+]+")
_FEWEST_RUNS: Final = 17
"""Runs of one kind of character in forty random ones: 26 on average, fewer than this in one of 700."""

_IDS: Final = frozenset(
    (
        *(
            "accesskeyid",
            "arn",
            "arns",
            "checksum",
            "digest",
            "etag",
            "fingerprint",
            "hash",
            "id",
            "ids",
            "md",
            "md5",
        ),
        *("revision", "sha", "uuid", "version"),
    )
)
"""Last words of the names of ids and checksums, which look like keys."""

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


def holds_secret(name: str, *, container: bool = False) -> bool:
    """Return whether a property of this name holds a secret (``masterUserPassword``, ``API_TOKEN``).

    `container`: its value is an object or a list.
    """
    joined = _joined(name)
    if _HARMLESS.fullmatch(joined):
        return False
    if not _ANYWHERE.search(joined):
        last = _last_word(name)
        return last in _LAST_WORDS or (last in _WEBHOOKS and not container)
    return bool(_SECRET_STILL.search(joined)) or not is_about(name)


def is_about(name: str) -> bool:
    """Return whether a name is about a secret, not the secret itself (``secretArn``)."""
    return _last_word(name) in _ABOUT


def holds_environment(name: str) -> bool:
    """Return whether a map or list of this name holds environment variables."""
    joined = _joined(name)
    return joined in _ENVIRONMENTS or joined.endswith(("environmentvariables", "environmentvariable"))


def is_secret(text: str, name: str = "") -> bool:
    """Return whether a text carries a secret, whatever the property is called (``pwd=x``).

    What only looks like one of AWS's keys is none where `name` is that of an id or a checksum.
    """
    if _SIGNS.search(text) or (_last_word(name) not in _IDS and _is_key(text)):
        return True
    return any(
        _gives(text[max(0, word.start() - _AROUND) : word.start()], text[word.end() : word.end() + _AROUND])
        for word in _WORD.finditer(text)
    )


def _is_key(text: str) -> bool:
    """Return whether an access key of AWS, or its id, stands in a text; in an ARN such things are ids."""
    if is_arn(text):
        return False
    return _KEY_ID.search(text) is not None or any(
        len(_RUN.findall(found)) >= _FEWEST_RUNS and re.search("[A-Z]", found) for found in _KEY.findall(text)
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
