"""IAM: global, called in us-east-1, recorded by several regions."""

from tests.worlds.kind import Call, Kind

TAGS = [{"key": "$tagkey", "value": "$tagvalue"}]
HOME = "us-east-1"

ROLE = Kind(
    type="AWS::IAM::Role",
    source="iam",
    home=HOME,
    id="AROA$upper",
    arn="arn:aws:iam::$account:role$path$name",
    tags_in="configuration.tags",
    config={"roleName": "$name", "roleId": "$id", "arn": "$arn"},
    create=Call(
        "CreateRole",
        {"roleName": "$name", "path": "$path", "assumeRolePolicyDocument": "{}", "tags": TAGS},
        {"role": {"roleName": "$name", "roleId": "$id", "arn": "$arn", "path": "$path"}},
    ),
    delete=Call("DeleteRole", {"roleName": "$name"}),
    updates=(
        Call(
            "AttachRolePolicy",
            {"roleName": "$name", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            paths=(("Configuration.AttachedManagedPolicies.0", None, {"policyName": "AdministratorAccess"}),),
        ),
        Call(
            "PutRolePolicy",
            {"roleName": "$name", "policyName": "inline", "policyDocument": "{}"},
            paths=(("Configuration.RolePolicyList.0", None, {"policyName": "inline"}),),
        ),
        Call(
            "UpdateAssumeRolePolicy",
            {"roleName": "$name", "policyDocument": "{}"},
            paths=(("Configuration.AssumeRolePolicyDocument", "a", "b"),),
        ),
        Call(
            "UpdateRole",
            {"roleName": "$name", "maxSessionDuration": 43200},
            paths=(("Configuration.MaxSessionDuration", 3600, 43200),),
            listed=(),
        ),
        Call(
            "AddRoleToInstanceProfile",
            {"roleName": "$name", "instanceProfileName": "prof-$hex"},
            paths=(("Configuration.InstanceProfileList.0", None, {"instanceProfileName": "x"}),),
        ),
    ),
    tag=Call("TagRole", {"roleName": "$name", "tags": TAGS}),
    untag=Call("UntagRole", {"roleName": "$name", "tagKeys": ["$tagkey"]}),
    mentions=(
        Call(
            "CreateFunction20150331", {"functionName": "f", "role": "$arn"}, {"role": "$arn"}, source="lambda"
        ),
        Call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "a", "serviceLinkedRoleARN": "$arn"},
            source="autoscaling",
        ),
        Call("AssumeRole", {"roleArn": "$arn", "roleSessionName": "x"}, source="sts"),
        Call(
            "PutResourcePolicy",
            {"secretId": "s", "resourcePolicy": '{"Principal": "$arn"}'},
            source="secretsmanager",
        ),
    ),
)

USER = Kind(
    type="AWS::IAM::User",
    source="iam",
    home=HOME,
    id="AIDA$upper",
    arn="arn:aws:iam::$account:user/$name",
    tags_in="configuration.tags",
    config={"userName": "$name", "userId": "$id", "arn": "$arn"},
    create=Call(
        "CreateUser",
        {"userName": "$name", "tags": TAGS},
        {"user": {"userName": "$name", "userId": "$id", "arn": "$arn"}},
    ),
    delete=Call("DeleteUser", {"userName": "$name"}),
    updates=(
        Call(
            "AttachUserPolicy",
            {"userName": "$name", "policyArn": "arn:aws:iam::aws:policy/PowerUserAccess"},
            paths=(("Configuration.AttachedManagedPolicies.0", None, {"policyName": "PowerUserAccess"}),),
        ),
        Call(
            "PutUserPolicy",
            {"userName": "$name", "policyName": "inline", "policyDocument": "{}"},
            paths=(("Configuration.UserPolicyList.0", None, {"policyName": "inline"}),),
        ),
        Call(
            "AddUserToGroup",
            {"userName": "$name", "groupName": "grp-$hex"},
            paths=(("Configuration.GroupList.0", None, "grp"), ("Relationships.0", None, "x")),
        ),
    ),
    tag=Call("TagUser", {"userName": "$name", "tags": TAGS}),
    untag=Call("UntagUser", {"userName": "$name", "tagKeys": ["$tagkey"]}),
    renames=Call("UpdateUser", {"userName": "$name", "newUserName": "$newname"}),
    mentions=(
        Call(
            "CreateAccessKey",
            {"userName": "$name"},
            {"accessKey": {"userName": "$name", "accessKeyId": "AKIA$upper"}},
        ),
        Call("DeleteLoginProfile", {"userName": "$name"}),
        Call("EnableMFADevice", {"userName": "$name", "serialNumber": "arn:aws:iam::$account:mfa/$name"}),
        Call("CreateUser", {"userName": "$name"}, {"user": {"userName": "$name"}}, source="finspace"),
    ),
)

