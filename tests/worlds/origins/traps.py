"""Traps: STS events that are missing, empty or others', and names that lie. Better nobody than the wrong one."""

from datetime import timedelta

from tests.worlds.blind.kind import Op
from tests.worlds.origins.chains import SUBJECTS
from tests.worlds.origins.sessions import THIRD, Expected, Session, expected_of
from tests.worlds.origins.stage import OWN, SECOND

SAYS = r"(?i)opened|origin|unknown|not known|cannot|no .{0,40}(event|call)"
"""What a reason must hold somehow where who opened a session is not known."""
ALICE, BOB, MALLORY = "alice@example.com", "bob@example.com", "mallory@example.com"
TOOL = "botocore-session-1732512011"


def unknown(session, **more):
    """Return what is right where nobody can tell who opened this session: the session's own word."""
    *between, last = session.behind()
    return Expected(
        names=last.names, kind=last.kind, principal=last.principal, chain=between, known=False, **more
    )


class Traps:
    """Each trap once; the decoys are other people's calls."""

    def __init__(self, stage):
        self.stage = stage

    def play(self):
        for story in (
            self.same_second_two_people, self.same_second_without_keys, self.one_key_twice, self.key_of_another_role,
            self.key_as_a_session_name, self.missing, self.missing_in_the_middle, self.null_answer, self.omitted_answer,
            self.failed, self.forged_person, self.forged_pipeline, self.named_after_a_key, self.same_prefix,
            self.shared_twin, self.shared_by_two, self.loop, self.too_long, self.allowed_but_shut, self.written_about,
            self.opened_after, self.repeated_event, self.service_word, self.instance_by_hand, self.late_decoration,
            self.old_answer, self.keyless, self.forged_subject_words,
            self.allowed_and_refused,
            self.flooded, self.token_missing,
        ):  # fmt: skip
            story()

    def begin(self, label, **more):
        self.stage.begin(label, **more)
        return self.stage

    def not_told(self, session, **more):
        self.stage.change(session, expected=[unknown(session)], reason_says=(SAYS,), **more)

    # Told by the key alone.

    def same_second_two_people(self):
        s = self.begin("two people, one role, one second")
        alice = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        bob = s.take(s.sso(BOB), "Admin", TOOL, region=s.region)
        s.change(alice)
        s.change(bob, after=1)

    def same_second_without_keys(self):
        s = self.begin("two people, one role, one second, no key in the call")
        for number, name in enumerate((ALICE, BOB)):
            session = s.take(s.sso(name), "Admin", TOOL, region=s.region, tells=False)
            session.identity = {**session.identity, "accessKeyId": ""}
            if number:
                self.not_told(session)

    def keyless(self):
        s = self.begin("one person, no key in the call")
        session = s.take(s.sso(ALICE), "Admin", "aws-go-sdk-17183500231", region=s.region)
        right = expected_of(session)
        right.chain = None
        session.identity = {key: value for key, value in session.identity.items() if key != "accessKeyId"}
        alone = Session(identity=session.identity, names=session.names, principal=session.principal)
        s.change(session, expected=[right, unknown(alone)])

    def one_key_twice(self):
        s = self.begin("one key handed out to two")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region, tells=False)
        s.record_opening(s.sso(BOB), session, region=s.region)
        self.not_told(session)
        s = self.begin("one key seen in two accounts")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region, tells=False)
        other = s.role("Admin", TOOL, account=SECOND)
        other.identity["accessKeyId"] = session.key
        s.record_opening(s.sso(BOB, account=SECOND), other, region=s.region, account=OWN)
        s.change(session, expected=[unknown(session), expected_of(with_opener(session, s.sso(ALICE)))])

    def key_of_another_role(self):
        s = self.begin("the key, and another role in the answer")
        session = s.role("Admin", TOOL)
        session.asks = True
        other = s.role("dev-sandbox", TOOL)
        other.identity["accessKeyId"] = session.key
        s.record_opening(s.sso(MALLORY), other, region=s.region)
        self.not_told(session)

    def key_as_a_session_name(self):
        s = self.begin("another's session is called as the key")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        decoy = s.role("Admin", session.key)
        s.record_opening(s.sso(MALLORY), decoy, region=s.region)
        s.change(session)

    def named_after_a_key(self):
        s = self.begin("only another's session is called as the key")
        session = s.role("Admin", TOOL)
        session.asks = True
        decoy = s.role("Admin", session.key)
        s.record_opening(s.sso(MALLORY), decoy, region=s.region)
        self.not_told(session)

    def written_about(self):
        s = self.begin("a user is created under the key's name")
        session = s.role("Admin", TOOL)
        session.asks = True
        s.world.call(
            s.sso(MALLORY).actor(),
            _op("iam", "CreateUser", {"userName": session.key}, (session.key,)),
            s.world.ago(minutes=400), region="us-east-1",
        )  # fmt: skip
        self.not_told(session)

    def same_prefix(self):
        s = self.begin("keys of one beginning")
        mine = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        decoy = s.role("Admin", TOOL)
        decoy.identity["accessKeyId"] = mine.key[:-1] + ("A" if mine.key[-1] != "A" else "B")
        s.record_opening(s.sso(MALLORY), decoy, region=s.region)
        s.change(mine)

    def repeated_event(self):
        s = self.begin("an STS event delivered twice")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        s.world.events.append(s.world.events[-1])
        s.change(session)

    # Not in the trail.

    def missing(self):
        s = self.begin("no STS event")
        session = s.role("platform/deployer", TOOL)
        session.asks = True
        self.not_told(session)
        s = self.begin("no STS event, a person's session name")
        session = s.role("platform/deployer", BOB)
        session.names, session.asks = (BOB,), True
        self.not_told(session)

    def missing_in_the_middle(self):
        s = self.begin("no STS event of the second session")
        first = s.role("ops-hop", "hop-17183500231")
        first.asks = True
        self.not_told(s.take(first, "Admin", TOOL))

    def null_answer(self):
        for decoy in (False, True):
            s = self.begin("STS event without an answer" + (", and a decoy" if decoy else ""))
            alice = s.sso(ALICE)
            session = s.take(alice, "Admin", TOOL, region=s.region, answer="null", tells=False)
            if decoy:
                s.record_opening(s.sso(BOB), s.role("Admin", TOOL), region=s.region)
                self.not_told(session)
                continue
            right = expected_of(with_opener(session, alice))
            s.change(session, expected=[unknown(session), right], reason_says=())

    def omitted_answer(self):
        s = self.begin("STS event whose answer was left out")
        alice = s.sso(ALICE)
        session = s.take(alice, "Admin", TOOL, region=s.region, answer="omitted", tells=False)
        s.change(session, expected=[unknown(session), expected_of(with_opener(session, alice))])

    def failed(self):
        s = self.begin("another's AssumeRole failed in the same second")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        s.record_opening(
            s.sso(MALLORY), session, region=s.region, answer="null", errorCode="AccessDenied",
            errorMessage="not authorized to perform: sts:AssumeRole",
        )  # fmt: skip
        s.change(session)
        s = self.begin("only another's AssumeRole that failed")
        session = s.role("Admin", TOOL)
        session.asks = True
        named = [session.caller, session.key, TOOL]
        s.record_opening(
            s.sso(MALLORY), session, region=s.region, answer="null", lists=named, errorCode="AccessDenied"
        )
        self.not_told(session)

    def opened_after(self):
        s = self.begin("a session that was opened after the call")
        session = s.role("Admin", TOOL)
        session.asks = True
        s.record_opening(s.sso(MALLORY), session, region=s.region, at=90)
        self.not_told(session)

    def old_answer(self):
        s = self.begin("the key was handed out two days before")
        session = s.role("Admin", TOOL)
        session.asks = True
        s.record_opening(s.sso(MALLORY), session, region=s.region, at=-49 * 3600)
        self.not_told(session)

    def late_decoration(self):
        s = self.begin("STS event not yet delivered, and nothing hangs on it", minutes=20)
        later = s.world.now + timedelta(minutes=30)
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region, tells=False, delivered_at=later)
        s.change(session, expected=[unknown(session)])

    def token_missing(self):
        s = self.begin("a web identity whose STS event is missing")
        provider, subject, _ = SUBJECTS[0]
        s.change(s.token(provider, subject, "app-deploy", recorded=False))

    # Names that lie.

    def forged_person(self):
        s = self.begin("another person's name for the session")
        s.change(s.take(s.sso(ALICE), "Admin", BOB, person=True))
        s = self.begin("another person's name for the session, a user")
        s.change(s.take(s.user("dora"), "Admin", "alice", person=True))

    def forged_pipeline(self):
        for name in ("gha-terraform-prod", "GitHubActions", "i-0a1b2c3d4e5f60718", "AWSCloudFormation"):
            s = self.begin(f"a person's session called {name}")
            s.change(s.take(s.sso(ALICE), "Admin", name))

    def instance_by_hand(self):
        s = self.begin("an instance's role taken by hand")
        s.change(s.take(s.user("dora"), "batch-worker", "i-0a1b2c3d4e5f60718"))
        s = self.begin("an instance that the call does not show")
        s.change(s.instance(shown=False))

    def service_word(self):
        s = self.begin("a session called as a service")
        s.change(s.take(s.user("dora"), "service-role/backup", "AWSBackup-AWSBackupDefaultServiceRole"))

    def forged_subject_words(self):
        s = self.begin("a branch whose name says another's subject")
        subject = "repo:acme/website:ref:refs/heads/repo=acme/infra"
        repositories = ("acme/website@refs/heads/repo=acme/infra",)
        s.change(s.token("github", subject, "app-deploy", repositories=repositories))

    # Two trails.

    def shared_twin(self):
        s = self.begin("another event under the same shared id")
        alice = s.sso(ALICE, account=SECOND)
        session = s.take(alice, "Admin", TOOL, account=OWN, region=s.region)
        shared = s.world.events[-1][0]["sharedEventID"]
        s.world.call(
            s.sso(MALLORY, account=SECOND).actor(),
            _op("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, (session.key, session.caller)),
            s.at - timedelta(seconds=60), region=s.region, account=SECOND, sharedEventID=shared, readOnly=True,
        )  # fmt: skip
        s.change(session)

    def shared_by_two(self):
        s = self.begin("the allowed account tells of two")
        alice = s.sso(ALICE, account=SECOND)
        session = s.take(alice, "Admin", TOOL, account=OWN, region=s.region, tells=False)
        shared = s.world.events[-1][0]["sharedEventID"]
        s.record_opening(
            s.sso(BOB, account=SECOND), session, region=s.region, account=SECOND, sharedEventID=shared
        )
        # The name that our own trail shows is alice's: the caller's principalId holds it.
        s.change(session, expected=[Expected(names=(ALICE, *session.names), account=None, chain=None)])

    def allowed_but_shut(self):
        s = self.begin("the other account is not allowed, its session a person's")
        session = s.take(s.sso("kim@sister.example", account="333344445555"), "Admin", TOOL, account=OWN)
        s.change(
            session, expected=[Expected(names=("kim@sister.example",), account="333344445555", chain=None)]
        )

    def allowed_and_refused(self):
        s = self.begin("an allowed account that lets nobody in")
        session = s.take(s.sso("lee@third.example", account=THIRD), "Admin", TOOL, account=OWN)
        s.change(session, expected=[Expected(names=("lee@third.example",), account=THIRD, chain=None)])

    def flooded(self):
        s = self.begin("sixty sessions called as the key")
        session = s.take(s.sso(ALICE), "Admin", TOOL, region=s.region)
        for number in range(60):
            decoy = s.role("dev-sandbox", session.key)
            s.record_opening(s.sso(MALLORY), decoy, region=s.region, at=-50 + number // 2)
        s.change(session)

    # Chains without an end.

    def loop(self):
        s = self.begin("two sessions that opened each other")
        first, second = s.role("ops-hop", "hop-17183500231"), s.role("Admin", TOOL)
        first.asks = second.asks = True
        s.record_opening(first, second, region=s.region)
        s.record_opening(second, first, region=s.region)
        right = [
            Expected(names=names, kind="assumed-role", chain=None, known=False)
            for names in (first.names, second.names)
        ]
        s.change(second, expected=right, reason_says=(SAYS,))

    def too_long(self):
        s = self.begin("nine roles in turn")
        session = s.sso(ALICE)
        for number in range(9):
            session = s.take(session, f"hop-{number}", f"hop-1718350{number}231", at=-300 + 20 * number)
        line = session.behind()
        names = tuple(name for each in line[5:8] for name in each.names)
        s.change(session, expected=[Expected(names=names, chain=None, known=False)], reason_says=(SAYS,))


def with_opener(session, opener):
    """Return the session with who really opened it."""
    return Session(
        identity=session.identity, names=session.names, opened_by=opener, events=session.events,
        principal=session.principal,
    )  # fmt: skip


def _op(service, operation, request, lists):
    return Op(
        service=service, operation=operation, request=request, lists=tuple((None, each) for each in lists)
    )
