"""Judges whether a person or a machine chose the name of a role session.

A session's name is chosen by whoever assumes the role. It is worth showing where it reads like a person's,
since a shared role names nobody; where it reads like a machine's, the role's name says more, and lasts.
Names are judged by what they are made of: numbers and times, ids, random letters, the words of
`machine_words`, an address, the name of the service that called.
"""

import re
from functools import lru_cache
from typing import Final

from iacwatch.core.parse.machine_words import MACHINES, NOBODYS, OF_MACHINES

_INSTANCE: Final = re.compile(r"m?i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_POD: Final = re.compile(
    r"eks-[\w.-]{1,64}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|eks-[\w.-]{1,59}-[0-9a-f-]{5,36}"
)
_SERVICES: Final = re.compile(
    r"AWSCloudFormation|AWSCodeBuild-[\w-]{1,64}|AWSCodePipeline[\w-]{0,64}|AWSBackup-[\w-]{1,64}"
    r"|AWSConfig-[\w-]{1,64}|AutoScaling[\w-]{0,64}|Automation-[0-9a-f-]{36}|SLRManagement|StepFunctions[\w-]{0,64}"
    r"|ServiceCatalog[\w-]{0,64}|AWSServiceCatalog[\w-]{0,64}",
)
"""The names that services give their sessions."""

_LIKE_A_SERVICE: Final = re.compile(r"(?:AWS|Amazon)[A-Z_-][\w-]{1,64}")
_MACHINES_HOST: Final = re.compile(
    r".{1,64}@[\w.-]{1,64}\.(?:internal|local|lan|localdomain|amazonaws\.com|gserviceaccount\.com)"
)
_ADDRESS: Final = re.compile(r"[\w+=,.-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_ULID: Final = re.compile(r"(?<![0-9A-Z])[0-7][0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Z])")
_AWS_ID: Final = re.compile(r"A(?:ID|RO|SI|KI)A[A-Z0-9]{12,60}")
_POD_NAME: Final = re.compile(r".+-[bcdf-hj-np-tv-z2-9]{8,10}-[bcdf-hj-np-tv-z2-9]{5}")
"""What Kubernetes calls the pods of a deployment."""

_FIRST_LAST: Final = re.compile(r"[A-Za-z]{2,30}\.[A-Za-z]{2,30}(?:\.?\d{1,3})?")
_NUMBERED: Final = re.compile(r"[-_]\d|[A-Za-z]\d+[A-Za-z]|^\d+[A-Za-z]")
_PARTS: Final = re.compile(r"[A-Za-z0-9]+")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_LETTERS_AND_DIGITS: Final = re.compile(r"[A-Za-z]+|[0-9]+")
_HEX: Final = re.compile(r"[0-9][0-9a-f]{6,}", re.IGNORECASE)
_VOWELS: Final = re.compile(r"[aeiouy]", re.IGNORECASE)
_ONE_SOUND: Final = re.compile(r"s?ch|sh|th")
_CONSONANTS: Final = re.compile(r"[^aeiouy]{7}")

_SERVICE_USERS: Final = frozenset({"svc", "service", "ci", "bot"})
_MANY_DIGITS: Final = 10
_SHORT_RANDOM: Final = 6
_LONG_RANDOM: Final = 8
_LONG_TURNS: Final = 3
_SHORT_WORD: Final = 3
_LONG_WORD: Final = 12
_LONGEST_WORD: Final = 30
_FEW_VOWELS: Final = 0.25
_SERVICE_STEM: Final = 5
_INITIALS: Final = 2
_REMEMBERED: Final = 4_096
_MOST_NAMES: Final = 4


def is_instance_session(session: str) -> bool:
    """Return whether a session has the name that EC2 (or Systems Manager) gives an instance's."""
    return _INSTANCE.fullmatch(session) is not None


def is_pod_session(session: str) -> bool:
    """Return whether a session has the name that EKS gives a pod's."""
    return _POD.fullmatch(session) is not None


def is_service_session(session: str) -> bool:
    """Return whether a session has a name that AWS services give those of a role that they assume."""
    return _SERVICES.fullmatch(session) is not None


