"""Plays who stands behind changes: `python -m tests.worlds.origins.play SEED`."""

import sys
from dataclasses import dataclass
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import log_folder
from tests.worlds.blind.actors import FOREIGN, OWN, SECOND
from tests.worlds.marks import MISS, RIGHT, Marks
from tests.worlds.origins.account import Company, extra
from tests.worlds.origins.chains import Chains
from tests.worlds.origins.hands import INSIDE, Hands
from tests.worlds.origins.judging import judge
from tests.worlds.origins.machines import Machines
from tests.worlds.origins.services import Services
from tests.worlds.origins.stage import REGIONS, OriginStage
from tests.worlds.origins.traps import Traps
from tests.worlds.playing import by_hand


@dataclass(frozen=True)
class Played:
    """One play: its score, that of the second run, and what was asked of LookupEvents."""

    score: Marks
    second: Marks | None
    asked: dict
    sessions: int
    accounts: set
    summary: str

    @property
    def calls_a_session(self):
        return extra(self.asked) / (self.sessions or 1)

    def text(self):
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.asked.items()))
        lines = [
            self.summary[-900:],
            self.score.text(),
            f"LookupEvents: {kinds or 'none'}",
            f"for sessions: {extra(self.asked)} calls, {self.sessions} sessions that need one "
            f"({self.calls_a_session:.2f} a session)",
        ]
        if FOREIGN in self.accounts:
            lines.append("WRONG   a foreign account was asked")
        return "\n".join([*lines, *(["an hour later:", self.second.text()] if self.second else [])])


def everything(seed, now=None):
    stage = OriginStage(seed, now)
    for part in (Chains, Traps, Services, Hands, Machines):
        part(stage).play()
    return stage


def few(seed, now=None):
    """Return a small part: each kind of first session once, some traps, the guarded role."""
    stage = OriginStage(seed, now)
    chains, traps, hands = Chains(stage), Traps(stage), Hands(stage)
    for hops, first in enumerate(("by_sso", "by_user", "by_instance", "by_function")):
        chains.chain(first, hops % 4)
    chains.chain("by_sso", 3)
    for part in (
        chains.cross_account, chains.from_abroad, traps.same_second_two_people, traps.one_key_twice,
        traps.key_as_a_session_name, traps.missing, traps.null_answer, traps.forged_person, traps.forged_pipeline,
    ):  # fmt: skip
        part()
    hands.runs(7)
    for part in (hands.others_tokens, hands.agents, hands.unknown, hands.young):
        part()
    return stage


def runs(seed, now=None):
    """Return 200 runs of the pipeline, and people in its role beside them."""
    hands = Hands(OriginStage(seed, now))
    hands.runs(172)
    for _ in range(3):
        hands.by_hand()
    return hands.s


def quiet(seed, now=None):
    """Return changes of the pipeline that no `started_by` guards."""
    hands = Hands(OriginStage(seed, now))
    for _ in range(40):
        hands.begin("an unguarded run")
        hands.change(hands.run(role="gha-terraform-prod"), **INSIDE)
    return hands.s


def play(stage, folder, *verdicts, files=False):
    """Let `drain` judge what was staged; once more an hour later where something waits.

    `files`: CloudTrail's log files are asked, not LookupEvents.
    """
    world = stage.world
    keys = {each.key for truth in world.truths for each in truth.session.behind() if each.asks}
    with FakeAws(rate=1000) as aws:
        company = Company(aws, world, folder)
        further = ("--trail", str(written(world, folder / "trail"))) if files else ()
        lines, summary = company.drain(*verdicts, further=further)
        score = Marks() if verdicts else judge(world, lines, company.queued())
        asked, second = company.asked(), later(stage, company) if stage.late and not files else None
        accounts = {call.account_id for call in company.lookups()}
    return Played(score, second, asked, len(keys), accounts, summary)


def written(world, folder):
    """Write what our accounts' trails delivered so far as log files; return their folder."""
    mine = {OWN, SECOND}
    records = [
        document
        for document, _, delivered_at in world.events
        if document["recipientAccountId"] in mine and (delivered_at is None or delivered_at <= world.now)
    ]
    log_folder.deliver(folder, records)
    places = {(account, region) for account in mine for region in REGIONS}
    for path, content in log_folder.alive(places, world.ago(days=3), world.ago(minutes=5)).items():
        log_folder.write(folder, path, content)
    return folder


def explained(seed, folder):
    """Let `explain` tell of chains of one to three roles; return what each text holds and lacks."""
    stage = OriginStage(seed)
    chains, marks = Chains(stage), Marks()
    for hops in (1, 2, 3):
        stage.begin(f"explain over {hops}")
        stage.change(chains.hops(chains.by_sso(), hops, person=0))
    with FakeAws(rate=1000) as aws:
        company = Company(aws, stage.world, folder)
        for truth in stage.world.truths:
            text = company.run("explain", "-", stdin=truth.bodies[0]).stdout
            *between, origin = truth.session.behind()
            words = [origin.names[0], *(each.names[0] for each in between)]
            ids = [event for each in between for event in each.events]
            for word in (*words, *ids):
                marks.add(truth.label, RIGHT if word in text else MISS, f"{word} is missing")
    return marks


def later(stage, company):
    """Run the command again once the STS events that were late are there."""
    company.later()
    lines, _ = company.drain()
    for truth, verdict in stage.late:
        truth.outcome, truth.verdict = "finding", verdict
    stage.world.truths = [truth for truth, _ in stage.late]
    ids = {truth.id for truth in stage.world.truths}
    lines = [line for line in lines if line["change"]["resource_id"] in ids]
    return judge(stage.world, lines, company.queued())


if __name__ == "__main__":
    staged = everything(int(sys.argv[1]))
    by_hand(f"{len(staged.world.truths)} changes", partial(play, staged))
