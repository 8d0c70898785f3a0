"""moto as an AWS on loopback: one server for the whole run; each test makes what it needs under new names."""

import os
import uuid
from functools import cache

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from iacwatch.ledgers.dynamodb_table import KEY, TTL

REGION = "eu-west-1"
SERVICES = {
    "dynamodb": "DYNAMODB",
    "secretsmanager": "SECRETS_MANAGER",
    "ssm": "SSM",
    "s3": "S3",
}
"""What our own fake does not serve, and the word for it in ``AWS_ENDPOINT_URL_*``."""

os.environ.setdefault("NO_PROXY", "127.0.0.1")


@cache
def url() -> str:
    """Return where moto listens; it is started with the first question, and ends with the process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def environment() -> dict[str, str]:
    """Return the variables that lead to moto whatever our own fake does not serve."""
    return {f"AWS_ENDPOINT_URL_{word}": url() for word in SERVICES.values()}


def client(service: str, attempts: int = 4):
    """Return a client of moto's; `attempts` are botocore's own."""
    return boto3.client(
        service,
        endpoint_url=url(),
        region_name=REGION,
        aws_access_key_id="AKIATEST111122223333",
        aws_secret_access_key="x",
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
    )


def table() -> str:
    """Make a ledger's table, as the templates do; return its name."""
    name = f"ledger-{uuid.uuid4().hex}"
    made = client("dynamodb")
    made.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )
    made.update_time_to_live(TableName=name, TimeToLiveSpecification={"AttributeName": TTL, "Enabled": True})
    return name
