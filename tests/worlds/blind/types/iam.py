"""IAM: called in us-east-1, and recorded by several regions."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

LOWER = ("configuration.tags key/value",)
ADMIN = "arn:aws:iam::aws:policy/Extra$n"


def iam(type_, prefix, arn, key, verb, /, **more):
    """Return a row of IAM: things of it are recorded everywhere, and known by a name."""
    about = at(f"AWS::IAM::{type_}", "iam", f"{prefix}${{UP:17}}", f"arn:aws:iam::$account:{arn}")
    tag = tagging({key: "$name"}, calls=(f"Tag{verb}", f"Untag{verb}"))
    return row(
        about,
        **{"by": {key: "$name"}, "tags": LOWER, "tag": tag, "region": "global", "created": True, **more},
    )


ROLE = {"path": "/", "roleName": "$name", "roleId": "$id", "arn": "$arn"}
role = iam(
    "Role",
    "AROA",
    "role/$name",
    "roleName",
    "Role",
    config={**ROLE, "attachedManagedPolicies": [], "rolePolicyList": [], "maxSessionDuration": 3600},
    create=by("CreateRole", {"path": "/", "assumeRolePolicyDocument": "{}", "tags": TAGS}, {"role": ROLE}),
    delete="DeleteRole",
    updates=(
        by("AttachRolePolicy", {"policyArn": ADMIN}, attachedManagedPolicies=[{"policyArn": ADMIN}]),
        by(
            "PutRolePolicy",
            {"policyName": "inline", "policyDocument": '{"n": $n}'},
            rolePolicyList=[{"policyName": "inline", "policyDocument": '{"n": $n}'}],
        ),
        by("UpdateAssumeRolePolicy", {"policyDocument": '{"n": $n}'}, assumeRolePolicyDocument='{"n": $n}'),
        by("UpdateRole", {"maxSessionDuration": N}, maxSessionDuration=N),
        by(
            "AddRoleToInstanceProfile",
            {"instanceProfileName": "prof-$n"},
            instanceProfileList=[{"instanceProfileName": "prof-$n"}],
        ),
    ),
    mentions=(
        call(
            "CreateFunction", {"functionName": "$other", "role": "$arn"}, {"role": "$arn"}, service="lambda"
        ),
        call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "a", "serviceLinkedRoleARN": "$arn"},
            service="autoscaling",
        ),
        call("AssumeRole", {"roleArn": "$arn", "roleSessionName": "x"}, service="sts"),
        call(
            "PutResourcePolicy",
            {"secretId": "s", "resourcePolicy": '{"Principal": "$arn"}'},
            service="secretsmanager",
        ),
    ),
)

USER = {"path": "/", "userName": "$name", "userId": "$id", "arn": "$arn"}
user = iam(
    "User",
    "AIDA",
    "user/$name",
    "userName",
    "User",
    config={**USER, "groupList": [], "attachedManagedPolicies": [], "userPolicyList": []},
    create=by("CreateUser", {"tags": TAGS}, {"user": USER}),
    delete="DeleteUser",
    updates=(
        by("AttachUserPolicy", {"policyArn": ADMIN}, attachedManagedPolicies=[{"policyArn": ADMIN}]),
        by("AddUserToGroup", {"groupName": "group-$n"}, groupList=["group-$n"]),
        by(
            "PutUserPolicy",
            {"policyName": "inline", "policyDocument": "{}"},
            userPolicyList=[{"policyName": "inline", "n": N}],
        ),
    ),
    mentions=(
        by("CreateAccessKey", {}, {"accessKey": {"userName": "$name", "accessKeyId": "AKIA${UP:16}"}}),
        by("DeleteLoginProfile"),
        by("EnableMFADevice", {"serialNumber": "arn:aws:iam::$account:mfa/$name"}),
        call("CreateUser", {"userName": "$name"}, {"user": {"userName": "$name"}}, service="finspace"),
    ),
)

GROUP = {"groupName": "$name", "groupId": "$id", "arn": "$arn"}
group = iam(
    "Group",
    "AGPA",
    "group/$name",
    "groupName",
    "",
    config={**GROUP, "attachedManagedPolicies": [], "groupPolicyList": []},
    tag=None,
    tags=(),
    create=by("CreateGroup", {}, {"group": GROUP}),
    delete="DeleteGroup",
    updates=(
        by("AttachGroupPolicy", {"policyArn": ADMIN}, attachedManagedPolicies=[{"policyArn": ADMIN}]),
        by(
            "PutGroupPolicy",
            {"policyName": "p", "policyDocument": "{}"},
            groupPolicyList=[{"policyName": "p", "n": N}],
        ),
    ),
    mentions=(
        call("CreateSecurityGroup", {"groupName": "$name"}, {"groupId": "$sg"}, service="ec2"),
        call("AuthorizeSecurityGroupIngress", {"groupName": "$name"}, service="ec2"),
        call("CreateResourceGroup", {"groupName": "$name"}, service="resource-groups"),
    ),
)

POLICY = {"policyName": "$name", "policyId": "$id", "arn": "$arn"}
policy = iam(
    "Policy",
    "ANPA",
    "policy/$name",
    "policyArn",
    "Policy",
    config={**POLICY, "defaultVersionId": "v1", "attachmentCount": 1, "policyVersionList": []},
    by={"policyArn": "$arn"},
    tag=tagging("policyArn", calls=("TagPolicy", "UntagPolicy")),
    create=call("CreatePolicy", {"policyName": "$name", "policyDocument": "{}"}, {"policy": POLICY}),
    delete="DeletePolicy",
    updates=(
        by(
            "CreatePolicyVersion",
            {"policyDocument": "{}", "setAsDefault": True},
            {"policyVersion": {"versionId": "v$n", "isDefaultVersion": True}},
            defaultVersionId="v$n",
            policyVersionList=[{"versionId": "v$n"}],
        ),
        by("SetDefaultPolicyVersion", {"versionId": "v$n"}, defaultVersionId="v$n"),
    ),
    mentions=(
        by("AttachRolePolicy", {"roleName": "$other"}),
        by("DetachUserPolicy", {"userName": "u"}),
        call("PutRolePolicy", {"roleName": "r", "policyName": "$name", "policyDocument": "{}"}),
    ),
)

PROFILE = {"instanceProfileName": "$name", "arn": "$arn", "instanceProfileId": "AIPA${UP:17}"}
instance_profile = row(
    at("AWS::IAM::InstanceProfile", "iam", "$name", "arn:aws:iam::$account:instance-profile/$name"),
    config={"InstanceProfileName": "$name", "Arn": "$arn", "Path": "/", "Roles": []},
    by={"instanceProfileName": "$name"},
    tag=tagging({"instanceProfileName": "$name"}, calls=("TagInstanceProfile", "UntagInstanceProfile")),
    create=by("CreateInstanceProfile", {}, {"instanceProfile": PROFILE}),
    delete="DeleteInstanceProfile",
    updates=(by("AddRoleToInstanceProfile", {"roleName": "role-$n"}, Roles=["role-$n"]),),
    mentions=(
        call(
            "RunInstances",
            {"instancesSet": {}, "iamInstanceProfile": {"name": "$name"}},
            {"instancesSet": {"items": [{"instanceId": "$i", "iamInstanceProfile": {"arn": "$arn"}}]}},
            service="ec2",
        ),
    ),
    region="us-east-1",
)
