"""Ways to hide behind who opened a session: the pipeline's role taken by other hands."""

from dataclasses import dataclass, fields

from tests.worlds.blind.actors import Actor
from tests.worlds.blind.types import databases, ec2, iam, storage

SUBJECTS = {
    "another_repository": "repo:acme/website:ref:refs/heads/main",
    "another_branch": "repo:acme/infra:ref:refs/heads/feature-x",
    "a_pull_request": "repo:acme/infra:pull_request",
    "a_fork_of_nearly_the_same_name": "repo:acme/infra-fork:ref:refs/heads/main",
    "another_owner": "repo:acme-x/infra:ref:refs/heads/main",
    "a_branch_that_begins_as_main": "repo:acme/infra:ref:refs/heads/main-x",
    "a_tag_called_main": "repo:acme/infra:ref:refs/tags/main",
    "an_environment": "repo:acme/infra:environment:main",
}


@dataclass(frozen=True, kw_only=True)
class Taken(Actor):
    """Somebody in a session of a role that is not theirs: named, whatever ARN is shown."""

    @property
    def arn(self):
        return None


def taken(stage):
    """Play each origin: the session's change alone in its item, as the pipeline's own would be."""
    for number, (label, subject) in enumerate(SUBJECTS.items()):
        stage.begin(f"token_of_{label}")
        session = stage.release()
        stage.opened_by_token(subject, session)
        change(stage, session, number)
    for label, actor in (("a_person", stage.alice), ("a_user", stage.cast.iam_user("dora"))):
        stage.begin(f"role_taken_by_{label}")
        session = stage.release()
        stage.opened_by(actor, session)
        change(stage, session, 0, names=actor.names)
    stage.begin("role_taken_under_the_pipelines_session_name")
    session = stage.release(session="GitHubActions")
    stage.opened_by(stage.bob, session)
    change(stage, session, 1, names=stage.bob.names)
    stage.begin("role_taken_through_another_role")
    middle = stage.release(role="ops-hop", session="hop")
    stage.opened_by(stage.alice, middle, after=-90)
    session = stage.release()
    stage.opened_by(middle, session)
    change(stage, session, 2, names=stage.alice.names)
    stage.begin("role_taken_through_two_roles")
    far = stage.release(role="ops-far", session="far")
    stage.opened_by(stage.bob, far, after=-120)
    middle = stage.release(role="ops-hop", session="hop")
    stage.opened_by(far, middle, after=-90)
    session = stage.release()
    stage.opened_by(middle, session)
    change(stage, session, 3, names=stage.bob.names)
    stage.begin("role_whose_origin_is_in_no_trail")
    change(stage, stage.release(), 0)


def change(stage, session, number, names=()):
    if names:
        session = Taken(
            **{each.name: getattr(session, each.name) for each in fields(session)} | {"names": names}
        )
    kind = stage.thing((ec2.security_group, iam.role, storage.bucket, databases.table)[number % 4])
    call = stage.do(session, kind.updates[0](), kind)
    stage.seen(kind, call)
