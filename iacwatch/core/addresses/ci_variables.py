"""What a CI system says of the job that applied: repository, checkout, commit and stack, by its variables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from iacwatch.core.globs import any_matches

DEFAULT_WORKSPACE: Final = "default"
_VARIABLE: Final = re.compile(r"\{(\w+)\}")
_URL: Final = re.compile(r"(?:[\w+.-]+://[^/]*/|(?:[^/@\s]+@)?[^/:\s]+:(?!//))(?P<path>[^?#]+)")
_BEFORE_NAME: Final = re.compile(r"(?:v\d+/repos/|scm/)")
"""What the paths of CodeCommit's and Bitbucket Server's URLs begin with."""

_ORIGIN: Final = re.compile(r'^\s*\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE)
COPIES: Final = ".terragrunt-cache"
"""The folder in which Terragrunt runs copies of modules."""

_CODE: Final = ("*.tf", "*.tf.json", "*.tofu", "*.tofu.json", "terragrunt.hcl", ".terraform")


@dataclass(frozen=True, slots=True, kw_only=True)
class CiJob:
    """A job as its variables tell of it, "" where they do not.

    `checkout` is the folder of the repository on the machine, `directory` the one of the code from there;
    None where nothing says so. `stack` is the name that the system itself gives to what it applies.
    """

    system: str = ""
    repository: str = ""
    checkout: str = ""
    directory: str | None = None
    commit: str = ""
    workspace: str = ""
    stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _System:
    """A CI system: which variable gives it away, and in which ones it says what, the best first.

    ``{NAME}`` stands for a variable; a text of which one is not set says nothing.
    """

    name: str
    sign: str
    repository: tuple[str, ...] = ()
    checkout: tuple[str, ...] = ()
    directory: tuple[str, ...] = ()
    commit: tuple[str, ...] = ()
    workspace: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    """The folder of the code, where that is said and the checkout's is not."""


GITLAB: Final = "GitLab CI"

_SYSTEMS: Final = (
    # Those that run Terraform themselves come first: they may run within another one.
    _System(
        name="Atlantis",
        sign="ATLANTIS_TERRAFORM_VERSION",
        repository=("{BASE_REPO_OWNER}/{BASE_REPO_NAME}",),
        directory=("{REPO_REL_DIR}",),
        folder=("{DIR}",),
        commit=("{HEAD_COMMIT}",),
        workspace=("{WORKSPACE}",),
        stack=("{PROJECT_NAME}",),
    ),
    _System(
        name="HCP Terraform",
        sign="TFC_RUN_ID",
        commit=("{TFC_CONFIGURATION_VERSION_GIT_COMMIT_SHA}",),
        stack=("{TFC_WORKSPACE_SLUG}", "{TFC_WORKSPACE_NAME}"),
    ),
    _System(
        name="Spacelift",
        sign="TF_VAR_spacelift_run_id",
        repository=("{TF_VAR_spacelift_repository}",),
        checkout=("{TF_VAR_spacelift_workspace_root}/source",),
        directory=("{TF_VAR_spacelift_project_root}",),
        commit=("{TF_VAR_spacelift_commit_sha}",),
        stack=("{TF_VAR_spacelift_stack_id}",),
    ),
    _System(
        name="GitHub Actions",
        sign="GITHUB_ACTIONS",
        repository=("{GITHUB_REPOSITORY}",),
        checkout=("{GITHUB_WORKSPACE}",),
        commit=("{GITHUB_SHA}",),
    ),
    _System(
        name=GITLAB,
        sign="GITLAB_CI",
        repository=("{CI_PROJECT_PATH}",),
        checkout=("{CI_PROJECT_DIR}",),
        commit=("{CI_COMMIT_SHA}",),
    ),
    _System(
        name="Buildkite",
        sign="BUILDKITE",
        repository=("{BUILDKITE_REPO}",),
        checkout=("{BUILDKITE_BUILD_CHECKOUT_PATH}",),
        commit=("{BUILDKITE_COMMIT}",),
    ),
    _System(
        name="CircleCI",
        sign="CIRCLECI",
        repository=("{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}", "{CIRCLE_REPOSITORY_URL}"),
        checkout=("{CIRCLE_WORKING_DIRECTORY}",),
        commit=("{CIRCLE_SHA1}",),
    ),
    _System(
        name="Azure Pipelines",
        sign="TF_BUILD",
        repository=("{BUILD_REPOSITORY_NAME}",),
        checkout=("{BUILD_REPOSITORY_LOCALPATH}", "{BUILD_SOURCESDIRECTORY}"),
        commit=("{BUILD_SOURCEVERSION}",),
    ),
    _System(
        name="Bitbucket Pipelines",
        sign="BITBUCKET_BUILD_NUMBER",
        repository=("{BITBUCKET_REPO_FULL_NAME}",),
        checkout=("{BITBUCKET_CLONE_DIR}",),
        commit=("{BITBUCKET_COMMIT}",),
    ),
    _System(
        name="AWS CodeBuild",
        sign="CODEBUILD_BUILD_ID",
        repository=("{CODEBUILD_SOURCE_REPO_URL}",),
        checkout=("{CODEBUILD_SRC_DIR}",),
        commit=("{CODEBUILD_RESOLVED_SOURCE_VERSION}",),
    ),
    _System(
        name="Jenkins",
        sign="JENKINS_URL",
        repository=("{GIT_URL}",),
        checkout=("{WORKSPACE}",),
        commit=("{GIT_COMMIT}",),
    ),
)


