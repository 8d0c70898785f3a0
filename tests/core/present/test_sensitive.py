"""Which names and values are key material, and which only look like it."""

import pytest

from iacwatch.core.present.redact import REDACTED
from tests.core.present.test_redact import shown

TEXT = "correct-horse-battery"
SECRET = """
    HostKey hostKey SshHostKey HostKeyBody host_key HostKeys.0 Secret secretKey SECRET_KEY secretAccessKey
    aws_secret_access_key SharedSecret RadiusSharedSecret HmacSecret hmacKey signingSecret SigningKey
    consumerSecret privateKey PrivateKeyPem certificatePrivateKey tlsKey clientKey kerberosKeytab authToken
    AuthToken refreshToken SessionToken bearer sasToken oauthToken preSharedKey PreSharedKeys.0 psk
    TunnelOptions.PreSharedKey StorageAccountKey SnsWebhook slackWebhook webhook WebhookUrl WebhookEndpoint
    SLACK_WEBHOOK dbPass Passphrase DbPasswd KeyStorePassword SaslPassword PasswordHash SecretHash pwd
    masterKey ApiKeyValue totp recoveryCodes.0 SharedAccessSignature licenseKey
"""
ABOUT = """
    HostKeyFingerprint hostKeyAlgorithm HostKeySource HostKeyId hostKeyAliases TrustedHostKeys.0 KeyName
    KeyId keyArn SecretArn secretName SecretVersionId tokenHash TokenType TokenKeyId PrivateKeyId
    PublicKeyFingerprint PublicKey SecretId secretStatus KmsKeyId KeySpec KeyUsage CustomerMasterKeySpec
    KeyState ApiKeySource ApiKeyId CredentialsArn TokenValidityUnits KmsMasterKeyId KeySchema PartitionKey
    RoutingKey S3Key ObjectKey BucketKeyEnabled CodeSha256 ETag LockToken CreationToken ClientRequestToken
    maxTokens TokensPerMinute HttpTokens AuthorizationType AuthMode PasswordLastUsed accessKey1LastRotated
    WebhookId updateToken ApiKeySelectionExpression passRole byPassPolicy CompassHeading webhookFilters
    DnsSecStatus HostKeyHash
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_name_says_that_its_value_is_a_secret(name):
    assert shown(f"Configuration.{name}", TEXT) == REDACTED


@pytest.mark.parametrize("name", ABOUT.split())
def test_a_name_that_only_tells_something_about_a_secret_shows_its_value(name):
    assert shown(f"Configuration.{name}", TEXT) == TEXT


TOKENS = """
    wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n AKIAIOSFODNN7EXAMPLE
    AGE-SECRET-KEY-1QQPQQ eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl xapp-1-A0000000-1111
    xoxb-1111-2222-abcdefghij xoxp-1111111111-abc https://hooks.slack.com/services/T000/B000/xyz
    https://hooks.slack.com/workflows/T000/A000/1/x https://discord.com/api/webhooks/1111/abc
    https://acme.webhook.office.com/webhookb2/0000@1111/IncomingWebhook/2222
    ghp_0123456789abcdefghijklmnopqrstuvwxyz gho_0123456789abcdefghijklmnopqrstuvwxyz
    github_pat_11AAAAAAA0000000000000_abc glpat-0123456789abcdefghij glrt-0123456789abcdefghij
    npm_0123456789abcdefghijklmnopqrstuvwxyz pypi-AgEIcHlwaS5vcmc sk_live_0123456789 rk_test_0123456789
    whsec_0123456789abcdefghij sk-proj-0123456789abcdefghijklmnopqrstuvwx hf_abcdefghijklmnopqrstuvwxyzABCDEFGH
    sk-ant-api03-0123456789abcdef0123456789abcdef AIzaSyA0123456789abcdefghijklmnopqrstuv
    ya29.a0AfH6SMBexampleexample SG.0123456789abcdefghijkl.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG
    shpat_0123456789abcdef0123456789abcdef dapi0123456789abcdef0123456789abcdef hvs.0123456789abcdefghijklmn
    https://b.s3.amazonaws.com/x?X-Amz-Expires=60&X-Amz-Signature=0123abcd postgres://app:hunter2@db.example.com/app
    https://a.blob.core.windows.net/c?sv=2022&sig=0123456789abcdefghijklmnop%3D amqps://app:hunter2@mq.example.com
    jdbc:mysql://db/app?user=sa&password=hunter2 DefaultEndpointsProtocol=https;AccountKey=abc123==;