@lru_cache(_REMEMBERED)
def is_generated(session: str) -> bool:
    """Return whether nobody chose the name: a number or a time, an id, random letters, words of nobody."""
    if not session or is_instance_session(session) or is_pod_session(session) or is_service_session(session):
        return True
    if _LIKE_A_SERVICE.fullmatch(session) or _AWS_ID.fullmatch(session):
        return True
    if _UUID.search(session) or _ULID.search(session):
        return True
    if _ADDRESS.fullmatch(session):
        return _MACHINES_HOST.fullmatch(session) is not None
    if sum(map(str.isdigit, session)) >= _MANY_DIGITS or _POD_NAME.fullmatch(session) or "@" in session:
        return True
    return any(map(_is_random, _PARTS.findall(session))) or all(
        word in NOBODYS or word in MACHINES for word in _words(session)
    )


@lru_cache(_REMEMBERED)
def may_be_a_person(session: str, role: str, invoked_by: str = "") -> bool:
    """Return whether a session's name may be a person's: nobody's default, no machine's word, no role's name.

    `role` is the name of the role, `invoked_by` the service that called, each "" where there is none.
    """
    if is_generated(session) or _bears_service(session, invoked_by):
        return False
    words = _words(session.partition("@")[0])
    if _ADDRESS.fullmatch(session):
        return not words or not all(word in NOBODYS or word in MACHINES for word in words)
    if _FIRST_LAST.fullmatch(session):
        return words[0] not in _SERVICE_USERS
    if (
        any(map(_is_machines, words))
        or len(_PARTS.findall(session)) > _MOST_NAMES
        or _NUMBERED.search(session)
    ):
        return False
    return not _is_called_after(role, session)


def _words(session: str) -> list[str]:
    """Return the words of a name, in lower case: parts without their digits, and with them where known."""
    found: list[str] = []
    for part in _PARTS.findall(session):
        whole = part.lower()
        letters = sum(map(str.isalpha, whole))
        # Two letters before a number are somebody's initials, or no word at all.
        if whole in MACHINES or whole in NOBODYS or letters <= _INITIALS < len(whole):
            found.append(whole)
        else:
            found.extend(word.lower() for word in _WORDS.findall(part))
    return found


def _is_machines(word: str) -> bool:
    return word in MACHINES or OF_MACHINES.search(word) is not None


def _is_called_after(role: str, session: str) -> bool:
    """Return whether a role is called after what its session is: a function's role is named so mostly."""
    named, of_role = _joined(session), _joined(role)
    return bool(role) and (named == of_role or set(_words(session)) <= set(_words(role)))


def _joined(name: str) -> str:
    return "".join(_PARTS.findall(name.lower()))


def _bears_service(session: str, invoked_by: str) -> bool:
    """Return whether a name holds the calling service's: ``states`` of ``states.amazonaws.com``."""
    service = _joined(invoked_by.partition(".")[0])
    if not service or "@" in session:
        return False
    return service in _words(session) or (len(service) >= _SERVICE_STEM and service in _joined(session))


def _is_random(part: str) -> bool:
    """Return whether a part of a name (letters and digits) is an id, or random.

    An employee's number has its letters before or behind its digits (``ab123456``), an id has them between.
    """
    turns = len(_LETTERS_AND_DIGITS.findall(part)) - 1
    if turns and _HEX.fullmatch(part):
        return True
    if turns > 1:
        mixed = part != part.lower() and part != part.upper()
        return len(part) >= (_SHORT_RANDOM if mixed else _LONG_RANDOM) or turns > _LONG_TURNS
    return any(map(_is_gibberish, _LETTERS.findall(part)))


def _is_gibberish(letters: str) -> bool:
    """Return whether a run of letters has neither the case nor the vowels of words."""
    words = _WORDS.findall(letters)
    if len(words) > 1 and len(letters) >= _LONG_RANDOM:
        odd = sum(word.isupper() or not _VOWELS.search(word) for word in words if word != "Mc")
        if odd > 1 or (odd and len(letters) < _SHORT_WORD * len(words)):
            return True
    return any(map(_has_no_sound, words))


def _has_no_sound(word: str) -> bool:
    """Return whether a long word cannot be spoken."""
    if len(word) < _LONG_WORD:
        return False
    sounds = _ONE_SOUND.sub("s", word.lower())
    few = len(_VOWELS.findall(sounds)) < _FEW_VOWELS * len(sounds)
    return few or _CONSONANTS.search(sounds) is not None or len(word) >= _LONGEST_WORD
