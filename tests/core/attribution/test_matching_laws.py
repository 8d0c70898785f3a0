"""What holds whatever the trail says: arrival order is nothing, and a call that changes nothing no cause."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import ChangeType, Evidence, Managed, Mention, Principal, Workflow
from tests.core.attribution.called import of, ranked
from tests.fixtures.builders import CAPTURED_AT, actor, event

OURS, THEIRS = "logs", "logs-2"
ARN = "arn:aws:s3:::logs"
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:role/ci",))
ADMIN = "arn:aws:iam::1:role/Admin"
CALLS = ("CreateBucket", "DeleteBucket", "PutBucketPolicy", "PutBucketTagging", "PutObject")
PLACES = (
    ("request", "bucketname"),
    ("request", "bucketpolicy", "statement", "resource"),
    ("response", "bucketname"),
)

changes = st.sampled_from(
    [
        of("S3::Bucket", OURS, OURS, ARN, kind=kind, differs="SupplementaryConfiguration.BucketPolicy")
        for kind in ChangeType
    ]
)


@st.composite
def calls(draw, **fixed):
    """Draw a call around a bucket: by whom, when, naming what and where."""
    role = draw(st.sampled_from(("arn:aws:iam::1:role/ci", ADMIN)))
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


@given(changes, trails, bounds, st.lists(irrelevant, max_size=4), st.randoms(use_true_random=False))
def test_neither_order_nor_what_is_irrelevant_tells_and_nobody_out_of_band_is_hidden(
    changed, trail, previous_at, more, shuffle
):
    found = ranked(changed, *trail, previous_at=previous_at)
    ids = [match.event.event_id for match in found.matches]
    keys = [(*match.score, match.event.event_id) for match in found.matches]
    assert keys == sorted(set(keys))
    # Every event that names it is a match, or is told why not.
    named = {each.event_id for each in trail if each.mentions[0].value in {OURS, ARN}}
    assert {each.event.event_id for each in found.candidates} == named
    assert sorted(each.event.event_id for each in found.candidates if each.accepted) == sorted(ids)
    assert all(each.reasons for each in found.candidates)
    others = [*trail, *(each for each in more if each.event_id not in named)]
    shuffle.shuffle(others)
    again = ranked(changed, *others, previous_at=previous_at)
    assert [match.event.event_id for match in again.matches] == ids
    verdict = classify(changed, MANAGED, found.matches, (CI,), changed_by=ChangedBy.CALLED)
    principals = [match.event.actor.principal for match in verdict.matches]
    assert ADMIN not in principals or (verdict.verdict, principals[0]) == ("out-of-band", ADMIN)
