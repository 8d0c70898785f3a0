"""Says how grave a change is, and what was done in words: one order for everything that people read.

Judged by what differs first, by what the call is known to do then. Where neither says more, the words are
those of `verbs`: "changed MultiAZ of".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, TypeAlias

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import ChangeType, Finding, Json, PropertyChange, TrailEvent, Verdict
from iacwatch.core.parse.firewall import WORLD, opened_and_closed
from iacwatch.core.present import switches
from iacwatch.core.present.exposure import gained_by_policy, leaves, opened_by_acl
from iacwatch.core.present.verbs import Part, Phrase, verb_phrase
from iacwatch.core.text import plain


class Gravity(IntEnum):
    """What somebody has to hear of first: smaller is graver."""

    DELETED = 0
    UNTAGGED = 1
    OPENED = 2
    UNPROTECTED = 3
    ADMIN = 4
    KEYS = 5
    REST = 6


Precedence: TypeAlias = tuple[bool, Gravity, datetime, datetime, str]
"""Whether it is cleared, how grave it is, when it was done and captured, its id: the smaller, the sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done: `verb` stands before the object, `after` behind it: "made" S3 bucket logs "public"."""

    gravity: Gravity
    verb: Phrase
    after: str = ""

    def on(self, *what: Part) -> Phrase:
        """Return the deed with its object."""
        return (*self.verb, *what, Part(self.after)) if self.after else (*self.verb, *what)

    def on_it(self) -> Phrase:
        """Return the deed where its object is known: "deleted it", "changed MultiAZ", "made it public"."""
        *before, last = self.verb
        words, _, joint = last.text.rpartition(" ")
        loose = joint in _LOOSE or (
            joint in {"to", "from"} and not self.verb[0].text.startswith(_NEEDS_OBJECT)
        )
        if last.code or not loose:
            return self.on(Part("it"))
        parts = (*before, Part(words)) if words else tuple(before)
        return (*parts, Part(self.after)) if self.after else parts


_LONGEST: Final = 80
_LOOSE: Final = frozenset({"of", "on", "with"})
_NEEDS_OBJECT: Final = ("gave", "took")
_CLEARED: Final = frozenset({Verdict.IN_WORKFLOW, Verdict.AWS_SERVICE, Verdict.SIDE_EFFECT})
_ADMIN: Final = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})
_ATTACHES: Final = frozenset({"AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy"})
_EVERYBODY: Final = frozenset({"all", "*", "public-read", "public-read-write", "none"})
_OPENS: Final[Mapping[str, tuple[tuple[str, ...], switches.Words]]] = {
    "AddLayerVersionPermission": (("principal",), ("let everybody use", "")),
    "AddPermission": (("principal",), ("let everybody call", "")),
    "CreateFunctionUrlConfig": (("authtype",), ("opened the URL of", "to everybody")),
    "ModifyDBClusterSnapshotAttribute": (("valuestoadd",), ("made", "public")),
    "ModifyDBSnapshotAttribute": (("valuestoadd",), ("made", "public")),
    "ModifyImageAttribute": (("group",), ("made", "public")),
    "ModifySnapshotAttribute": (("group",), ("made", "public")),
    "PutBucketAcl": (("x-amz-acl",), ("made", "public")),
    "UpdateFunctionUrlConfig": (("authtype",), ("opened the URL of", "to everybody")),
}
"""Calls that open to the world where one of these parameters says so."""

_GRAVE: Final[Mapping[str, Gravity]] = {
    **dict.fromkeys(("ScheduleKeyDeletion", "DeleteSecret"), Gravity.DELETED),
    **dict.fromkeys(
        ("DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock", "DeleteAccountPublicAccessBlock"),
        Gravity.OPENED,
    ),
    **dict.fromkeys(
        (
            *("DeleteBucketEncryption", "DeleteBucketReplication", "DeleteRetentionPolicy", "DeleteWebACL"),
            *("DeleteLoggingConfiguration", "DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary"),
            *("DisableAlarmActions", "DisableKey", "DisableKeyRotation", "DisableLogging", "DisableRule"),
            *("DisableSecurityHub", "DisassociateWebACL", "RemoveBackupPlan", "StopConfigurationRecorder"),
            *("StopLogging", "CancelRotateSecret", "DeactivateMFADevice", "DisableEbsEncryptionByDefault"),
        ),
        Gravity.UNPROTECTED,
    ),
    **dict.fromkeys(
        (
            *(
                "CreateAccessKey",
                "CreateLoginProfile",
                "UpdateLoginProfile",
                "CreateServiceSpecificCredential",
            ),
            *("UploadSSHPublicKey", "UploadSigningCertificate", "ImportKeyPair", "CreateKeyPair"),
        ),
        Gravity.KEYS,
    ),
}
"""Calls that are grave whatever their parameters; their words are those of `verbs`."""


def deed(finding: Finding, diff: Sequence[PropertyChange], *, tag_key: str) -> Deed:
    """Return what was done and how grave it is. `diff` is the redacted one, whose values may be shown."""
    change, managed = finding.change, finding.managed
    usual = verb_phrase(finding, diff, tag_key=tag_key)
    if change.change_type is ChangeType.DELETE:
        return Deed(gravity=Gravity.DELETED, verb=usual)
    if managed.removed or managed.new_value is not None:
        return Deed(gravity=Gravity.UNTAGGED, verb=usual)
    if managed.added:
        return Deed(gravity=Gravity.REST, verb=usual)
    if change.change_type is ChangeType.CREATE:
        return Deed(gravity=_by_call(finding), verb=usual)
    found = min(_found(finding, usual), key=lambda each: each.gravity, default=None)
    return found or Deed(gravity=Gravity.REST, verb=usual)


def gravity(finding: Finding) -> Gravity:
    """Return how grave a change is."""
    return deed(finding, finding.change.diff or (), tag_key="").gravity


def is_cleared(finding: Finding) -> bool:
    """Return whether nobody has to look at a change: its verdict says that it was meant to be."""
    return finding.verdict in _CLEARED


def precedence(finding: Finding) -> Precedence:
    """Return the key that sorts findings as people have to hear of them.

    What nobody has cleared comes first, then by gravity, by time and by capture; the id makes it total.
    """
    return (
        is_cleared(finding),
        gravity(finding),
        finding.happened_at,
        finding.change.captured_at,
        finding.finding_id,
    )


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in the order of `precedence`."""
    return sorted(findings, key=precedence)


