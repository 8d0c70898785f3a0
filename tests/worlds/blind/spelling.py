"""CloudTrail's spelling of API calls, made from botocore's service models.

A parameter that the service does not have is an error of the world's author.
"""

from functools import cache


@cache
def session():
    import botocore.session

    return botocore.session.get_session()


@cache
def model(service):
    return session().get_service_model(service)


def spelled(shape, value):
    """Spell a value as CloudTrail does: member names begin in lower case, keys of maps stay."""
    if shape.type_name == "structure" and isinstance(value, dict):
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{shape.name} has no {unknown}"
        return {lower(name): spelled(shape.members[name], each) for name, each in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [spelled(shape.member, each) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: spelled(shape.value, each) for name, each in value.items()}
    return value


def lower(name):
    """Return a name as CloudTrail begins it: DBInstanceIdentifier is dBInstanceIdentifier."""
    return name[:1].lower() + name[1:]


def items(*entries):
    """Return a list as EC2's records hold it: an empty one is an empty object."""
    return {"items": list(entries)} if entries else {}
