"""Finds the configuration and its secrets: in files, SSM, S3, Secrets Manager and the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from iacwatch.errors import ConfigError
from iacwatch.settings.load import File

NAME: Final = "iacwatch"
LARGEST: Final = 1_000_000
"""Bytes. No configuration is as large; what is was not meant to be one."""


class Clients(Protocol):
    """Makes boto3 clients, as `aws.sessions.Sessions` does."""

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        ...


def find(
    config: str | None, environ: Mapping[str, str], clients: Clients, *, usual_places: bool = True
) -> File | None:
    """Return the configuration file that counts, or None where there is none.

    `config` (an option), else ``$IACWATCH_CONFIG``, has to be there; the usual places may be empty.
    """
    if named := config or environ.get("IACWATCH_CONFIG"):
        return _fetch(named, clients)
    if not usual_places:
        return None
    here, users = Path("iacwatch.toml"), folder(environ, "XDG_CONFIG_HOME", ".config")
    for place in (here, users / "config.toml" if users else here):
        if place.is_file():
            return _read(place)
    return None


def folder(environ: Mapping[str, str], variable: str, default: str) -> Path | None:
    """Return iacwatch's folder under one of the XDG base folders (relative ones don't count).

    None where the user has no home.
    """
    base = Path(environ.get(variable, ""))
    if base.is_absolute():
        return base / NAME
    try:
        return Path(environ.get("HOME") or "~").expanduser() / default / NAME
    except RuntimeError:
        return None


def secret(value: str, environ: Mapping[str, str], clients: Clients) -> str:
    """Return a secret from where it is stored; a value that names no such place is the secret itself.

    An error names the place, never the secret.
    """
    kind, _, name = value.partition(":")
    match kind:
        case "env":
            found = environ.get(name, "")
            where = f"the environment variable {name}"
        case "secretsmanager":
            where = f"the secret {name} of Secrets Manager"
            answer = _call(clients, "secretsmanager", "GetSecretValue", where, {"SecretId": name})
            found = answer.get("SecretString", "")
        case "ssm":
            where = f"the SSM parameter {name}"
            found = _parameter(clients, name, where)
        case _:
            return value
    if not found.strip():
        raise ConfigError(f"{where} is empty or not set", hint="it is to hold a secret of [slack]")
    return str(found.strip())


def _fetch(named: str, clients: Clients) -> File:
    if named.startswith("ssm:"):
        name = named.removeprefix("ssm:")
        return File(named, _parameter(clients, name, f"the configuration {named}"))
    if named.startswith("s3://"):
        bucket, _, key = named.removeprefix("s3://").partition("/")
        if not bucket or not key:
            raise ConfigError(f"{named} names no object", hint="write s3://bucket/key")
        answer = _call(
            clients, "s3", "GetObject", f"the configuration {named}", {"Bucket": bucket, "Key": key}
        )
        return File(named, _decoded(answer["Body"].read(LARGEST + 1), named))
    return _read(Path(named).expanduser())


def _read(path: Path) -> File:
    try:
        with path.open("rb") as source:
            return File(str(path), _decoded(source.read(LARGEST + 1), str(path)))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"cannot read the configuration {path}: {reason}") from error


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise ConfigError(f"the configuration {name} is larger than {LARGEST} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the configuration {name} is not UTF-8") from error


def _parameter(clients: Clients, name: str, what: str) -> str:
    answer = _call(clients, "ssm", "GetParameter", what, {"Name": name, "WithDecryption": True})
    return str(answer["Parameter"]["Value"])


def _call(
    clients: Clients, service: str, operation: str, what: str, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the answer of one AWS call, or raise an error that says what could not be read."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  (only where AWS is asked)

    from iacwatch.aws.errors import explained  # noqa: PLC0415  (the same)

    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
    try:
        answer: Mapping[str, Any] = getattr(clients.client(service), method)(**arguments)
    except (BotoCoreError, ClientError) as error:
        raise explained(error, f"cannot read {what}", action=f"{service}:{operation}") from error
    return answer
