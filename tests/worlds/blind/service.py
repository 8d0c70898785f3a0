"""The kinds of services whose calls botocore's models spell: the common part."""

from tests.worlds.blind.config import LOWER, MAP, UPPER, Thing
from tests.worlds.blind.kind import Kind, Op, pairs, retag
from tests.worlds.blind.spelling import answer, known, request

EXTRA_MAP = (("extra", "Tags", MAP),)
EXTRA_LOWER = (("extra", "Tags", LOWER),)
CONFIG_UPPER = (("configuration", "Tags", UPPER),)
CONFIG_LOWER = (("configuration", "tags", LOWER),)


def op(service, operation, sent=None, got=None, *, lists=(), resources=(), change=lambda: None, spell=True):
    """Return a call; `sent` and `got` are in boto3's spelling unless `spell` is off."""
    if spell:
        known(service, operation)
        sent = None if sent is None else request(service, operation, **sent)
        got = None if got is None else answer(service, operation, **got)
    return Op(
        service=service,
        operation=operation,
        request=sent,
        answer=got,
        lists=tuple(lists),
        resources=tuple(resources),
        change=change,
    )


def thing_of(
    m, type_, id_, *, name=None, arn=None, config=None, tags=(), created="2025-03-02T09:14:07.000Z", **more
):
    more.setdefault("region", m.region)
    return Thing(
        type=type_,
        id=id_,
        name=name,
        arn=arn,
        account=m.account,
        config=config if config is not None else {},
        tag_places=tags,
        created=created,
        **more,
    )


def tagging(service, thing, *, by, tags_key="Tags", form="pairs", keys_key="TagKeys", lists=(), calls=None):
    """Return the tag calls of a service; `by` is what names the thing, `form` how tags are passed."""
    adding, removing = calls or ("TagResource", "UntagResource")

    def passed(tags):
        if form == "map":
            return dict(tags)
        return pairs(tags, *form.split("/")) if "/" in form else pairs(tags)

    def tag(tags):
        return op(service, adding, {**by, tags_key: passed(tags)}, lists=lists, change=retag(thing, tags))

    def untag(keys):
        passed_keys = [{"Key": key} for key in keys] if keys_key == "Tags" else list(keys)
        return op(
            service, removing, {**by, keys_key: passed_keys}, lists=lists, change=retag(thing, gone=keys)
        )

    return {"tag": tag, "untag": untag}


def kind(thing, *, create=None, updates=(), delete=None, tags=None, read=(), **more):
    """Return a kind; `read` is (service's event source, operation, request)."""
    return Kind(
        thing=thing, create=create, updates=list(updates), delete=delete, read=read, **(tags or {}), **more
    )
