"""What the place of a file in a bucket or a folder tells: whether it may be a state, and of which stack."""

from typing import Final

from iacwatch.core.addresses.ci_variables import DEFAULT_WORKSPACE, stack_name

_WORKSPACES: Final = {"env:": 2, "terraform.tfstate.d": 2}
"""Folders below which Terraform keeps a folder for each workspace: of a bucket, and of a local backend."""

_ENDINGS: Final = (".gz", ".json", ".tfstate")
_SAYING_NOTHING: Final = frozenset({"terraform", "tofu", "default", "state", "tfstate", ""})
_OTHERS: Final = (
    *(".backup", ".tflock", ".tf", ".tofu", ".tfvars", ".tfplan", ".hcl", ".md", ".txt", ".log", ".sh"),
    *(".yaml", ".yml", ".toml", ".py", ".js", ".zip", ".tar", ".tgz", ".tar.gz", ".html", ".csv", ".png"),
    *("errored.tfstate", ".lock.info", ".tf.json", ".tofu.json", ".tfvars.json", ".jsonl", ".parquet"),
)
"""How the names of files end that lie beside states; ``errored.tfstate`` is what could not be stored."""

_TOOLS_OWN: Final = frozenset({".terraform", ".git", "node_modules"})


def may_be_state(name: str) -> bool:
    """Return whether a file may be a state, by its name: a state may have any."""
    *folders, last = name.split("/")
    return not last.lower().endswith(_OTHERS) and _TOOLS_OWN.isdisjoint(folders)


def stack_of(name: str) -> tuple[str, str]:
    """Return what the stack of a state is called, and its workspace, by its path below bucket or folder.

    ``live/prod/net/terraform.tfstate`` and ``live/prod/net.tfstate`` are ``live/prod/net``, and
    ``env:/blue/live/net`` is the workspace ``blue`` of ``live/net``. "" where the path does not say so.
    """
    folders = [part for part in name.split("/") if part]
    last, workspace = folders.pop() if folders else "", ""
    for ending in _ENDINGS:
        last = last.removesuffix(ending)
    for folder, length in _WORKSPACES.items():
        if folder in folders[: 1 - length]:
            at = folders.index(folder)
            workspace = folders[at + 1]
            del folders[at : at + length]
    if last not in _SAYING_NOTHING:
        folders.append(last)
    workspace = "" if workspace == DEFAULT_WORKSPACE else workspace
    return stack_name("/".join(folders), workspace) if folders else workspace, workspace
