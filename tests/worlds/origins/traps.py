"""Traps: STS events that are missing, empty or others', and names that lie. Better nobody than the wrong one."""

from dataclasses import replace
from datetime import timedelta

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.origins.chains import ALICE, BOB, SUBJECTS, TOOL
from tests.worlds.origins.sessions import THIRD, expected_of, named, says
from tests.worlds.origins.stage import Stories

SAYS = (r"(?i)opened|origin|unknown|not known|cannot|no .{0,40}(event|call)",)
"""What a reason must hold somehow where who opened a session is not known."""
MALLORY = "mallory@example.com"
DENIED = {"answer": "null", "errorCode": "AccessDenied", "errorMessage": "not authorized"}


def unknown(session):
    """Return what is right where nobody can tell who opened this session: the session's own word."""
    *between, last = session.behind()
    return says(session, names=last.names, kind=last.kind, principal=last.principal, chain=between)


def with_opener(session, opener):
    """Return what is right where the trail told who really opened it."""
    return expected_of(replace(session, opened_by=opener, vias=(), repositories=(None,), asks=False))


class Traps(Stories):
    """Each trap once; the decoys are other people's calls."""

    def not_told(self, session):
        self.change(session, unknown(session), says=SAYS)

    def opened(self, name=ALICE, *, account=OWN, **how):
        """Return a session of the admins' role that a person took, as tools call it."""
        by = self.s.sso(name, account=account)
        return self.take(by, "Admin", TOOL, account=OWN, region=self.s.region, **how)

    def unseen(self, role="Admin", name=TOOL, **more):
        """Return a session whose opening is in no trail."""
        return self.s.unopened(role, name, **more)

    def decoy(self, by, session, **record):
        """Record that somebody else opened this session, or seems to have."""
        self.s.record_opening(self.s.sso(by), session, region=self.s.region, **record)

    def story_two_people_in_one_second(self):
        alice, bob = self.opened(), self.opened(BOB)
        self.change(alice)
        self.change(bob, after=1)

    def story_two_people_in_one_second_without_keys(self):
        for name in (ALICE, BOB):
            session = self.opened(name, tells=False)
            session.identity = {**session.identity, "accessKeyId": ""}
        self.not_told(session)

    def story_one_person_without_a_key_in_the_call(self):
        session = self.opened()
        right = expected_of(session, chain=None)
        session.identity = {key: value for key, value in session.identity.items() if key != "accessKeyId"}
        self.change(session, right, unknown(replace(session, opened_by=None)))

    def story_one_key_handed_out_to_two(self):
        session = self.opened(tells=False)
        self.decoy(BOB, session)
        self.not_told(session)

    def story_one_key_seen_in_two_accounts(self):
        session = self.opened(tells=False)
        other = self.s.role("Admin", TOOL, account=SECOND)
        other.identity["accessKeyId"] = session.key
        self.s.record_opening(self.s.sso(BOB, account=SECOND), other, region=self.s.region, account=OWN)
        self.change(session, unknown(session), with_opener(session, self.s.sso(ALICE)))

    def story_key_with_another_role_in_the_answer(self):
        session, other = self.unseen(), self.s.role("dev-sandbox", TOOL)
        other.identity["accessKeyId"] = session.key
        self.decoy(MALLORY, other)
        self.not_told(session)

    def story_another_session_called_as_the_key(self):
        for session, judged in ((self.opened(), self.change), (self.unseen(), self.not_told)):
            self.decoy(MALLORY, self.s.role("Admin", session.key))
            judged(session)

    def story_sixty_sessions_called_as_the_key(self):
        session = self.opened()
        for number in range(60):
            self.decoy(MALLORY, self.s.role("dev-sandbox", session.key), at=-50 + number // 2)
        self.change(session)

    def story_event_delivered_twice(self):
        session = self.opened()
        self.s.world.events.append(self.s.world.events[-1])
        self.change(session)

    def story_missing_event(self):
        self.not_told(self.unseen("platform/deployer"))
        self.begin("a missing event, a person's session name")
        self.not_told(self.unseen("platform/deployer", BOB, names=(BOB,)))
        self.begin("a missing event of the second session")
        first = self.unseen("ops-hop", "hop-17183500231")
        self.not_told(self.take(first, "Admin", TOOL))
        self.begin("a missing event of a web identity")
        provider, subject, _ = SUBJECTS[0]
        self.change(self.s.token(provider, subject, "app-deploy", recorded=False))

    def story_event_without_an_answer(self):
        for answer in ("null", "omitted"):
            self.begin(f"an event whose answer is {answer}")
            session = self.opened(answer=answer, tells=False)
            self.change(session, unknown(session), with_opener(session, self.s.sso(ALICE)))
        self.begin("an event without an answer, and a decoy")
        session = self.opened(answer="null", tells=False)
        self.decoy(BOB, self.s.role("Admin", TOOL))
        self.not_told(session)

    def story_call_of_another_that_failed(self):
        session = self.opened()
        self.decoy(MALLORY, session, **DENIED)
        self.change(session)
        session = self.unseen()
        self.decoy(MALLORY, session, lists=[session.caller, session.key, TOOL], **DENIED)
        self.not_told(session)

    def story_opened_after_the_call_or_two_days_before(self):
        for at in (90, -49 * 3600):
            session = self.unseen()
            self.decoy(MALLORY, session, at=at)
            self.not_told(session)

    def story_late_event_on_which_nothing_hangs(self):
        self.begin("a late event on which nothing hangs", minutes=20)
        session = self.opened(tells=False, delivered_at=self.s.world.now + timedelta(minutes=30))
        self.change(session, unknown(session))

    def story_names_that_lie(self):
        for by, role, name, person in (
            (self.s.sso(ALICE), "Admin", BOB, True),
            (self.s.user("dora"), "Admin", "alice", True),
            (self.s.sso(ALICE), "Admin", "gha-terraform-prod", False),
            (self.s.sso(ALICE), "Admin", "GitHubActions", False),
            (self.s.sso(ALICE), "Admin", "AWSCloudFormation", False),
            (self.s.user("dora"), "batch-worker", "i-0a1b2c3d4e5f60718", False),
            (self.s.user("dora"), "service-role/backup", "AWSBackup-AWSBackupDefaultServiceRole", False),
        ):
            self.s.label = f"a person's session of {role} called {name}"
            self.change(self.take(by, role, name, person=person))
        self.begin("an instance that the call does not show")
        self.change(self.s.instance(shown=False))

    def story_another_event_under_the_same_shared_id(self):
        session = self.opened(account=SECOND)
        shared = self.s.world.events[-1][0]["sharedEventID"]
        sent = {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
        op = self.s.op("kms", "Decrypt", sent, lists=((None, session.key), (None, session.caller)))
        mallory = self.s.sso(MALLORY, account=SECOND)
        more = {"account": SECOND, "sharedEventID": shared, "readOnly": True}
        self.s.call(mallory, op, -60, region=self.s.region, **more)
        self.change(session)

    def story_allowed_account_that_tells_of_two(self):
        session = self.opened(account=SECOND, tells=False)
        more = {"account": SECOND, "sharedEventID": self.s.world.events[-1][0]["sharedEventID"]}
        self.s.record_opening(self.s.sso(BOB, account=SECOND), session, region=self.s.region, **more)
        # The name that our own trail shows is alice's: the caller's principalId holds it.
        self.change(session, named(ALICE, *session.names))

    def story_accounts_that_shut_us_out(self):
        for account in ("333344445555", THIRD):
            self.begin(f"account {account} lets nobody in")
            self.change(
                self.opened("kim@sister.example", account=account),
                named("kim@sister.example", account=account),
            )

    def story_two_sessions_that_opened_each_other(self):
        first, second = self.unseen("ops-hop", "hop-17183500231"), self.unseen()
        self.s.record_opening(first, second, region=self.s.region)
        self.s.record_opening(second, first, region=self.s.region)
        self.change(second, says(first), says(second), says=SAYS)

    def story_nine_roles_in_turn(self):
        session = self.s.sso(ALICE)
        for number in range(9):
            session = self.take(session, f"hop-{number}", f"hop-1718350{number}231", at=-300 + 20 * number)
        names = [name for each in session.behind()[5:8] for name in each.names]
        self.change(session, named(*names, kind="assumed-role", known=False), says=SAYS)
