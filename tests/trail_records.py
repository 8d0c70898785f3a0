"""CloudTrail's records, written by hand: one call, and those who may be behind it."""

OWN, OTHER = "111122223333", "444455556666"
CLI = "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0 lang/python#3.13.9"
BOTO = "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.0 lang/python#3.12.3"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
MAIN = "repo:acme/infra:ref:refs/heads/main"


def record(identity=None, **fields):
    """Return a record of a write, as recent ones are; a field given as None is left out."""
    document = {
        "eventVersion": "1.11",
        "userIdentity": identity or user("carol"),
        "eventTime": "2026-11-20T10:11:22Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AuthorizeSecurityGroupIngress",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": CLI,
        "requestParameters": {"groupId": "sg-0a1b2c3d4e5f60718"},
        "responseElements": {"_return": True},
        "requestID": "5b0e61a6-7d0c-4b6e-9f5f-0a6f5c0e6c11",
        "eventID": "0f5e7b5e-6d0a-4f5c-9a63-1e1f5f4f9d01",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": OWN,
        "eventCategory": "Management",
        **fields,
    }
    return {name: value for name, value in document.items() if value is not None}


def user(name, **more):
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEEXAMPLE001",
        "arn": f"arn:aws:iam::{OWN}:user/{name}",
        "accountId": OWN,
        "accessKeyId": "AKIAEXAMPLEEXAMPLE01",
        "userName": name,
        **more,
    }


def session(role_path, name, *, account=OWN, **context):
    """Return a role's session; `context` is what its `sessionContext` says besides the issuer."""
    role = role_path.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLEEXAMPLE002:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEEXAMPLE02",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE002",
                "arn": f"arn:aws:iam::{account}:role/{role_path}",
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-11-20T09:01:02Z", "mfaAuthenticated": "false"},
            **context,
        },
    }


SSO = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef"
SSO_AT_HOME = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_fedcba9876543210"
LINKED = "aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
CFN = "cloudformation.amazonaws.com"
