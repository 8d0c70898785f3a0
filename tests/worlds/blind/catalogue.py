"""The one catalogue of kinds: every resource type that a world knows, with the calls on it."""

from tests.worlds.blind import builders, messages
from tests.worlds.blind.row import Row
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    gateways,
    global_types,
    iam,
    interfaces,
    rare,
    rare_ec2,
    secrets,
    storage,
    streams,
    unlisted,
    vpc,
)

FILES = (
    *(balancers, builders, compute, databases, ec2, edge, gateways, global_types, iam, interfaces, messages),
    *(rare, rare_ec2, secrets, storage, streams, unlisted, vpc),
)


def catalogue() -> dict[str, Row]:
    """Return the rows by name."""
    return {name: made for file in FILES for name, made in vars(file).items() if isinstance(made, Row)}
