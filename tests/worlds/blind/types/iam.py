"""IAM's kinds in the blind world: each region's recorder writes them down."""

from tests.worlds.blind.kind import pairs, store
from tests.worlds.blind.service import CONFIG_LOWER, CONFIG_UPPER, kind, op, tagging, thing_of


def iam_thing(m, type_, prefix, name, rest, *, config, **more):
    id_ = m.letters(prefix)
    arn = f"arn:aws:iam::{m.account}:{rest}"
    return thing_of(
        m, type_, id_, name=name, arn=arn, config=config, tags=CONFIG_LOWER, region="global", **more
    )


def role(m, name, path="/"):
    config = {
        "path": path,
        "roleName": name,
        "attachedManagedPolicies": [],
        "rolePolicyList": [],
        "maxSessionDuration": 3600,
    }
    thing = iam_thing(m, "AWS::IAM::Role", "AROA", name, f"role{path}{name}", config=config)
    config |= {"roleId": thing.id, "arn": thing.arn}
    lists = [("AWS::IAM::Role", name)]

    def call(operation, sent, change=lambda: None, got=None, lists=lists):
        return op("iam", operation, {"RoleName": name, **sent}, got, lists=lists, change=change)

    def attach():
        arn = f"arn:aws:iam::{m.account}:policy/extra-{m.next()}"
        change = store(config, attachedManagedPolicies=[{"policyArn": arn}])
        return call("AttachRolePolicy", {"PolicyArn": arn}, change, lists=[*lists, ("AWS::IAM::Policy", arn)])

    def inline():
        text = f'{{"n": {m.next()}}}'
        change = store(config, rolePolicyList=[{"policyName": "inline", "policyDocument": text}])
        sent = {"PolicyName": "inline", "PolicyDocument": text}
        return call("PutRolePolicy", sent, change, lists=[*lists, ("AWS::IAM::Policy", "inline")])

    def trust():
        text = f'{{"n": {m.next()}}}'
        return call(
            "UpdateAssumeRolePolicy", {"PolicyDocument": text}, store(config, assumeRolePolicyDocument=text)
        )

    def update():
        seconds = config["maxSessionDuration"] + 60
        change = store(config, maxSessionDuration=seconds)
        return call("UpdateRole", {"MaxSessionDuration": seconds}, change, lists=())

    def create():
        got = {"Role": {"Path": path, "RoleName": name, "RoleId": thing.id, "Arn": thing.arn}}
        named = m.maybe(0.9, *(("AWS::IAM::Role", each) for each in (thing.id, thing.arn, name)))
        sent = {"Path": path, "AssumeRolePolicyDocument": "{}", "Tags": pairs(thing.tags)}
        return call("CreateRole", sent, got=got, lists=named)

    tags = tagging("iam", thing, by={"RoleName": name}, lists=lists, calls=("TagRole", "UntagRole"))
    read = ("iam.amazonaws.com", "GetRole", {"roleName": name})
    updates = [attach, inline, trust, update]
    return kind(
        thing, create=create, updates=updates, delete=lambda: call("DeleteRole", {}), tags=tags, read=read
    )


