"""API gateways."""

from tests.worlds.blind.row import FLIP, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

TAGGING = tagging({"resourceArn": "$arn", "template": False}, into="tagResourceInput.tags", form="map")
EXTRA = ("extra.tags map",)
REST = {"restApiId": "${up:10}", "template": False}
RESTAPIS = "arn:aws:apigateway:$region::/restapis/${up:10}"


def patch(path):
    return {"patchOperations": [{"op": "replace", "path": path, "value": "v$n"}]}


STAGE = {"stageName": "$name"}
stage = row(
    at("AWS::ApiGateway::Stage", "apigateway", "$arn", f"{RESTAPIS}/stages/$name"),
    called="prod",
    config={**STAGE, "deploymentId": "d1"},
    by={**REST, **STAGE},
    answer=STAGE,
    tags=EXTRA,
    tag=TAGGING,
    create=call("CreateStage", {**REST, "createStageInput": STAGE}, {**STAGE, "stageUpdate": REST | STAGE}),
    delete="DeleteStage",
    updates=(
        by("UpdateStage", {"updateStageInput": patch("/variables/a")}, variables={"release": "v$n"}),
        by("UpdateStage", {"updateStageInput": {}}, cacheClusterEnabled=FLIP),
    ),
    mentions=(
        by("FlushStageCache"),
        call("UpdateStage", {"restApiId": "zzzz9999zz", **STAGE}, STAGE),
        call("UpdateRestApi", {"restApiId": "${up:10}"}, {"id": "${up:10}"}),
    ),
)

graph_api = kind_of("AppSync::GraphQLApi")
