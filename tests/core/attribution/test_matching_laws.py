"""What holds whatever the trail says: arrival order is nothing, and a call that changes nothing no cause."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import names_of
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import ChangeType, Evidence, Managed, Mention, Principal, Workflow
from tests.core.attribution.called import WINDOW
from tests.fixtures.builders import CAPTURED_AT, actor, change, entry, event, item, resource

OURS, THEIRS = "logs", "logs-2"
ARN = "arn:aws:s3:::logs"
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:role/ci",))
CALLS = ("CreateBucket", "DeleteBucket", "PutBucketPolicy", "PutBucketTagging", "PutObject")
PLACES = (
    ("request", "bucketname"),
    ("request", "bucketpolicy", "statement", "resource"),
    ("response", "bucketname"),
)

changes = st.sampled_from(list(ChangeType)).map(
    lambda kind: change(
        change_type=kind,
        resource=resource(type="AWS::S3::Bucket", id=OURS, name=OURS, arn=ARN),
        diff=(entry("SupplementaryConfiguration.BucketPolicy", "a", "b"),),
        item=None
        if kind is ChangeType.DELETE
        else item(resource=resource(type="AWS::S3::Bucket", id=OURS, name=OURS, arn=ARN)),
    )
)


@st.composite
def calls(draw, **fixed):
    """Draw a call around a bucket: by whom, when, naming what and where."""
    role = draw(st.sampled_from(("arn:aws:iam::1:role/ci", "arn:aws:iam::1:role/Admin")))
    seconds = draw(st.integers(-8, 1300))
    named = draw(st.sampled_from((OURS, THEIRS, ARN)))
    fields = {
        "event_id": draw(st.uuids()).hex,
        "name": draw(st.sampled_from(CALLS)),
        "event_source": draw(
            st.sampled_from(("s3.amazonaws.com", "tagging.amazonaws.com", "ec2.amazonaws.com"))
        ),
        "occurred_at": CAPTURED_AT.replace(microsecond=0) - timedelta(seconds=seconds),
        "mentions": (Mention(path=draw(st.sampled_from(PLACES)), value=named),),
        "error_code": draw(st.sampled_from(("", "", "", "AccessDenied"))),
        "read_only": draw(st.sampled_from((None, False, False, True))),
        "actor": actor(principal=role, arn=f"{role}/s"),
        "principal": Principal(type="AssumedRole", arn=f"{role}/s", issuer_arn=role),
        **fixed,
    }
    return event(**fields)


trails = st.lists(calls(), max_size=8, unique_by=lambda each: each.event_id)
bounds = st.none() | st.integers(0, 300).map(lambda seconds: CAPTURED_AT - timedelta(seconds=seconds))


def ranked(changed, trail, previous_at):
    names = names_of(changed)
    return rank(
        changed, names, TrailIndex(trail, names.wanted).events(names), WINDOW, previous_at=previous_at
    )


def judged(changed, trail, previous_at):
    found = classify(
        changed, MANAGED, ranked(changed, trail, previous_at).matches, (CI,), changed_by=ChangedBy.CALLED
    )
    return found.verdict, [match.event.event_id for match in found.matches]


@given(changes, trails, bounds, st.randoms(use_true_random=False))
def test_rank_is_a_total_order_that_ignores_the_order_of_arrival(changed, trail, previous_at, shuffle):
    other = list(trail)
    shuffle.shuffle(other)
    first, second = ranked(changed, trail, previous_at), ranked(changed, other, previous_at)
    assert [match.event.event_id for match in first.matches] == [
        match.event.event_id for match in second.matches
    ]
    keys = [(*match.score, match.event.event_id) for match in first.matches]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    told = {candidate.event.event_id: candidate.reasons for candidate in first.candidates}
    assert told == {candidate.event.event_id: candidate.reasons for candidate in second.candidates}


irrelevant = st.one_of(
    calls(error_code="AccessDenied"),
    calls(read_only=True),
    calls(management=False),
    calls(account_id="999988887777"),
    calls(event_source="ec2.amazonaws.com"),
    calls(name="PutObject"),
    calls(mentions=(Mention(path=("request", "bucketname"), value=THEIRS),)),
    calls(mentions=(Mention(path=("request", "bucketpolicy", "statement", "resource"), value=ARN),)),
    calls(occurred_at=CAPTURED_AT - timedelta(hours=3)),
)


@given(changes, trails, bounds, st.lists(irrelevant, min_size=1, max_size=4))
def test_an_irrelevant_event_never_changes_a_verdict(changed, trail, previous_at, more):
    known = {each.event_id for each in trail}
    more = [each for each in more if each.event_id not in known]
    assert judged(changed, [*trail, *more], previous_at) == judged(changed, trail, previous_at)


@given(changes, trails, bounds)
def test_every_event_that_names_it_is_a_match_or_is_told_why_not(changed, trail, previous_at):
    found = ranked(changed, trail, previous_at)
    accepted = {candidate.event.event_id for candidate in found.candidates if candidate.accepted}
    assert accepted == {match.event.event_id for match in found.matches}
    assert all(candidate.reasons for candidate in found.candidates)
    named = {
        each.event_id for each in trail if any(mention.value in {OURS, ARN} for mention in each.mentions)
    }
    assert {candidate.event.event_id for candidate in found.candidates} == named


@given(changes, trails)
def test_one_call_out_of_band_is_never_hidden_by_the_workflows(changed, trail):
    matches = ranked(changed, trail, None).matches
    found = classify(changed, MANAGED, matches, (CI,), changed_by=ChangedBy.CALLED)
    if any(match.event.actor.principal.endswith("/Admin") for match in matches):
        assert found.verdict == "out-of-band"
        assert found.matches[0].event.actor.principal.endswith("/Admin")