def newest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in the order in which the past of one resource is read."""
    return sorted(findings, key=lambda each: (each.happened_at, each.change.captured_at), reverse=True)


def _found(finding: Finding, usual: Phrase) -> Iterator[Deed]:
    diff = finding.change.diff or ()
    ways = facts_of(finding.change.resource.type).opens_ways
    opened, _ = opened_and_closed(diff) if ways else ((), ())
    if any(way.peer in WORLD and not way.outbound for way in opened):
        yield Deed(gravity=Gravity.OPENED, verb=usual)
    for_everybody, over_everything = gained_by_policy(diff)
    if for_everybody:
        trust = any("assumerolepolicydocument" in entry.path.lower() for entry in diff)
        yield _deed(Gravity.OPENED, ("let everybody assume", "") if trust else ("made", "public"))
    if opened_by_acl(diff):
        yield _deed(Gravity.OPENED, ("made", "public"))
    yield from _switched(diff)
    if over_everything:
        yield _deed(Gravity.ADMIN, ("gave all rights to", ""))
    for name in _attached(diff):
        yield Deed(gravity=Gravity.ADMIN, verb=(Part("attached"), _code(name), Part("to")))
    if finding.match is not None:
        yield from _called(finding.match.event, usual)


def _called(event: TrailEvent, usual: Phrase) -> Iterator[Deed]:
    keys, words = _OPENS.get(event.name, ((), ("", "")))
    if any(value.lower() in _EVERYBODY for value in _sent(event, *keys)):
        yield _deed(Gravity.OPENED, words)
    if event.name in _GRAVE:
        yield Deed(gravity=_GRAVE[event.name], verb=usual)
    if event.name in _ATTACHES:
        for arn in _sent(event, "policyarn"):
            name = arn.rpartition("/")[2]
            level = Gravity.ADMIN if name in _ADMIN else Gravity.REST
            yield Deed(gravity=level, verb=(Part("attached"), _code(name), Part("to")))


def _by_call(finding: Finding) -> Gravity:
    return _GRAVE.get(finding.match.event.name, Gravity.REST) if finding.match else Gravity.REST


def _sent(event: TrailEvent, *keys: str) -> list[str]:
    """Return the values that a call's parameters give under some keys."""
    return [each.value for each in event.mentions if each.path[0] == "request" and set(each.path) & set(keys)]


def _switched(diff: Sequence[PropertyChange]) -> Iterator[Deed]:
    tables = ((Gravity.OPENED, switches.OPENED), (Gravity.UNPROTECTED, switches.UNPROTECTED))
    for entry in diff:
        root = tuple(entry.path.lower().split("."))
        gone = next((key for key in root if key in switches.REMOVED), None)
        after = {} if "polic" in entry.path.lower() else dict(leaves(entry.updated, root))
        known = [
            (path, level, found)
            for path in after
            for level, table in tables
            if (found := table.get(path[-1]) or table.get(".".join(path[-2:]))) is not None
        ]
        before = dict(leaves(entry.previous, root)) if known or gone else {}
        for path, level, (bad, words) in known:
            if _turned(before.get(path), after[path], bad):
                yield _deed(level, words)
        if gone and _is_there(before) and not _is_there(after):
            level = Gravity.OPENED if gone == "publicaccessblockconfiguration" else Gravity.UNPROTECTED
            yield _deed(level, switches.REMOVED[gone])


def _turned(before: Json, after: Json, bad: Json) -> bool:
    """Return whether a value became the bad one; what was not there before was not switched off."""
    had = before is not None or bad not in {0, ""}
    return had and switches.is_off(after, bad) and not switches.is_off(before, bad)


def _is_there(values: Mapping[tuple[str, ...], Json]) -> bool:
    return any(value is not None for value in values.values())


def _attached(diff: Sequence[PropertyChange]) -> Iterator[str]:
    """Yield the managed policies that give an administrator's rights, and were not attached before."""
    policies = [entry for entry in diff if "policies" in entry.path.lower()]
    before, after = (
        {value for entry in policies for path, value in leaves(side(entry)) if path[-1:] == ("policyname",)}
        for side in (_previous, _updated)
    )
    yield from sorted(_ADMIN & (after - before))


def _previous(entry: PropertyChange) -> Json:
    return entry.previous


def _updated(entry: PropertyChange) -> Json:
    return entry.updated


def _deed(level: Gravity, words: switches.Words) -> Deed:
    return Deed(gravity=level, verb=(Part(words[0]),), after=words[1])


def _code(text: str) -> Part:
    return Part(plain(text, _LONGEST), code=True)
