"""What EC2's network kinds in the blind world have in common."""

from tests.worlds.blind.config import LOWER, Thing
from tests.worlds.blind.types.ec2 import E

LOWER_TAGS = (("configuration", "tags", LOWER),)


def thing_of(m, kind, prefix, config, *, tags=LOWER_TAGS, created=None, **more):
    return Thing(
        type=E + kind,
        id=m.hex(prefix, 16),
        account=m.account,
        region=m.region,
        config=config,
        created=created,
        tag_places=tags,
        **more,
    )


def named(m, thing, arn_kind, key):
    thing.arn = m.arn("ec2", f"{arn_kind}/{thing.id}")
    if key:
        thing.config[key] = thing.id
    return thing


def shown(thing):
    """Return the configuration that the last CI showed."""
    return thing.captured.config if thing.captured else {}
