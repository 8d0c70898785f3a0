"""How EC2's records are written: younger calls wrap their parameters, and lists have `items`."""

from tests.worlds.blind.row import LOWER, TAGS, at, call, tagging
from tests.worlds.blind.spelling import items

DONE = {"requestId": "$uuid", "_return": True}
BY_ID = {"resourcesSet": items({"resourceId": "$id"})}
TAGGING = tagging(BY_ID, into="tagSet.items", keys="tagSet.items", calls=("CreateTags", "DeleteTags"))


def ec2(type_, prefix, arn, key):
    """Return what a row of EC2 is about: ids begin with the prefix, and `key` is the parameter that holds them."""
    about = at(f"AWS::EC2::{type_}", "ec2", f"${prefix}", f"{arn}/$id")
    told = {"name": None, "by": {key: "$id"}, "answer": DONE, "delete": f"Delete{key[:1].upper()}{key[1:-2]}"}
    return {**about, **told, "created": False, "tags": LOWER, "tag": TAGGING}


def wrapped(event, request, answer=None, /, **more):
    """Return a call whose parameters and answer lie in an element that is called after it."""
    return call(event, {f"{event}Request": request}, {f"{event}Response": answer or {"return": True}}, **more)


def many(id_):
    """Return one id as EC2's younger calls pass lists."""
    return {"tag": 1, "content": id_}


def tagged(type_):
    return {"tagSpecificationSet": items({"resourceType": type_, "tags": TAGS})}


def run(answer=None, **named):
    """Return a launch of an instance that names the thing, in its answer too."""
    told = {"instanceId": "$i2", **(answer or {})}
    return call("RunInstances", {"instancesSet": items({}), **named}, {"instancesSet": items(told)})


def route(key):
    """Return a route that leads to the thing."""
    return call("CreateRoute", {"routeTableId": "$rtb2", "destinationCidrBlock": "10.9.0.0/16", key: "$id"})