def user(m, name):
    config = {
        "path": "/",
        "userName": name,
        "groupList": [],
        "attachedManagedPolicies": [],
        "userPolicyList": [],
    }
    thing = iam_thing(m, "AWS::IAM::User", "AIDA", name, f"user/{name}", config=config)
    config |= {"userId": thing.id, "arn": thing.arn}
    lists = [("AWS::IAM::User", name)]

    def call(operation, sent, change=lambda: None, got=None, lists=lists):
        return op("iam", operation, {"UserName": name, **sent}, got, lists=lists, change=change)

    def attach():
        arn = f"arn:aws:iam::aws:policy/Extra{m.next()}"
        change = store(config, attachedManagedPolicies=[{"policyArn": arn}])
        return call("AttachUserPolicy", {"PolicyArn": arn}, change, lists=[*lists, ("AWS::IAM::Policy", arn)])

    def group():
        other = f"group-{m.next()}"
        change = store(config, groupList=[other])
        return call(
            "AddUserToGroup", {"GroupName": other}, change, lists=[*lists, ("AWS::IAM::Group", other)]
        )

    def create():
        got = {"User": {"Path": "/", "UserName": name, "UserId": thing.id, "Arn": thing.arn}}
        named = [("AWS::IAM::User", each) for each in (thing.id, thing.arn, name)]
        return call("CreateUser", {"Tags": pairs(thing.tags)}, got=got, lists=named)

    tags = tagging("iam", thing, by={"UserName": name}, lists=lists, calls=("TagUser", "UntagUser"))
    read = ("iam.amazonaws.com", "ListUserPolicies", {"userName": name})
    return kind(
        thing,
        create=create,
        updates=[attach, group],
        delete=lambda: call("DeleteUser", {}),
        tags=tags,
        read=read,
    )


def policy(m, name):
    config = {"policyName": name, "defaultVersionId": "v1", "attachmentCount": 1, "policyVersionList": []}
    thing = iam_thing(m, "AWS::IAM::Policy", "ANPA", name, f"policy/{name}", config=config)
    config |= {"policyId": thing.id, "arn": thing.arn}
    lists = [("AWS::IAM::Policy", thing.arn)]

    def version():
        value = f"v{2 + m.next()}"
        sent = {"PolicyArn": thing.arn, "PolicyDocument": "{}", "SetAsDefault": True}
        got = {"PolicyVersion": {"VersionId": value, "IsDefaultVersion": True}}
        return op(
            "iam", "CreatePolicyVersion", sent, got, lists=lists, change=store(config, defaultVersionId=value)
        )

    def create():
        got = {"Policy": {"PolicyName": name, "PolicyId": thing.id, "Arn": thing.arn}}
        named = [("AWS::IAM::Policy", each) for each in (thing.id, thing.arn, name)]
        return op("iam", "CreatePolicy", {"PolicyName": name, "PolicyDocument": "{}"}, got, lists=named)

    tags = tagging("iam", thing, by={"PolicyArn": thing.arn}, lists=lists, calls=("TagPolicy", "UntagPolicy"))
    read = ("iam.amazonaws.com", "GetPolicyVersion", {"policyArn": thing.arn})
    delete = lambda: op("iam", "DeletePolicy", {"PolicyArn": thing.arn}, lists=lists)  # noqa: E731 (one line)
    return kind(thing, create=create, updates=[version], delete=delete, tags=tags, read=read)


def instance_profile(m, name):
    arn = f"arn:aws:iam::{m.account}:instance-profile/{name}"
    config = {"InstanceProfileName": name, "Arn": arn, "Path": "/", "Roles": []}
    thing = thing_of(
        m,
        "AWS::IAM::InstanceProfile",
        name,
        name=name,
        arn=arn,
        config=config,
        tags=CONFIG_UPPER,
        created=None,
    )
    thing.region = "us-east-1"
    lists = [("AWS::IAM::InstanceProfile", name)]

    def add():
        other = f"role-{m.next()}"
        sent, named = {"InstanceProfileName": name, "RoleName": other}, [*lists, ("AWS::IAM::Role", other)]
        return op("iam", "AddRoleToInstanceProfile", sent, lists=named, change=store(config, Roles=[other]))

    calls = ("TagInstanceProfile", "UntagInstanceProfile")
    return kind(
        thing,
        updates=[add],
        delete=lambda: op("iam", "DeleteInstanceProfile", {"InstanceProfileName": name}, lists=lists),
        tags=tagging("iam", thing, by={"InstanceProfileName": name}, lists=lists, calls=calls),
        read=("iam.amazonaws.com", "GetInstanceProfile", {"instanceProfileName": name}),
    )
