"""Secrets and keys of the blind world."""

from tests.worlds.blind.config import KMS_PAIRS
from tests.worlds.blind.kind import Op, pairs, retag, store
from tests.worlds.blind.service import CONFIG_UPPER, kind, op, thing_of


def secret(m, name):
    arn = m.arn("secretsmanager", f"secret:{name}-{m.letters(length=6)}")
    config = {"Id": arn, "Name": name, "Description": "", "KmsKeyId": "alias/aws/secretsmanager"}
    thing = thing_of(
        m, "AWS::SecretsManager::Secret", arn, name=name, arn=arn, config=config, tags=CONFIG_UPPER
    )

    def call(operation, sent, change=lambda: None):
        called = m.pick(name, arn, arn.rpartition("-")[0])
        made = op("secretsmanager", operation, {"SecretId": called, **sent}, change=change)
        made.lists = (("AWS::SecretsManager::Secret", called),)
        made.answer = (
            {"arn": arn} if called != name or m.random.random() < 0.5 else {"aRN": arn, "name": name}
        )
        return made

    def describe():
        text = f"d{m.next()}"
        return call("UpdateSecret", {"Description": text}, store(config, Description=text))

    def rotate():
        change = store(config, RotationRules={"AutomaticallyAfterDays": m.next()})
        return call("RotateSecret", {"RotationRules": {"AutomaticallyAfterDays": 30}}, change)

    def create():
        made = op(
            "secretsmanager", "CreateSecret", {"Name": name}, lists=[("AWS::SecretsManager::Secret", name)]
        )
        made.answer = {"arn": arn}
        return made

    return kind(
        thing,
        create=create,
        updates=[describe, rotate],
        delete=lambda: call("DeleteSecret", {"ForceDeleteWithoutRecovery": True}),
        tags={
            "tag": lambda tags: call("TagResource", {"Tags": pairs(tags)}, retag(thing, tags)),
            "untag": lambda keys: call("UntagResource", {"TagKeys": list(keys)}, retag(thing, gone=keys)),
        },
        read=("secretsmanager.amazonaws.com", "DescribeSecret", {"secretId": name}),
    )


def key(m, name):
    id_ = m.uuid()
    arn = m.arn("kms", f"key/{id_}")
    config = {"keyId": id_, "arn": arn, "description": name, "enabled": True, "keyState": "Enabled"}
    places = (("extra", "Tags", KMS_PAIRS),)
    thing = thing_of(
        m, "AWS::KMS::Key", id_, arn=arn, config=config, tags=places, extra={"KeyRotationStatus": False}
    )
    own = [{"accountId": m.account, "type": "AWS::KMS::Key", "ARN": arn}]

    def call(operation, sent, change=lambda: None):
        called = m.pick(id_, arn)
        lists = [("AWS::KMS::Key", arn)]
        return op("kms", operation, {"KeyId": called, **sent}, lists=lists, resources=own, change=change)

    def describe():
        text = f"{name} {m.next()}"
        return call("UpdateKeyDescription", {"Description": text}, store(config, description=text))

    def rotation():
        value = not thing.extra["KeyRotationStatus"]
        operation = "EnableKeyRotation" if value else "DisableKeyRotation"
        return call(operation, {}, store(thing.extra, KeyRotationStatus=value))

    def schedule():
        change = store(config, enabled=False, keyState=f"PendingDeletion{m.next()}")
        return call("ScheduleKeyDeletion", {"PendingWindowInDays": 7}, change)

    def create() -> Op:
        lists = [("AWS::KMS::Key", id_), ("AWS::KMS::Key", arn)]
        sent, got = {"Description": name}, {"KeyMetadata": {"KeyId": id_, "Arn": arn}}
        return op("kms", "CreateKey", sent, got, lists=lists, resources=own)

    def tag(tags):
        return call("TagResource", {"Tags": pairs(tags, "TagKey", "TagValue")}, retag(thing, tags))

    return kind(
        thing,
        create=create,
        updates=[describe, rotation, schedule],
        tags={
            "tag": tag,
            "untag": lambda keys: call("UntagResource", {"TagKeys": list(keys)}, retag(thing, gone=keys)),
        },
        read=("kms.amazonaws.com", "DescribeKey", {"keyId": arn}),
    )
