"""Rows of media, workplaces and further services, of which little is known beyond their names."""

from typing import Final

from iacwatch.core.catalog.schema import Shows, TypeFacts

_WORKSPACE_LISTS: Final = tuple(
    f"{verb}workspacerequests.workspaceid" for verb in ("terminate", "start", "stop", "reboot", "rebuild")
)
_WORKSPACE_STATE: Final = Shows(events="(Reboot|Rebuild|Restore)Workspaces?", fields=("state",))

ROWS: Final = (
    TypeFacts(
        "AWS::AppStream::AppBlockBuilder",
        derived=True,
        acts="(Associate|Disassociate)AppBlockBuilderAppBlock",
    ),
    TypeFacts("AWS::Bedrock::ApplicationInferenceProfile", derived=True, called="InferenceProfile"),
    TypeFacts("AWS::BedrockAgentCore::BrowserCustom", derived=True, called="Browser"),
    TypeFacts("AWS::BedrockAgentCore::Runtime", derived=True, called="AgentRuntime"),
    TypeFacts("AWS::CustomerProfiles::ObjectType", derived=True, called="ProfileObjectType"),
    TypeFacts("AWS::EntityResolution::SchemaMapping", derived=True, answers=("schemaarn",)),
    TypeFacts(
        "AWS::Lightsail::Disk", derived=True, acts="(Attach|Detach)Disk", creates="CreateDiskFromSnapshot"
    ),
    TypeFacts("AWS::Location::APIKey", derived=True, called="Key"),
    TypeFacts(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        derived=True,
        terraform="aws_sagemaker_notebook_instance_lifecycle_configuration",
    ),
    TypeFacts(
        "AWS::WorkSpaces::ConnectionAlias", derived=True, acts="(Associate|Disassociate)ConnectionAlias"
    ),
    TypeFacts(
        "AWS::WorkSpaces::Workspace",
        derived=True,
        acts="MigrateWorkspace",
        shows=(_WORKSPACE_STATE,),
        targets=_WORKSPACE_LISTS,
    ),
)
