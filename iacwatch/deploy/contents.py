"""Collects the files of the Lambda zip: the package, and the dependencies that Lambda does not bring.

Everything is taken as it is installed here, so that the zip holds the versions that were tested.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePath
from typing import Final

from iacwatch.errors import UsageError

PROJECT: Final = "iacwatch"
MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's architectures, and how the names of wheels call them."""
RUNTIMES: Final = ("3.12", "3.13", "3.14")
"""The Pythons that Lambda runs."""

_IN_THE_RUNTIME: Final = ("boto3",)
_FOR_THE_TERMINAL: Final = ("click", "rich")
_LEFT_OUT: Final = frozenset({"cli", "demo", "deploy", "doctor", "manual", "app/doctor.py", "__main__.py"})
"""What of the package only the command line uses."""
_NEVER_CALLED: Final = re.compile(
    r"slack/.*|slack_sdk/(?:web|webhook)/(?:async|legacy)_\w+\.py|slack_sdk/(?:audit_logs|oauth|rtm|rtm_v2|scim|socket_mode)/.*"
)
"""What of the dependencies neither the function nor what it imports uses: half of slack-sdk."""
_LICENCE: Final = "LICENSE"
_MACHINE_CODE: Final = frozenset({".so", ".pyd", ".dylib", ".dll"})
_REQUIREMENT: Final = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?", re.DOTALL
)
_EXTRA: Final = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_METADATA: Final = re.compile(r"METADATA|(?:LICEN[CS]E|NOTICE|COPYING|AUTHORS).*", re.IGNORECASE)


def collect(*, arch: str, python: str) -> dict[str, bytes]:
    """Return the files of the zip, by their names in it; `python` is the version that asks ("3.13").

    Raise `UsageError` where a dependency is not installed, or cannot run on Lambda's `arch`.
    """
    found = dict(_own())
    for dependency in dependencies():
        if problem := _unfit(dependency, arch, python):
            raise UsageError(
                f"{dependency.name} {dependency.version} cannot go into a zip for {arch}: {problem}",
                hint=f"run `iacwatch package` on Linux {MACHINES[arch]} with a Python that Lambda has"
                f" ({', '.join(RUNTIMES)}), such as in a container",
            )
        found.update(_files(dependency))
    return found


def dependencies() -> tuple[Distribution, ...]:
    """Return what has to be in the zip besides the package itself, by name.

    What boto3 brings is left to the runtime, even where something else needs it too: a newer urllib3 in
    the zip would be put before the one that the runtime's botocore was tried with.
    """
    project = _installed(PROJECT, "")
    direct = dict(_requirements(project, frozenset()))
    brought = _closure({name: direct.pop(name, frozenset()) for name in _IN_THE_RUNTIME})
    for name in _FOR_THE_TERMINAL:
        direct.pop(name, None)
    needed = _closure(direct)
    return tuple(needed[name] for name in sorted(needed.keys() - brought.keys()))


def _closure(wanted: dict[str, frozenset[str]]) -> dict[str, Distribution]:
    """Return distributions and all that they require, by their normal names."""
    found: dict[str, Distribution] = {}
    waiting = [(name, extras, "") for name, extras in wanted.items()]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras, asker = waiting.pop()
        if (name, extras) in done:
            continue
        done.add((name, extras))
        found[name] = _installed(name, asker)
        waiting += [(other, more, name) for other, more in _requirements(found[name], extras)]
    return found


def _requirements(of: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a distribution requires here: each normal name, and the extras that are asked of it.

    A condition (``python_version < "3.12"``) counts as met where the thing is installed: as installed is
    what was asked for.
    """
    for line in of.requires or ():
        if not (read := _REQUIREMENT.fullmatch(line)):
            raise UsageError(f"{of.name} has a requirement that cannot be read: {line!r}")
        name, asked, _, condition = read.groups(default="")
        of_extras = set(_EXTRA.findall(condition))
        if of_extras and not of_extras & extras:
            continue
        normal = _normal(name)
        if condition and not _is_installed(normal):
            continue
        yield normal, frozenset(part.strip() for part in asked.split(",") if part.strip())


def _installed(name: str, asker: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        asked = f", which {asker} needs," if asker else ""
        raise UsageError(
            f"{name}{asked} is not installed here", hint=f"install {PROJECT} (pip install {PROJECT}) first"
        ) from error


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unfit(of: Distribution, arch: str, python: str) -> str:
    """Return why a distribution cannot run on Lambda, as a clause; nothing where it can."""
    tags = re.findall(r"^Tag: *(\S+)-(\S+)-(\S+)\s*$", of.read_text("WHEEL") or "", re.MULTILINE)
    machine_code = [file for file in of.files or () if file.suffix in _MACHINE_CODE]
    if not machine_code and all(platform == "any" for _, _, platform in tags):
        return ""
    fitting = re.compile(rf"(?:manylinux\w*|linux)_{MACHINES[arch]}")
    platforms = sorted({platform for _, _, platform in tags}) or ["an unknown platform"]
    if not any(fitting.fullmatch(platform) for platform in platforms):
        return f"it holds machine code for {', '.join(platforms)}"
    if python not in RUNTIMES and not any(abi in {"abi3", "none"} for _, abi, _ in tags):
        return f"it holds machine code for Python {python}"
    return ""


def _files(of: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a distribution that the zip needs: no record of how it was installed here."""
    if of.files is None:
        raise UsageError(
            f"{of.name} does not say which files are its own", hint=f"install {of.name} with pip"
        )
    for file in of.files:
        if ".." in file.parts or not _wanted(file) or _NEVER_CALLED.fullmatch(file.as_posix()):
            continue
        if file.suffix == ".pth":
            raise UsageError(
                f"{of.name} is installed in place (editable), so its files are not its own",
                hint=f"install {of.name} as usual",
            )
        if file.parts[0].endswith((".dist-info", ".egg-info")) and not _METADATA.fullmatch(file.name):
            continue
        yield file.as_posix(), _read(Path(str(file.locate())), of.name)


def _own() -> Iterator[tuple[str, bytes]]:
    """Yield the package's own files but what only the command line uses."""
    package = Path(__file__).resolve().parents[1]
    for path in package.rglob("*"):
        inside = path.relative_to(package)
        left_out = _LEFT_OUT.intersection(each.as_posix() for each in (inside, *inside.parents))
        if not left_out and _wanted(inside) and path.is_file():
            yield (PurePath(PROJECT) / inside).as_posix(), _read(path, PROJECT)
    if licence := _licence(package):
        yield f"{PROJECT}/{_LICENCE}", _read(licence, PROJECT)


def _licence(package: Path) -> Path | None:
    """Return where iacwatch's licence is: with what pip installed, or beside the package's sources."""
    for file in _installed(PROJECT, "").files or ():
        if file.name == _LICENCE and file.parts[0].endswith(".dist-info"):
            return Path(str(file.locate()))
    sources = package.with_name(_LICENCE)
    return sources if sources.is_file() else None


def _wanted(file: PurePath) -> bool:
    hidden = any(part.startswith(".") for part in file.parts)
    return not hidden and "__pycache__" not in file.parts and file.suffix != ".pyc"


def _read(path: Path, owner: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{owner} is not whole here: {path} cannot be read ({error.strerror})",
            hint=f"install {owner} again",
        ) from error


def names(distributions: Iterable[Distribution]) -> tuple[str, ...]:
    """Return names with versions, as people write them: ``slack-sdk 3.48.0``."""
    return tuple(f"{_normal(each.name)} {each.version}" for each in distributions)
