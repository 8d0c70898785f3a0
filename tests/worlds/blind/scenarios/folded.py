"""Several callers in one CI, and several CIs of one thing of any kind: one scenario each."""

from tests.worlds.blind.scenarios.scene import Scene, Unfit, fit, place_of
from tests.worlds.blind.world import KEY

COUNTED_BY_FIELD = {
    *("ModifyInstanceAttribute", "PutEventSelectors", "PutResourcePolicy", "RotateSecret", "StopDBInstance"),
    *(
        "AddPermission20150331v2",
        "StopInstances",
        "StopLogging",
        "CreateDBInstance",
        "StartInstances",
        "UpdateRole",
    ),
    *("PutLoggingConfiguration", "UpdateTimeToLive", "RegisterTargets", "ChangeResourceRecordSets"),
}
"""Calls that count only where a field of theirs differs, or that no name finds: what ends leaves nothing to tell by."""


def edited(s, kind):
    return s.editor(kind, {"owner": "someone"})


def tagged(s, kind):
    return s.tagged(kind, {"owner": "someone"})


def seen_alone(s, kind):
    return s.update(kind, but=COUNTED_BY_FIELD)


TOGETHER = {
    # Who calls first, and what; who calls then, and what: all in one CI, in which a person is named before a pipeline.
    "person_then_pipeline": (Scene.somebody, Scene.update, Scene.deployer, Scene.update, {}),
    "pipeline_then_person": (Scene.deployer, Scene.update, Scene.somebody, Scene.update, {}),
    "both_persons": (Scene.somebody, Scene.update, Scene.somebody, Scene.update, {}),
    "folded_tags": (Scene.deployer, Scene.update, Scene.somebody, edited, {}),
    "beside_a_tag": (Scene.somebody, seen_alone, Scene.deployer, tagged, {}),
    "updated_then_ended": (
        Scene.somebody,
        seen_alone,
        Scene.deployer,
        Scene.ended,
        {"status": "ResourceDeleted"},
    ),
}


def together(row, s, make):
    """Let two call within one CI; `row`: one of the table."""
    first, one, second, other, more = row
    kind, gap = s.one(make), s.draw(1, 60)
    calls = [one(s, kind), None] if other == Scene.update else [one(s, kind), other(s, kind)]
    causes = [s.do(first(s, kind), calls[0], kind)]
    causes.append(s.do(second(s, kind), calls[1] or other(s, kind), kind, gap))
    s.seen(kind, *causes, after=gap + s.lag(kind, 780), **more)


def bounded(s, make):
    """Alice's change has its CI already; the pipeline's next one is the pipeline's."""
    kind, first = s.one(make), s.draw(1, 100)
    s.seen(kind, s.do(s.somebody(kind), s.update(kind), kind), after=first)
    again = first + s.draw(2, 200)
    s.seen(kind, s.do(s.deployer(kind), s.update(kind), kind, again), after=again + s.draw(1, 300))


def bounded_in_history(s, make, late=0):
    """The same, but the first CI was handled long ago: only Config's history tells of it."""
    kind, first = s.one(make), s.draw(1, 60)
    if s.seen(kind, s.do(s.somebody(kind), s.update(kind), kind), after=first):
        s.forget()
    called = first + s.draw(2, 200)
    ours = s.do(s.deployer(kind), s.update(kind), kind, called, **(s.late(called, late) if late else {}))
    s.seen(kind, ours, after=called + s.draw(1, 400))


def bounded_late(s, make):
    """As before, and the pipeline's event comes late: nobody must be blamed in the meantime."""
    bounded_in_history(s, make, late=1300)


def late_person(s, make):
    """The pipeline's event is there, the person's comes later: it must not be cleared before."""
    kind = s.one(make)
    ours = s.do(s.deployer(kind), s.update(kind), kind, **s.late(0, 100))
    mine = s.do(s.somebody(kind), s.update(kind), kind, after := s.draw(1, 20), **s.late(after, 870))
    s.seen(kind, ours, mine, after=s.draw(25, 300))


def tag_taken_and_put_back(s, make):
    kind = s.one(make)
    back = s.tagged(kind, {KEY: "terraform"})
    s.seen(kind, s.do(s.somebody(kind), kind.untag([KEY]), kind), after=20)
    s.seen(kind, s.do(s.deployer(kind), back, kind, 50), after=90)


def made_again(s, make):
    """Somebody deletes it, and the pipeline makes it anew with the same name; or the other way round."""
    kind = s.one(make)
    fresh = s.new(make, place_of(kind), kind.called)
    if make.create is None or not kind.thing.name or fresh.thing.name != kind.thing.name:
        raise Unfit
    first, second = s.pick((s.somebody, s.deployer), (s.deployer, s.somebody))
    again = s.draw(5, 60)
    gone = s.do(first(kind), s.ended(kind), kind)
    s.made_at(fresh, again)
    made = s.do(second(kind), fresh.create(), fresh, again)
    # Config may see the end after the new beginning, where id or creation time tell the two apart.
    tell = fresh.thing.id != kind.thing.id or fresh.thing.created
    seen_gone = again + s.draw(1, 30) if tell and s.random.random() < 0.5 else 4
    s.seen(kind, gone, after=seen_gone, status="ResourceDeleted")
    s.seen(fresh, made, after=max(seen_gone, again) + s.draw(3, 200), status="ResourceDiscovered")


def ended_late(s, make):
    """A person changed it, and the pipeline's deletion is shown late: nobody is blamed for it before."""
    kind, op = fit(s, make)
    end = s.ended(kind)
    s.seen(kind, s.do(s.somebody(kind), op, kind), after=3)
    s.seen(kind, s.do(s.deployer(kind), end, kind, 23, **s.late(23, 900)), after=33, status="ResourceDeleted")
