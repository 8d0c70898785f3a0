"""API gateways."""

from tests.worlds.blind.row import FLIP, at, by, call, row, tagging

TAGGING = tagging({"resourceArn": "$arn", "template": False}, into="tagResourceInput.tags", form="map")
EXTRA = ("extra.tags map",)


def patch(path):
    return {"patchOperations": [{"op": "replace", "path": path, "value": "v$n"}]}


rest_api = row(
    at("AWS::ApiGateway::RestApi", "apigateway", "$arn", "arn:aws:apigateway:$region::/restapis/${up:10}"),
    config={
        "id": "${up:10}",
        "name": "$name",
        "description": "",
        "endpointConfiguration": {"types": ["REGIONAL"]},
    },
    by={"restApiId": "${up:10}", "template": False},
    tags=EXTRA,
    tag=TAGGING,
    create=call(
        "CreateRestApi",
        {"createRestApiInput": {"name": "$name"}, "template": False},
        {"id": "${up:10}", "name": "$name", "restapiUpdate": {"restApiId": "${up:10}", "template": False}},
    ),
    delete="DeleteRestApi",
    updates=(
        by(
            "UpdateRestApi",
            {"updateRestApiInput": patch("/description")},
            {"id": "${up:10}", "name": "$name"},
            description="v$n",
        ),
    ),
    mentions=(
        call(
            "CreateBasePathMapping",
            {"createBasePathMappingInput": {"restApiId": "${up:10}", "stage": "prod"}},
        ),
        by("CreateStage", {"createStageInput": {"stageName": "prod"}}, {"stageName": "prod"}),
        call(
            "CreateUsagePlan",
            {"createUsagePlanInput": {"apiStages": [{"apiId": "${up:10}", "stage": "prod"}]}},
        ),
    ),
    created=True,
)

stage = row(
    at(
        "AWS::ApiGateway::Stage",
        "apigateway",
        "$arn",
        "arn:aws:apigateway:$region::/restapis/${up:10}/stages/$name",
    ),
    called="prod",
    config={"stageName": "$name", "deploymentId": "d1", "variables": {}, "cacheClusterEnabled": False},
    by={"restApiId": "${up:10}", "stageName": "$name", "template": False},
    tags=EXTRA,
    tag=TAGGING,
    create=call(
        "CreateStage",
        {"restApiId": "${up:10}", "createStageInput": {"stageName": "$name"}, "template": False},
        {"stageName": "$name", "stageUpdate": {"restApiId": "${up:10}", "stageName": "$name"}},
    ),
    delete="DeleteStage",
    updates=(
        by(
            "UpdateStage",
            {"updateStageInput": patch("/variables/release")},
            {"stageName": "$name"},
            variables={"release": "v$n"},
        ),
        by("UpdateStage", {"updateStageInput": {}}, {"stageName": "$name"}, cacheClusterEnabled=FLIP),
    ),
    mentions=(
        by("FlushStageCache"),
        call("UpdateStage", {"restApiId": "zzzz9999zz", "stageName": "$name"}, {"stageName": "$name"}),
        call("UpdateRestApi", {"restApiId": "${up:10}"}, {"id": "${up:10}"}),
    ),
)

http_api = row(
    at("AWS::ApiGatewayV2::Api", "apigateway", "$arn", "arn:aws:apigateway:$region::/apis/${up:10}"),
    config={"apiId": "${up:10}", "name": "$name", "protocolType": "HTTP", "description": ""},
    by={"apiId": "${up:10}"},
    tags=EXTRA,
    tag=TAGGING,
    create=call(
        "CreateApi", {"name": "$name", "protocolType": "HTTP"}, {"apiId": "${up:10}", "name": "$name"}
    ),
    delete="DeleteApi",
    updates=(
        by("UpdateApi", {"description": "d$n"}, {"apiId": "${up:10}", "name": "$name"}, description="d$n"),
    ),
    mentions=(by("CreateStage", {"stageName": "x"}, {"stageName": "x"}),),
    created=True,
)

graph_api = row(
    at("AWS::AppSync::GraphQLApi", "appsync", "${up:26}", "apis/$id"),
    config={
        "ApiId": "$id",
        "Name": "$name",
        "Arn": "$arn",
        "XrayEnabled": False,
        "AuthenticationType": "API_KEY",
    },
    by={"apiId": "$id"},
    tag=tagging(form="map"),
    create=call(
        "CreateGraphqlApi",
        {"name": "$name"},
        {"graphqlApi": {"apiId": "$id", "name": "$name", "arn": "$arn"}},
    ),
    delete="DeleteGraphqlApi",
    updates=(
        by(
            "UpdateGraphqlApi",
            {"name": "$name", "authenticationType": "API_KEY", "xrayEnabled": FLIP},
            {"graphqlApi": {"apiId": "$id", "arn": "$arn"}},
            XrayEnabled=FLIP,
        ),
    ),
    mentions=(by("CreateResolver", {"typeName": "t"}), by("CreateApiKey")),
)
