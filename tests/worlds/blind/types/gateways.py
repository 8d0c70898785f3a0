"""API gateways."""

from tests.worlds.blind.row import FLIP, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

TAGGING = tagging({"resourceArn": "$arn", "template": False}, into="tagResourceInput.tags", form="map")
EXTRA = ("extra.tags map",)
REST = {"restApiId": "${up:10}", "template": False}
NAMED = {"id": "${up:10}", "name": "$name"}
RESTAPIS = "arn:aws:apigateway:$region::/restapis/${up:10}"


def patch(path):
    return {"patchOperations": [{"op": "replace", "path": path, "value": "v$n"}]}


rest_api = row(
    at("AWS::ApiGateway::RestApi", "apigateway", "$arn", RESTAPIS),
    config=NAMED,
    by=REST,
    tags=EXTRA,
    tag=TAGGING,
    create=call("CreateRestApi", {"createRestApiInput": {"name": "$name"}}, {**NAMED, "restapiUpdate": REST}),
    delete="DeleteRestApi",
    updates=(by("UpdateRestApi", {"updateRestApiInput": patch("/description")}, NAMED, description="v$n"),),
    mentions=(
        call("CreateBasePathMapping", {"createBasePathMappingInput": {"restApiId": "${up:10}"}}),
        by("CreateStage", {"createStageInput": {"stageName": "prod"}}, {"stageName": "prod"}),
        call("CreateUsagePlan", {"createUsagePlanInput": {"apiStages": [{"apiId": "${up:10}"}]}}),
    ),
    created=True,
)

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

HTTP = {"apiId": "${up:10}", "name": "$name"}
http_api = row(
    at("AWS::ApiGatewayV2::Api", "apigateway", "$arn", "arn:aws:apigateway:$region::/apis/${up:10}"),
    config={**HTTP, "protocolType": "HTTP"},
    by={"apiId": "${up:10}"},
    tags=EXTRA,
    tag=TAGGING,
    create=call("CreateApi", {"name": "$name"}, HTTP),
    delete="DeleteApi",
    updates=(by("UpdateApi", {"description": "d$n"}, HTTP, description="d$n"),),
    mentions=(by("CreateStage", {"stageName": "x"}, {"stageName": "x"}),),
    created=True,
)

graph_api = kind_of("AppSync::GraphQLApi")
