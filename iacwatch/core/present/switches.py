"""Properties whose new value takes protection away or opens something, and how a sentence says so."""

from collections.abc import Mapping
from typing import Final

from iacwatch.core.model import Json

Words = tuple[str, str]
"""What stands before the object and behind it."""

OPENED: Final[Mapping[str, tuple[Json, Words]]] = {
    "authtype": ("NONE", ("opened the URL of", "to everybody")),
    "blockpublicacls": (False, ("switched off the public access block of", "")),
    "blockpublicpolicy": (False, ("switched off the public access block of", "")),
    "endpointpublicaccess": (True, ("opened the endpoint of", "to the internet")),
    "ignorepublicacls": (False, ("switched off the public access block of", "")),
    "publiclyaccessible": (True, ("made", "publicly accessible")),
    "restrictpublicbuckets": (False, ("switched off the public access block of", "")),
}
"""By the last key of a property: the value that opens the object to the world."""

_DELETION: Final = ("removed deletion protection from", "")
_ENCRYPTION: Final = ("switched off the encryption of", "")
_BACKUPS: Final = ("switched off the backups of", "")
_LOGGING: Final = ("switched off the logging of", "")

UNPROTECTED: Final[Mapping[str, tuple[Json, Words]]] = {
    "access_logs.s3.enabled": (False, _LOGGING),
    "actionsenabled": (False, ("switched off the actions of", "")),
    "atrestencryptionenabled": (False, _ENCRYPTION),
    "automatedsnapshotretentionperiod": (0, _BACKUPS),
    "automaticbackupretentiondays": (0, _BACKUPS),
    "backupretentionperiod": (0, _BACKUPS),
    "bucketversioningconfiguration.status": ("Suspended", ("suspended the versioning of", "")),
    "deleteprotection": (False, _DELETION),
    "deletion_protection.enabled": (False, _DELETION),
    "deletionprotection": (False, _DELETION),
    "deletionprotectionenabled": (False, _DELETION),
    "disableapistop": (False, ("removed stop protection from", "")),
    "disableapitermination": (False, ("removed termination protection from", "")),
    "enableterminationprotection": (False, ("removed termination protection from", "")),
    "encrypted": (False, _ENCRYPTION),
    "httptokens": ("optional", ("allowed IMDSv1 on", "")),
    "includeglobalserviceevents": (False, ("took global services' events out of", "")),
    "islogging": (False, _LOGGING),
    "ismultiregiontrail": (False, ("limited", "to one region")),
    "keyrotationenabled": (False, ("switched off the rotation of", "")),
    "logfilevalidationenabled": (False, ("switched off the log validation of", "")),
    "loggingenabled": (False, _LOGGING),
    "mfadelete": ("Disabled", ("switched off MFA delete of", "")),
    "pointintimerecoveryenabled": (False, ("switched off point-in-time recovery of", "")),
    "pointintimerecoverystatus": ("DISABLED", ("switched off point-in-time recovery of", "")),
    "rotationenabled": (False, ("switched off the rotation of", "")),
    "scanonpush": (False, ("switched off the image scanning of", "")),
    "snapshotretentionlimit": (0, _BACKUPS),
    "storageencrypted": (False, _ENCRYPTION),
    "terminationprotection": (False, ("removed termination protection from", "")),
    "transitencryptionenabled": (False, ("switched off the encryption in transit of", "")),
    "viewerprotocolpolicy": ("allow-all", ("allowed plain HTTP on", "")),
    "webaclid": ("", ("took the web ACL off", "")),
}
"""By a property's last key, or its last two: the value that takes protection, logging or backups away."""

REMOVED: Final[Mapping[str, Words]] = {
    "bucketloggingconfiguration": _LOGGING,
    "permissionsboundary": ("removed the permissions boundary of", ""),
    "publicaccessblockconfiguration": ("removed the public access block of", ""),
    "serversideencryptionconfiguration": ("removed the encryption of", ""),
}
"""By a property's name: what its removal as a whole takes away."""


def is_off(value: Json, bad: Json) -> bool:
    """Return whether a value is the one that takes something away: documents write it as text, too."""
    if isinstance(bad, bool):
        words = {"true", "enabled", "active"} if bad else {"false", "disabled", "inactive"}
        return value is bad or (isinstance(value, str) and value.lower() in words)
    if isinstance(bad, int):
        return not isinstance(value, bool) and value in {bad, str(bad)}
    return isinstance(value, str) and value.lower() == str(bad).lower()
