"""Commands that look at what an apply would do, safe to paste whatever names they hold; none applies."""

import re
import shlex
from typing import Final

from iacwatch.core.addresses.choose import Located
from iacwatch.core.iac import AddressEvidence, Engine, IacAddress, Precision
from iacwatch.core.model import Resource

_STACK: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_LOGICAL_ID: Final = re.compile(r"[A-Za-z0-9]{1,255}")
_KUBERNETES: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?")
_REGION: Final = re.compile(r"[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_WORKSPACE: Final = re.compile(r"/env:/([^/]+)/")
_COMPONENTS: Final = "components/terraform/"
_ATMOS_STATE: Final = re.compile(r"([^/]+)/([^/]+)/terraform\.tfstate")


def look(located: Located, resource: Resource, command: str) -> str | None:
    """Return the command that shows what the next apply would do; None where none is known to.

    `command` is what ``iac.command`` says.
    """
    iac = located.iac
    if iac is None:
        return None
    match located.engine:
        case Engine.CLOUDFORMATION | Engine.CDK | Engine.SAM:
            text = _drift(located, resource)
        case Engine.CROSSPLANE:
            text = _describe(iac.address or "")
        case Engine.TERRAFORM | Engine.OPENTOFU:
            text = _plan(iac, command)
        case Engine.PULUMI | None:
            text = None
    # What shows as something else than it is, is nothing to paste.
    return text if text and text.isprintable() else None


def _plan(iac: IacAddress, command: str) -> str | None:
    sure = iac.evidence is AddressEvidence.INDEX and iac.precision is Precision.INSTANCE
    target = f" -target={shlex.quote(iac.address)}" if sure and iac.address else ""
    if not target and not iac.directory:
        return None
    tool = iac.command or ("tofu" if iac.engine is Engine.OPENTOFU and command == "terraform" else command)
    match tool:
        case "atmos":
            return _atmos(iac, target)
        case "terragrunt":
            where = f" --working-dir={shlex.quote(iac.directory)}" if iac.directory else ""
            return f"terragrunt plan{where}{target}"
        case "terraform" | "tofu":
            where = f" -chdir={shlex.quote(iac.directory)}" if iac.directory else ""
            space = _WORKSPACE.search(iac.state or "")
            workspace = iac.workspace or (space[1] if space else "")
            chosen = f"TF_WORKSPACE={shlex.quote(workspace)} " if workspace else ""
            return f"{chosen}{tool}{where} plan{target}"
        case _:
            return None


def _atmos(iac: IacAddress, target: str) -> str | None:
    """Return Atmos's plan: of a component in a stack, which its state's place or its directory name."""
    state = _ATMOS_STATE.search(iac.state or "")
    component, stack = (state[1], state[2]) if state else ("", iac.stack or "")
    folder = iac.directory or ""
    code = folder.partition(_COMPONENTS)[2].strip("/")
    if code and stack.startswith(f"{folder}:"):
        component, stack = code, iac.workspace or ""
    elif not component and "/" in stack:
        component, _, stack = stack.rpartition("/")
    else:
        component = code or component
    if not component or not stack or component.startswith("-") or stack.startswith("-"):
        return None
    return f"atmos terraform plan {shlex.quote(component)} -s {shlex.quote(stack)}{target}"


def _drift(located: Located, resource: Resource) -> str | None:
    mark = located.mark
    if mark is None or not _STACK.fullmatch(mark.stack) or not _LOGICAL_ID.fullmatch(mark.logical_id):
        return None
    region = mark.region or resource.region
    where = f" --region {region}" if _REGION.fullmatch(region) else ""
    return (
        f"aws cloudformation detect-stack-resource-drift --stack-name {mark.stack}"
        f" --logical-resource-id {mark.logical_id}{where}"
    )


def _describe(address: str) -> str | None:
    kind, _, name = address.partition("/")
    if not _KUBERNETES.fullmatch(kind.lower()) or not _KUBERNETES.fullmatch(name):
        return None
    return f"kubectl describe {kind} {name}"
