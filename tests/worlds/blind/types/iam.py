"""IAM: called in us-east-1, and recorded by several regions."""

from tests.worlds.blind.row import LOWER, TAGS, N, at, by, call, row, tagging

ADMIN = "arn:aws:iam::aws:policy/Extra$n"
ATTACHED = {"attachedManagedPolicies": [{"policyArn": ADMIN}]}
INLINE = {"policyName": "inline", "policyDocument": '{"n": $n}'}


def iam(short, prefix):
    """Return what a row of IAM is about: things of it are recorded everywhere, and known by a name."""
    key, word = f"{short.lower()}Name", short.lower()
    about = at(f"AWS::IAM::{short}", "iam", f"{prefix}${{UP:17}}", f"arn:aws:iam::$account:{word}/$name")
    tag = tagging({key: "$name"}, calls=(f"Tag{short}", f"Untag{short}"))
    lives = {"region": "global", "delete": f"Delete{short}"}
    return {**about, "by": {key: "$name"}, "tags": LOWER, "tag": tag, **lives}


ROLE = {"path": "/", "roleName": "$name", "roleId": "$id", "arn": "$arn"}
role = row(
    iam("Role", "AROA"),
    config=ROLE,
    create=by("CreateRole", {"path": "/", "assumeRolePolicyDocument": "{}", "tags": TAGS}, {"role": ROLE}),
    updates=(
        by("AttachRolePolicy", {"policyArn": ADMIN}, **ATTACHED),
        by("PutRolePolicy", INLINE, rolePolicyList=[INLINE]),
        by("UpdateAssumeRolePolicy", {"policyDocument": '{"n": $n}'}, assumeRolePolicyDocument='{"n": $n}'),
        by("UpdateRole", {"maxSessionDuration": N}, maxSessionDuration=N),
        by(
            "AddRoleToInstanceProfile",
            {"instanceProfileName": "prof-$n"},
            instanceProfileList=[{"instanceProfileName": "prof-$n"}],
        ),
    ),
    mentions=(
        call("UpdateAutoScalingGroup", {"serviceLinkedRoleARN": "$arn"}, service="autoscaling"),
        call("AssumeRole", {"roleArn": "$arn", "roleSessionName": "x"}, service="sts"),
        call("PutResourcePolicy", {"resourcePolicy": '{"Principal": "$arn"}'}, service="secretsmanager"),
    ),
)

USER = {"path": "/", "userName": "$name", "userId": "$id", "arn": "$arn"}
user = row(
    iam("User", "AIDA"),
    config=USER,
    create=by("CreateUser", {"tags": TAGS}, {"user": USER}),
    updates=(
        by("AttachUserPolicy", {"policyArn": ADMIN}, **ATTACHED),
        by("AddUserToGroup", {"groupName": "group-$n"}, groupList=["group-$n"]),
        by("PutUserPolicy", INLINE, userPolicyList=[INLINE]),
    ),
    mentions=(
        by("DeleteLoginProfile"),
        by("EnableMFADevice", {"serialNumber": "arn:aws:iam::$account:mfa/$name"}),
        call("CreateUser", {"userName": "$name"}, {"user": {"userName": "$name"}}, service="finspace"),
    ),
)

POLICY = {"policyName": "$name", "policyId": "$id", "arn": "$arn"}
policy = row(
    {**iam("Policy", "ANPA"), "by": {"policyArn": "$arn"}},
    config={**POLICY, "attachmentCount": 1},
    tag=tagging("policyArn", calls=("TagPolicy", "UntagPolicy")),
    create=call("CreatePolicy", {"policyName": "$name", "policyDocument": "{}"}, {"policy": POLICY}),
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
