"""Who stands behind a call, as people call them, and what lies between."""

from iacwatch.core.model import ActorKind, ChainLink, Via
from iacwatch.core.present import origin
from tests.fixtures.builders import ACCOUNT, PIPELINE, actor

REPOSITORY = "acme/infra@refs/heads/main"


def link(role, session="x"):
    return ChainLink(arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}")


def machine(**fields):
    return actor(**{"name": "gha-terraform-prod", "principal": PIPELINE, "via": Via.CHAIN, **fields})


ACCOUNT_4 = {"kind": ActorKind.AWS_ACCOUNT, "name": "444455556666"}


def through(*roles, **fields):
    return actor(chain=tuple(map(link, roles)), **fields)


def test_the_whole_of_an_actor():
    for who, expected in (
        (actor(kind=ActorKind.ROOT, name="root"), f"the root user of {ACCOUNT}"),
        (actor(kind=ActorKind.ROOT, account_id=None), "root"),
        (actor(name="", arn=None), "somebody without a name"),
        (through("prod", "hub", session="anything"), "alice@example.com, through roles hub and prod"),
        (through("prod", "d", "c", "b"), "alice@example.com, through 4 roles to prod"),
        (actor(chain=(ChainLink(arn="nonsense"),)), "alice@example.com, through role nonsense"),
        (machine(session="ci-17"), "gha-terraform-prod (session ci-17)"),
        (machine(session="s" * 64), f"gha-terraform-prod (session {'s' * 39}…)"),
        (machine(repository=REPOSITORY, session="x"), f"{REPOSITORY}, through role gha-terraform-prod"),
        (machine(repository=REPOSITORY, chain=(link("x"),)), f"{REPOSITORY}, through roles gha-terraform-prod and x"),
        (actor(**ACCOUNT_4, session="botocore-session-17"), "444455556666 (session botocore-session-17)"),
    ):  # fmt: skip
        assert origin.whole(who) == expected


def test_where_a_verb_follows_the_aside_is_closed():
    assert origin.acting((through("prod"),)) == "alice@example.com, through role prod,"
    assert origin.acting((machine(session="i-0a1b2c3d"),)) == "gha-terraform-prod (session i-0a1b2c3d)"
    # Only strangers' words go through the sinks' marking.
    told = origin.whole(through("prod"), lambda text: f"`{text}`")
    assert told == "`alice@example.com`, through role `prod`"


def test_calls_of_one_origin_are_told_together():
    sessions = [machine(session=f"botocore-session-{number}") for number in range(8)]
    assert origin.aside(sessions) == " (8 sessions)"
    assert origin.aside(sessions[:1] * 3) == " (session botocore-session-0)"
    chained = [through(role) for role in ("prod", "stage", "prod")]
    assert origin.aside(chained) == ", through roles prod and stage"
    assert origin.aside([*chained[:1], actor()]) == ", also through role prod"
    assert origin.aside([actor(), actor()]) == ""
