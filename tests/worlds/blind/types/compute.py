"""Functions, containers and clusters."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

FOUND = {"functionName": "$name", "functionArn": "$arn"}
MADE = {"functionName": "$name", "role": "arn:aws:iam::$account:role/$name", "tags": TAGS}
QUALIFIED = {"relativeId": {"functionName": "$name"}, "functionQualifier": {}}
function = row(
    at("AWS::Lambda::Function", "lambda", "$name", "function:$name"),
    config={**FOUND, "role": "arn:aws:iam::$account:role/$name", "revisionId": "$uuid"},
    words={"called": ("$name", "$name", "$arn", "$account:function:$name")},
    by={"functionName": "$called"},
    tags=("extra.Tags map",),
    tag=tagging("resource", form="map", calls=("TagResource20170331v2", "UntagResource20170331v2")),
    create=call("CreateFunction20150331", MADE, FOUND),
    delete=call("DeleteFunction20150331", {"functionName": "$name"}),
    updates=(
        by(
            "UpdateFunctionConfiguration20150331v2",
            {"timeout": N},
            {**FOUND, "timeout": N},
            timeout=N,
            revisionId="$uuid2",
            lastModified="t$n",
        ),
        by(
            "UpdateFunctionCode20150331v2",
            {"s3Bucket": "acme-artifacts", "s3Key": "$name.zip", "dryRun": False},
            {"functionName": "$name", "functionArn": "$arn:7"},
            codeSha256="${hex2:44}",
            revisionId="$uuid2",
        ),
        by("AddPermission20150331v2", {"statementId": "s"}, plus={"Policy": {"Statement": [{"Sid": "s$n"}]}}),
        call(
            "UpdateFunctionCode20150331v2",
            {"functionName": "$arn", "fullyQualifiedArn": QUALIFIED},
            codeSha256="${hex2:44}",
        ),
    ),
    mentions=(
        call("Invoke", {"functionName": "$arn"}),
        call("UpdateFunctionConfiguration20150331v2", {"functionName": "999988887777:function:$name"}),
        call("CreateFunction", {"name": "$name", "functionName": "$name"}, service="cloudfront"),
    ),
)

REVISION = {"taskDefinition": {"taskDefinitionArn": "$arn"}}
NEXT = {"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:$region:$account:task-definition/$name:5"}}
task_definition = row(
    at("AWS::ECS::TaskDefinition", "ecs", "$name", "task-definition/$name:4"),
    name="$name:4",
    config={"Family": "$name", "TaskDefinitionArn": "$arn"},
    create=call("RegisterTaskDefinition", {"family": "$name"}, REVISION),
    delete=call("DeregisterTaskDefinition", {"taskDefinition": "$name:4"}, REVISION),
    mentions=(
        call("UpdateService", {"taskDefinition": "$arn"}, {"service": {"taskDefinition": "$arn"}}),
        call("RegisterTaskDefinition", {"family": "$name"}, NEXT),
        call("RunTask", {"taskDefinition": "$name:4"}),
    ),
)

cluster, service = kind_of("ECS::Cluster"), kind_of("ECS::Service")
eks, repository = kind_of("EKS::Cluster"), kind_of("ECR::Repository")
