"""API gateways of the blind world."""

from tests.worlds.blind.kind import retag, store
from tests.worlds.blind.service import CONFIG_UPPER, kind, op, tagging, thing_of


def rest_api(m, name):
    id_ = m.letters(length=10).lower()
    arn = m.arn("apigateway", f"/restapis/{id_}", account="")
    config = {"id": id_, "name": name, "description": "", "endpointConfiguration": {"types": ["REGIONAL"]}}
    places = (("extra", "tags", "map"),)
    thing = thing_of(m, "AWS::ApiGateway::RestApi", arn, name=name, arn=arn, config=config, tags=places)

    def update():
        text = f"d{m.next()}"
        made = op("apigateway", "UpdateRestApi", change=store(config, description=text))
        patch = {"op": "replace", "path": "/description", "value": text}
        made.request = {
            "restApiId": id_,
            "updateRestApiInput": {"patchOperations": [patch]},
            "template": False,
        }
        made.answer = {"id": id_, "name": name, "description": text}
        return made

    def create():
        made = op("apigateway", "CreateRestApi")
        made.request = {"createRestApiInput": {"name": name}, "template": False}
        made.answer = {"id": id_, "name": name, "restapiUpdate": {"restApiId": id_, "template": False}}
        return made

    def delete():
        made = op("apigateway", "DeleteRestApi")
        made.request = {"restApiId": id_, "template": False}
        return made

    return kind(
        thing,
        create=create,
        updates=[update],
        delete=delete,
        tags=gateway_tags(thing, arn),
        read=gateway_read("GetRestApi", id_),
    )


def gateway_tags(thing, arn):
    def tag(tags):
        made = op("apigateway", "TagResource", change=retag(thing, tags))
        made.request = {"resourceArn": arn, "tagResourceInput": {"tags": dict(tags)}, "template": False}
        return made

    def untag(keys):
        made = op("apigateway", "UntagResource", change=retag(thing, gone=keys))
        made.request = {"resourceArn": arn, "tagKeys": list(keys), "template": False}
        return made

    return {"tag": tag, "untag": untag}


def gateway_read(operation, id_):
    return ("apigateway.amazonaws.com", operation, {"restApiId": id_, "template": False})


def stage(m, name, stage_name="prod"):
    id_ = m.letters(length=10).lower()
    arn = m.arn("apigateway", f"/restapis/{id_}/stages/{stage_name}", account="")
    config = {"stageName": stage_name, "deploymentId": m.letters(length=6).lower(), "variables": {}}
    places = (("extra", "tags", "map"),)
    thing = thing_of(
        m, "AWS::ApiGateway::Stage", arn, name=stage_name, arn=arn, config=config, tags=places, created=None
    )
    listed = [("AWS::ApiGateway::RestApi", id_), ("AWS::ApiGateway::Stage", stage_name)]

    def update():
        text = f"v{m.next()}"
        made = op(
            "apigateway", "UpdateStage", lists=listed, change=store(config, variables={"release": text})
        )
        patch = {"op": "replace", "path": "/variables/release", "value": text}
        made.request = {"restApiId": id_, "stageName": stage_name, "template": False}
        made.request["updateStageInput"] = {"patchOperations": [patch]}
        made.answer = {"stageName": stage_name, "deploymentId": config["deploymentId"]}
        return made

    def create():
        made = op("apigateway", "CreateStage", lists=listed)
        inner = {"stageName": stage_name, "deploymentId": config["deploymentId"]}
        made.request = {"restApiId": id_, "createStageInput": inner, "template": False}
        made.answer = {"stageName": stage_name, "stageUpdate": {"restApiId": id_, "stageName": stage_name}}
        return made

    def delete():
        made = op("apigateway", "DeleteStage")
        made.request = {"restApiId": id_, "stageName": stage_name, "template": False}
        return made

    def flush():
        made = op("apigateway", "FlushStageCache")
        made.request = {"restApiId": id_, "stageName": stage_name, "template": False}
        return made

    return kind(
        thing,
        create=create,
        updates=[update],
        delete=delete,
        tags=gateway_tags(thing, arn),
        read=gateway_read("GetStage", id_),
        mention=flush,
    )


def http_api(m, name):
    id_ = m.letters(length=10).lower()
    arn = m.arn("apigateway", f"/apis/{id_}", account="")
    config = {"apiId": id_, "name": name, "protocolType": "HTTP", "description": ""}
    places = (("extra", "tags", "map"),)
    thing = thing_of(m, "AWS::ApiGatewayV2::Api", arn, name=name, arn=arn, config=config, tags=places)

    def update():
        text = f"d{m.next()}"
        made = op("apigatewayv2", "UpdateApi", change=store(config, description=text))
        made.request, made.answer = {"apiId": id_, "description": text}, {"apiId": id_, "name": name}
        return made

    def delete():
        made = op("apigatewayv2", "DeleteApi")
        made.request = {"apiId": id_}
        return made

    read = ("apigateway.amazonaws.com", "GetApi", {"apiId": id_})
    return kind(thing, updates=[update], delete=delete, tags=gateway_tags(thing, arn), read=read)


def graph_api(m, name):
    id_ = m.letters(length=26).lower()
    arn = m.arn("appsync", f"apis/{id_}")
    config = {"ApiId": id_, "Name": name, "Arn": arn, "XrayEnabled": False, "AuthenticationType": "API_KEY"}
    thing = thing_of(
        m, "AWS::AppSync::GraphQLApi", id_, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def update():
        value = not config["XrayEnabled"]
        sent = {"apiId": id_, "name": name, "authenticationType": "API_KEY", "xrayEnabled": value}
        return op(
            "appsync",
            "UpdateGraphqlApi",
            sent,
            {"graphqlApi": {"apiId": id_, "arn": arn}},
            change=store(config, XrayEnabled=value),
        )

    tags = tagging("appsync", thing, by={"resourceArn": arn}, tags_key="tags", form="map", keys_key="tagKeys")
    delete = lambda: op("appsync", "DeleteGraphqlApi", {"apiId": id_})  # noqa: E731 (one line)
    read = ("appsync.amazonaws.com", "GetGraphqlApi", {"apiId": id_})
    return kind(thing, updates=[update], delete=delete, tags=tags, read=read)