GROUP = Kind(
    type="AWS::IAM::Group",
    source="iam",
    home=HOME,
    id="AGPA$upper",
    arn="arn:aws:iam::$account:group/$name",
    config={"groupName": "$name", "groupId": "$id", "arn": "$arn"},
    create=Call(
        "CreateGroup",
        {"groupName": "$name"},
        {"group": {"groupName": "$name", "groupId": "$id", "arn": "$arn"}},
    ),
    delete=Call("DeleteGroup", {"groupName": "$name"}),
    updates=(
        Call(
            "AttachGroupPolicy",
            {"groupName": "$name", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            paths=(("Configuration.AttachedManagedPolicies.0", None, {"policyName": "ReadOnlyAccess"}),),
        ),
        Call(
            "PutGroupPolicy",
            {"groupName": "$name", "policyName": "p", "policyDocument": "{}"},
            paths=(("Configuration.GroupPolicyList.0", None, {"policyName": "p"}),),
        ),
    ),
    tag=Call(
        "AttachGroupPolicy", {"groupName": "$name", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    ),
    mentions=(
        Call("CreateSecurityGroup", {"groupName": "$name"}, {"groupId": "$sg"}, source="ec2"),
        Call("AuthorizeSecurityGroupIngress", {"groupName": "$name"}, source="ec2"),
        Call("CreateResourceGroup", {"groupName": "$name"}, source="resource-groups"),
    ),
)

POLICY = Kind(
    type="AWS::IAM::Policy",
    source="iam",
    home=HOME,
    id="ANPA$upper",
    arn="arn:aws:iam::$account:policy/$name",
    config={"policyName": "$name", "policyId": "$id", "arn": "$arn"},
    create=Call(
        "CreatePolicy",
        {"policyName": "$name", "policyDocument": "{}"},
        {"policy": {"policyName": "$name", "policyId": "$id", "arn": "$arn"}},
    ),
    delete=Call("DeletePolicy", {"policyArn": "$arn"}),
    updates=(
        Call(
            "CreatePolicyVersion",
            {"policyArn": "$arn", "policyDocument": "{}", "setAsDefault": True},
            {"policyVersion": {"versionId": "v2"}},
            paths=(
                ("Configuration.DefaultVersionId", "v1", "v2"),
                ("Configuration.PolicyVersionList.1", None, {}),
            ),
        ),
        Call(
            "SetDefaultPolicyVersion",
            {"policyArn": "$arn", "versionId": "v1"},
            paths=(("Configuration.DefaultVersionId", "v2", "v1"),),
        ),
    ),
    tag=Call("TagPolicy", {"policyArn": "$arn", "tags": TAGS}),
    untag=Call("UntagPolicy", {"policyArn": "$arn", "tagKeys": ["$tagkey"]}),
    mentions=(
        Call("AttachRolePolicy", {"roleName": "r", "policyArn": "$arn"}),
        Call("DetachUserPolicy", {"userName": "u", "policyArn": "$arn"}),
        Call("PutRolePolicy", {"roleName": "r", "policyName": "$name", "policyDocument": "{}"}),
    ),
)

PROFILE = Kind(
    type="AWS::IAM::InstanceProfile",
    source="iam",
    home=HOME,
    id="$name",
    arn="arn:aws:iam::$account:instance-profile/$name",
    config={"instanceProfileName": "$name", "arn": "$arn"},
    create=Call(
        "CreateInstanceProfile",
        {"instanceProfileName": "$name"},
        {
            "instanceProfile": {
                "instanceProfileName": "$name",
                "arn": "$arn",
                "instanceProfileId": "AIPA$upper",
            }
        },
    ),
    delete=Call("DeleteInstanceProfile", {"instanceProfileName": "$name"}),
    updates=(
        Call(
            "AddRoleToInstanceProfile",
            {"roleName": "r-$hex", "instanceProfileName": "$name"},
            paths=(("Configuration.Roles.0", None, "r"),),
        ),
    ),
    tag=Call("TagInstanceProfile", {"instanceProfileName": "$name", "tags": TAGS}),
    mentions=(
        Call(
            "RunInstances",
            {"instancesSet": {"items": [{"imageId": "$ami"}]}, "iamInstanceProfile": {"name": "$name"}},
            {"instancesSet": {"items": [{"instanceId": "$instance", "iamInstanceProfile": {"arn": "$arn"}}]}},
            source="ec2",
        ),
    ),
)

KINDS = (ROLE, USER, GROUP, POLICY, PROFILE)
