"""Secrets and keys."""

from tests.worlds.blind.row import FLIP, N, at, by, call, row, tagging

NAMED = {"arn": "$arn", "name": "$name"}
ROTATED = {"rotationRules": {"automaticallyAfterDays": N}}
SECRETS = {"containerDefinitions": [{"secrets": [{"valueFrom": "$arn"}]}]}
secret = row(
    at("AWS::SecretsManager::Secret", "secretsmanager", "$arn", "secret:$name-${UP:6}"),
    config={"Id": "$arn", "Name": "$name"},
    words={"called": ("$name", "$arn", "arn:aws:secretsmanager:$region:$account:secret:$name")},
    by={"secretId": "$called"},
    tag=tagging({"secretId": "$called"}),
    create=call("CreateSecret", {"name": "$name", "clientRequestToken": "$uuid"}, {"arn": "$arn"}),
    delete=by("DeleteSecret", {"forceDeleteWithoutRecovery": True}, {"name": "$name", "aRN": "$arn"}),
    updates=(
        by("UpdateSecret", {"description": "d$n"}, NAMED, Description="d$n"),
        by("RotateSecret", ROTATED, {"aRN": "$arn"}, RotationRules={"AutomaticallyAfterDays": N}),
        by("PutResourcePolicy", {}, {"aRN": "$arn"}, ResourcePolicy="p$n"),
    ),
    mentions=(
        call("RegisterTaskDefinition", {"family": "other", **SECRETS}, service="ecs"),
        call("PutParameter", {"name": "$name", "type": "String"}, service="ssm"),
    ),
)

key = row(
    at("AWS::KMS::Key", "kms", "$uuid", "key/$uuid"),
    name=None,
    config={"keyId": "$id", "arn": "$arn", "enabled": True, "keyState": "Enabled"},
    extra={"KeyRotationStatus": False},
    words={"called": ("$id", "$arn")},
    by={"keyId": "$called"},
    answer={"keyId": "$arn"},
    tags=("extra.Tags tagKey/tagValue",),
    tag=tagging({"keyId": "$called"}, form="tagKey/tagValue"),
    create=call("CreateKey", {"description": "$name"}, {"keyMetadata": {"keyId": "$id", "arn": "$arn"}}),
    updates=(
        by("UpdateKeyDescription", {"description": "$name $n"}, description="$name $n"),
        by("EnableKeyRotation", plus={"KeyRotationStatus": FLIP}),
        by("ScheduleKeyDeletion", {"pendingWindowInDays": 7}, enabled=False, keyState="PendingDeletion$n"),
        by("PutKeyPolicy", {"policyName": "default"}, plus={"Policy": "p$n"}),
    ),
    mentions=(
        call("CreateAlias", {"aliasName": "alias/$other", "targetKeyId": "$arn"}),
        call("CreateSecret", {"name": "x", "kmsKeyId": "$arn"}, service="secretsmanager"),
        call("GenerateDataKey", {"keyId": "$arn"}),
    ),
    resources=True,
)