"""
PHRASES = [
    *(f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3" for kind in ("RSA ", "", "ENCRYPTED ")),
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment",
    "PuTTY-User-Key-File-3: ssh-ed25519",
    "rotated from AKIAIOSFODNN7EXAMPLE / je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    "see key ASIAIOSFODNN7EXAMPLE of ci",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==",
    '{"headers": "authorization=Bearer abcdef"}',
]


@pytest.mark.parametrize("text", [*TOKENS.split(), *PHRASES])
def test_a_value_looks_like_key_material_whatever_its_name(text):
    assert REDACTED in str(shown("Configuration.Description", text))
    assert REDACTED in str(shown("Configuration.Rules.0", {"comment": [text]}))
    assert shown("Tags.note", text) == REDACTED or text.startswith("{")


HARMLESS = """
    AccessKeyId=AKIAIOSFODNN7EXAMPLE ResourceId=AKIAIOSFODNN7EXAMPLE UserId=AIDACKCEVSQ6C2EXAMPLE
    RoleId=AROACKCEVSQ6C2EXAMPLE Principal=AROACKCEVSQ6C2EXAMPLE:alice@example.com
    CommitId=9b74c9897bac770ffc029102a200c5de01234567 Description=9b74c9897bac770ffc029102a200c5de01234567
    Description=9B74C9897BAC770FFC029102A200C5DE01234567 UniqueId=0123456789012345678901234567890123456789
    CodeSha256=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7nM9o= Digest=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n
    DistributionId=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n Uuid=8b0e7153-bf7c-3706-d85c-524e44006655
    ImageDigest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
    HostKeyFingerprint=SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE= VpcId=vpc-0a1b2c3d4e5f60718
    Resource=arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf
    Resource=arn:aws:s3:::b/aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n
    KmsKey=arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
    LoadBalancer=app/MyLoadBalancer1/50dc6c495c0c9188aaaa Prefix=teams/Platform/services/Checkout/Version
    HandlerClass=ComAcmePaymentsCheckoutHandlersMainEntry Url=https://github.com/acme/infra
    Url=https://sqs.eu-west-1.amazonaws.com/111122223333/orders Url=https://example.com/webhooks
    Action=secretsmanager:GetSecretValue Action=iam:PassRole Condition=token.actions.githubusercontent.com:sub
    Engine=sk-learn-0.23-1-cpu-py3 Name=npm_packages Name=sk-stack-of-the-payments-platform-in-eu-west-1
    Name=dapi-gateway Name=ghp_mirror Image=111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:9b74c98
    Cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 SecurityPolicy=ELBSecurityPolicy-TLS13-1-2-2021-06
"""
SPOKEN = [
    "PublicKeyBody=-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----",
    "CertificateBody=-----BEGIN CERTIFICATE-----\nMIIDdTCCAl2g\n-----END CERTIFICATE-----",
    "SshPublicKeyBody=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHostMaterial alice",
    "Description=rotates the secret every 30 days",
    "Description=the host key was renewed",
    "Description=allows basic authentication by token",
    "Description=eyJ is how a JSON web token begins",
    "Schedule=cron(0 3 * * ? *)",
]


@pytest.mark.parametrize("told", [*HARMLESS.split(), *SPOKEN])
def test_hashes_arns_ids_and_words_are_shown(told):
    name, _, text = told.partition("=")
    assert shown(f"Configuration.{name}", text) == text
    assert shown("Configuration.Nested.0", {name: text}) == {name: text}


def test_what_describes_a_webhook_is_shown_but_for_its_address_and_secret():
    hook = {"url": "https://x", "branchFilter": "main", "secret": TEXT, "filterGroups": [[{"type": "EVENT"}]]}
    assert shown("Configuration.Webhook", hook) == {**hook, "secret": REDACTED}


def test_a_host_key_and_what_is_below_it_are_redacted_but_for_what_names_it():
    key = {"hostKeyFingerprint": "SHA256:abc", "description": "new", "hostKeyBody": TEXT, "hostKeyId": "h-1"}
    assert shown("Configuration.HostKeys.0", key) == {**key, "hostKeyBody": REDACTED}