def job(environ: Mapping[str, str]) -> CiJob:
    """Return what the variables of a process say of the CI job that it is part of."""
    system = next((each for each in _SYSTEMS if environ.get(each.sign)), None)
    if system is None:
        return CiJob()

    def said(texts: tuple[str, ...]) -> str:
        return next(filter(None, (_filled(text, environ) for text in texts)), "")

    directory = said(system.directory)
    inner = normal(directory)
    folder = said(system.folder).rstrip("/")
    root = folder.removesuffix(f"/{inner}") if inner else folder
    return CiJob(
        system=system.name,
        repository=repository_of(said(system.repository)),
        checkout=said(system.checkout) or root,
        directory=inner if directory else None,
        commit=said(system.commit),
        workspace=said(system.workspace),
        # A name of the whole project does not tell its workspaces apart.
        stack=said(system.stack) if said(system.workspace) in {"", DEFAULT_WORKSPACE} else "",
    )


def repository_of(called: str) -> str:
    """Return a repository as ``owner/name``, by that or by its URL, of which nothing else is kept."""
    match = _URL.match(called.strip())
    path = match["path"] if match else "" if "://" in called else called.strip()
    return _BEFORE_NAME.sub("", path.strip("/"), count=1).removesuffix(".git")


def origin_of(git_config: str) -> str:
    """Return the repository that a clone came from as ``owner/name``, by its ``.git/config``; "" for none."""
    match = _ORIGIN.search(git_config)
    return repository_of(match[1]) if match else ""


def directory_in(checkout: str, folder: str) -> str | None:
    """Return a folder's path from the root of a checkout ("" for the root); None where it lies outside.

    Both are absolute, without links. A module that Terragrunt copied is where its ``terragrunt.hcl`` is.
    """
    root, inner = (path.replace("\\", "/").rstrip("/") for path in (checkout, folder))
    inner = inner.partition(f"/{COPIES}")[0]
    if not checkout or not f"{inner}/".startswith(f"{root}/"):
        return None
    return inner[len(root) :].strip("/")


def has_code(names: Iterable[str]) -> bool:
    """Return whether these files of a folder are a stack's: whether Terraform may be run there."""
    return any_matches(_CODE, names)


def command_of(environ: Mapping[str, str], folder: str, names: Iterable[str]) -> str:
    """Return what is called in a folder in place of ``terraform``; "" where nothing says so."""
    there = frozenset(names)
    if (
        "terragrunt.hcl" in there
        or f"/{COPIES}" in folder.replace("\\", "/")
        or any(name.startswith(("TG_CTX_", "TERRAGRUNT_")) for name in environ)
    ):
        return "terragrunt"
    if any(name.startswith("ATMOS_") for name in environ):
        return "atmos"
    return "tofu" if any_matches(("*.tofu", "*.tofu.json"), there) else ""


def normal(directory: str) -> str:
    """Return a relative directory without what says nothing in it: ``./a//b/`` is ``a/b``."""
    return "/".join(part for part in directory.replace("\\", "/").split("/") if part not in {"", "."})


def atmos_stack(environ: Mapping[str, str]) -> str:
    """Return ``COMPONENT/STACK`` where Atmos, or one of its custom commands, says both; else ""."""
    return _filled("{ATMOS_COMPONENT}/{ATMOS_STACK}", environ)


def stack_name(name: str, workspace: str) -> str:
    """Return how a stack is called: by its directory, and its workspace unless that is the default one."""
    return name if workspace in {"", DEFAULT_WORKSPACE} else f"{name}:{workspace}"


def _filled(text: str, environ: Mapping[str, str]) -> str:
    values = [environ.get(name, "") for name in _VARIABLE.findall(text)]
    return _VARIABLE.sub(lambda match: environ[match[1]], text) if all(values) else ""
