"""Traps: STS events that are missing, empty or others', and names that lie. Better nobody than the wrong one."""

from dataclasses import replace
from datetime import timedelta

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.origins.chains import SUBJECTS
from tests.worlds.origins.sessions import THIRD, Session, expected_of, named, says
from tests.worlds.origins.stage import Stories

SAYS = (r"(?i)opened|origin|unknown|not known|cannot|no .{0,40}(event|call)",)
"""What a reason must hold somehow where who opened a session is not known."""
ALICE, BOB, MALLORY = "alice@example.com", "bob@example.com", "mallory@example.com"
TOOL = "botocore-session-1732512011"


def unknown(session):
    """Return what is right where nobody can tell who opened this session: the session's own word."""
    *between, last = session.behind()
    return says(session, names=last.names, kind=last.kind, principal=last.principal, chain=between)


def with_opener(session, opener):
    """Return what is right where the trail told who really opened it."""
    return expected_of(replace(session, opened_by=opener, vias=(), repositories=(None,), asks=False))


class Traps(Stories):
    """Each trap once; the decoys are other people's calls."""

    def play(self):
        for story in (
            self.same_second_two_people, self.same_second_without_keys, self.one_key_twice, self.key_of_another_role,
            self.key_as_a_session_name, self.missing, self.missing_in_the_middle, self.null_answer, self.omitted_answer,
            self.failed, self.forged_person, self.forged_pipeline, self.named_after_a_key, self.same_prefix,
            self.shared_twin, self.shared_by_two, self.loop, self.too_long, self.allowed_but_shut, self.written_about,
            self.opened_after, self.repeated_event, self.service_word, self.instance_by_hand, self.late_decoration,
            self.old_answer, self.keyless, self.forged_subject_words, self.allowed_and_refused, self.flooded,
            self.token_missing,
        ):  # fmt: skip
            story()

    def not_told(self, session):
        self.change(session, unknown(session), says=SAYS)

    def opened(self, label, name=ALICE, **how):
        """Begin a story; return the session of the admins' role that a person took, as tools call it."""
        self.begin(label, minutes=how.pop("minutes", None))
        return self.person_takes(name, **how)

    def person_takes(self, name, account=OWN, **how):
        by = self.s.sso(name, account=account)
        return self.take(by, "Admin", TOOL, account=OWN, region=self.s.region, **how)

    def unseen(self, label, role="Admin", name=TOOL, **more):
        """Begin a story; return a session whose opening is in no trail."""
        self.begin(label)
        return self.s.unopened(role, name, **more)

    def decoy(self, by, session, **record):
        """Record that somebody else opened this session, or seems to have."""
        self.s.record_opening(self.s.sso(by), session, region=self.s.region, **record)

    def same_second_two_people(self):
        alice, bob = self.opened("two people, one role, one second"), self.person_takes(BOB)
        self.change(alice)
        self.change(bob, after=1)

    def same_second_without_keys(self):
        self.begin("two people, one role, one second, no key in the call")
        for name in (ALICE, BOB):
            session = self.person_takes(name, tells=False)
            session.identity = {**session.identity, "accessKeyId": ""}
        self.not_told(session)

    def keyless(self):
        self.begin("one person, no key in the call")
        alice = self.s.sso(ALICE)
        session = self.take(alice, "Admin", "aws-go-sdk-17183500231", region=self.s.region)
        right = expected_of(session, chain=None)
        session.identity = {key: value for key, value in session.identity.items() if key != "accessKeyId"}
        self.change(session, right, unknown(replace(session, opened_by=None)))

    def one_key_twice(self):
        session = self.opened("one key handed out to two", tells=False)
        self.decoy(BOB, session)
        self.not_told(session)
        session = self.opened("one key seen in two accounts", tells=False)
        other = self.s.role("Admin", TOOL, account=SECOND)
        other.identity["accessKeyId"] = session.key
        self.s.record_opening(self.s.sso(BOB, account=SECOND), other, region=self.s.region, account=OWN)
        self.change(session, unknown(session), with_opener(session, self.s.sso(ALICE)))

    def key_of_another_role(self):
        session = self.unseen("the key, and another role in the answer")
        other = self.s.role("dev-sandbox", TOOL)
        other.identity["accessKeyId"] = session.key
        self.decoy(MALLORY, other)
        self.not_told(session)

    def key_as_a_session_name(self):
        session = self.opened("another's session is called as the key")
        self.decoy(MALLORY, self.s.role("Admin", session.key))
        self.change(session)

    def named_after_a_key(self):
        session = self.unseen("only another's session is called as the key")
        self.decoy(MALLORY, self.s.role("Admin", session.key))
        self.not_told(session)

    def written_about(self):
        session = self.unseen("a user is created under the key's name")
        op = self.s.op("iam", "CreateUser", {"userName": session.key}, lists=((None, session.key),))
        mallory = self.s.sso(MALLORY).actor()
        self.s.world.call(mallory, op, self.s.world.ago(minutes=400), region="us-east-1")
        self.not_told(session)

    def same_prefix(self):
        mine, decoy = self.opened("keys of one beginning"), self.s.role("Admin", TOOL)
        decoy.identity["accessKeyId"] = mine.key[:-1] + ("A" if mine.key[-1] != "A" else "B")
        self.decoy(MALLORY, decoy)
        self.change(mine)

    def repeated_event(self):
        session = self.opened("an STS event delivered twice")
        self.s.world.events.append(self.s.world.events[-1])
        self.change(session)

    def missing(self):
        self.not_told(self.unseen("no STS event", "platform/deployer"))
        label = "no STS event, a person's session name"
        self.not_told(self.unseen(label, "platform/deployer", BOB, names=(BOB,)))

    def missing_in_the_middle(self):
        first = self.unseen("no STS event of the second session", "ops-hop", "hop-17183500231")
        self.not_told(self.take(first, "Admin", TOOL))

    def null_answer(self):
        alice, session = self.answered("STS event without an answer", "null")
        self.change(session, unknown(session), with_opener(session, alice))
        alice, session = self.answered("STS event without an answer, and a decoy", "null")
        self.s.record_opening(self.s.sso(BOB), self.s.role("Admin", TOOL), region=self.s.region)
        self.not_told(session)

    def omitted_answer(self):
        alice, session = self.answered("STS event whose answer was left out", "omitted")
        self.change(session, unknown(session), with_opener(session, alice))

    def answered(self, label, answer):
        self.begin(label)
        alice = self.s.sso(ALICE)
        return alice, self.take(alice, "Admin", TOOL, region=self.s.region, answer=answer, tells=False)

    def failed(self):
        session = self.opened("another's AssumeRole failed in the same second")
        message = "not authorized to perform: sts:AssumeRole"
        self.decoy(MALLORY, session, answer="null", errorCode="AccessDenied", errorMessage=message)
        self.change(session)
        session = self.unseen("only another's AssumeRole that failed")
        listed = [session.caller, session.key, TOOL]
        self.decoy(MALLORY, session, answer="null", lists=listed, errorCode="AccessDenied")
        self.not_told(session)

    def opened_after(self):
        session = self.unseen("a session that was opened after the call")
        self.decoy(MALLORY, session, at=90)
        self.not_told(session)

    def old_answer(self):
        session = self.unseen("the key was handed out two days before")
        self.decoy(MALLORY, session, at=-49 * 3600)
        self.not_told(session)

    def late_decoration(self):
        later = self.s.world.now + timedelta(minutes=30)
        label = "STS event not yet delivered, and nothing hangs on it"
        session = self.opened(label, minutes=20, tells=False, delivered_at=later)
        self.change(session, unknown(session))

    def token_missing(self):
        self.begin("a web identity whose STS event is missing")
        provider, subject, _ = SUBJECTS[0]
        self.change(self.s.token(provider, subject, "app-deploy", recorded=False))

    def forged_person(self):
        self.begin("another person's name for the session")
        self.change(self.take(self.s.sso(ALICE), "Admin", BOB, person=True))
        self.begin("another person's name for the session, a user")
        self.change(self.take(self.s.user("dora"), "Admin", "alice", person=True))

    def forged_pipeline(self):
        for name in ("gha-terraform-prod", "GitHubActions", "i-0a1b2c3d4e5f60718", "AWSCloudFormation"):
            self.begin(f"a person's session called {name}")
            self.change(self.take(self.s.sso(ALICE), "Admin", name))

    def instance_by_hand(self):
        self.begin("an instance's role taken by hand")
        self.change(self.take(self.s.user("dora"), "batch-worker", "i-0a1b2c3d4e5f60718"))
        self.begin("an instance that the call does not show")
        self.change(self.s.instance(shown=False))

    def service_word(self):
        self.begin("a session called as a service")
        name = "AWSBackup-AWSBackupDefaultServiceRole"
        self.change(self.take(self.s.user("dora"), "service-role/backup", name))

    def forged_subject_words(self):
        self.begin("a branch whose name says another's subject")
        subject = "repo:acme/website:ref:refs/heads/repo=acme/infra"
        repositories = ("acme/website@refs/heads/repo=acme/infra",)
        self.change(self.s.token("github", subject, "app-deploy", repositories=repositories))

    def shared_twin(self):
        session = self.opened("another event under the same shared id", account=SECOND)
        shared = self.s.world.events[-1][0]["sharedEventID"]
        sent = {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
        op = self.s.op("kms", "Decrypt", sent, lists=((None, session.key), (None, session.caller)))
        mallory = self.s.sso(MALLORY, account=SECOND)
        more = {"account": SECOND, "sharedEventID": shared, "readOnly": True}
        self.s.call(mallory, op, -60, region=self.s.region, **more)
        self.change(session)

    def shared_by_two(self):
        session = self.opened("the allowed account tells of two", account=SECOND, tells=False)
        more = {"account": SECOND, "sharedEventID": self.s.world.events[-1][0]["sharedEventID"]}
        self.s.record_opening(self.s.sso(BOB, account=SECOND), session, region=self.s.region, **more)
        # The name that our own trail shows is alice's: the caller's principalId holds it.
        self.change(session, named(ALICE, *session.names))

    def allowed_but_shut(self):
        label = "the other account is not allowed, its session a person's"
        self.shut(label, "kim@sister.example", "333344445555")

    def allowed_and_refused(self):
        self.shut("an allowed account that lets nobody in", "lee@third.example", THIRD)

    def shut(self, label, name, account):
        self.begin(label)
        session = self.take(self.s.sso(name, account=account), "Admin", TOOL, account=OWN)
        self.change(session, named(name, account=account))

    def flooded(self):
        session = self.opened("sixty sessions called as the key")
        for number in range(60):
            self.decoy(MALLORY, self.s.role("dev-sandbox", session.key), at=-50 + number // 2)
        self.change(session)

    def loop(self):
        first = self.unseen("two sessions that opened each other", "ops-hop", "hop-17183500231")
        second = self.s.unopened("Admin", TOOL)
        self.s.record_opening(first, second, region=self.s.region)
        self.s.record_opening(second, first, region=self.s.region)
        self.change(second, says(first), says(second), says=SAYS)

    def too_long(self):
        self.begin("nine roles in turn")
        session: Session = self.s.sso(ALICE)
        for number in range(9):
            session = self.take(session, f"hop-{number}", f"hop-1718350{number}231", at=-300 + 20 * number)
        names = [name for each in session.behind()[5:8] for name in each.names]
        self.change(session, named(*names, kind="assumed-role", known=False), says=SAYS)
