"""Calls that botocore's models spell, and EC2's, which are spelled by hand."""

from tests.worlds.blind.kind import Op
from tests.worlds.blind.spelling import answer, known, request

E = "AWS::EC2::"


def op(service, operation, sent=None, got=None, *, change=lambda: None, spell=True, **more):
    """Return a call; `sent` and `got` are in boto3's spelling unless `spell` is off."""
    if spell:
        known(service, operation)
        sent = None if sent is None else request(service, operation, **sent)
        got = None if got is None else answer(service, operation, **got)
    more = {name: tuple(each) for name, each in more.items()}
    return Op(service=service, operation=operation, request=sent, answer=got, change=change, **more)


def done(m, **more):
    return {"requestId": m.uuid(), "_return": True, **more}


def call(operation, sent, got, lists, change=lambda: None):
    return op("ec2", known("ec2", operation), sent, got, lists=lists, change=change, spell=False)
