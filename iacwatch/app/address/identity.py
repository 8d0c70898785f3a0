"""Which state it is that somebody hands over: by options, by CI's variables, by the checkout."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iacwatch.core.addresses import ci_variables, codeowners
from iacwatch.core.addresses.ci_variables import CiJob
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, UsageError

_LONGEST: Final = 3 << 20
"""Bytes of CODEOWNERS; GitHub reads no larger one."""

_ANY_FILE: Final = "main.tf"
"""Owners own files, and a stack is a folder: its owner is that of a file of code in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOptions:
    """What the command line says of a state; None where it says nothing."""

    stack: str | None = None
    repository: str | None = None
    directory: str | None = None
    commit: str | None = None
    codeowners: str | None = None
    owner: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateIdentity:
    """What is known of a state besides what stands in it, "" where it is not."""

    place: str
    stack: str
    workspace: str
    repository: str
    directory: str
    commit: str
    owner: str
    command: str


def identify(
    given: IdentityOptions, environ: Mapping[str, str], *, file: Path | None, working: Path | None = None
) -> StateIdentity:
    """Return which state it is that comes from `file` (None: from stdin).

    `working` is the folder that the command runs in. Raises `UsageError` where nothing says which state it
    is, or the directory cannot be one of the repository, and `IacwatchError` where CODEOWNERS cannot be read.
    """
    job = ci_variables.job(environ)
    here = (working or Path.cwd()).resolve()
    checkout = _checkout(here, job)
    directory = _directory(given.directory, job, here, checkout, file)
    code = checkout / directory if checkout and directory is not None else here
    repository = given.repository or job.repository or _origin(checkout)
    repository = ci_variables.repository_of(repository)
    workspace = _workspace(job, code, environ)
    called = directory or repository.rpartition("/")[2] or code.name
    stack = given.stack or job.stack or ci_variables.atmos_stack(environ)
    if not stack and directory is not None:
        stack = ci_variables.stack_name(called, workspace)
    # Two repositories may each have a stack "prod": the same name must not let one replace the other.
    place = given.state or (f"{repository}//{stack}" if repository and stack else stack)
    if not place and file is None:
        raise UsageError(
            "nothing says which state this is",
            hint="run it in the directory that was applied, or give --stack (or --state, its place)",
        )
    return StateIdentity(
        place=place or str(file.resolve() if file else ""),
        stack=stack,
        workspace=workspace,
        repository=repository,
        directory=directory or "",
        commit=given.commit or job.commit,
        owner=given.owner or _owner(given.codeowners, job, directory, checkout),
        command=ci_variables.command_of(environ, str(here), _names(code)),
    )


def _checkout(here: Path, job: CiJob) -> Path | None:
    """Return the root of the repository: the nearest folder with ``.git`` in it, else what the CI says.

    Worktrees and submodules have a file of that name. What Terragrunt copied is another repository's.
    """
    said = Path(job.checkout).expanduser().resolve() if job.checkout else None
    own = Path(str(here).partition(f"{os.sep}{ci_variables.COPIES}")[0])
    return next((each for each in (own, *own.parents) if each == said or (each / ".git").exists()), said)


def _directory(
    given: str | None, job: CiJob, here: Path, checkout: Path | None, file: Path | None
) -> str | None:
    """Return the directory of the code within the repository; None where nothing says so."""
    if given is not None:
        inner = ci_variables.directory_in(str(checkout or ""), given) if Path(given).is_absolute() else given
        if inner is None or ".." in inner.split("/"):
            raise UsageError(
                f"--directory {plain(given, 200)} is no directory of the repository",
                hint="write it from the repository's root: live/prod/net",
            )
        return ci_variables.normal(inner)
    if job.directory is not None or checkout is None:
        return job.directory
    # Where it runs in the repository's root, `terraform -chdir=...` may have been called: that tells nobody.
    folders = [here, file.resolve().parent] if file else [here]
    inside = {each: ci_variables.directory_in(str(checkout), str(each)) for each in folders}
    return next(
        (
            inner
            for each, inner in inside.items()
            if inner is not None and ci_variables.has_code(_names(each))
        ),
        next(filter(None, inside.values()), None),
    )


def _workspace(job: CiJob, code: Path, environ: Mapping[str, str]) -> str:
    """Return the workspace that was applied; "" for the default one, and where nothing says so."""
    data = code / environ.get("TF_DATA_DIR", ".terraform")
    found = job.workspace or environ.get("TF_WORKSPACE") or _text(data / "environment").strip()
    return "" if found == ci_variables.DEFAULT_WORKSPACE else found


def _origin(checkout: Path | None) -> str:
    if checkout is None:
        return ""
    folder = checkout / ".git"
    if folder.is_file():
        folder = checkout / _text(folder).removeprefix("gitdir:").strip()
        folder /= _text(folder / "commondir").strip()
    return ci_variables.origin_of(_text(folder / "config"))


def _owner(named: str | None, job: CiJob, directory: str | None, checkout: Path | None) -> str:
    """Return who owns the code by CODEOWNERS, several with a blank between; "" where nobody is known to."""
    if directory is None:
        return ""
    gitlab = job.system == ci_variables.GITLAB
    if named is not None:
        try:
            text = Path(named).read_bytes()[:_LONGEST].decode("utf-8", "replace")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise IacwatchError(
                f"cannot read {plain(named, 200)}: {reason}", hint="check --codeowners"
            ) from None
        where = named.replace(os.sep, "/")
    elif checkout is not None:
        found = ((each, _text(checkout / each)) for each in codeowners.places(gitlab=gitlab))
        where, text = next((each for each in found if each[1]), ("", ""))
    else:
        return ""
    gitlab = gitlab or f"/{where}".endswith(f"/{codeowners.GITLAB_FOLDER}CODEOWNERS")
    path = f"{directory}/{_ANY_FILE}".lstrip("/")
    return " ".join(codeowners.owners(text, path, gitlab=gitlab))


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        return []


def _text(path: Path) -> str:
    """Return what a small file of the checkout says; "" where there is none, or it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return ""
