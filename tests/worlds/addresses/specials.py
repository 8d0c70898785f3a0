"""What easy answers get wrong: names that two accounts share, objects of no state, states that changed."""

from tests.worlds.addresses.estate import BARREN, EAST, HOME, OWN, SECOND, THIRD, Living
from tests.worlds.addresses.sorts import BARE, BY_TYPE

REGIONAL = [sort for sort in BARE if not sort.everywhere]
NAMED = [sort for sort in BARE if sort.type not in {"aws_sqs_queue", "aws_kinesis_stream"}]

EITHER, ANY = ("index", "tags", None), ("instance", "block", "stack", None)
"""What may stand beside an address that need not be told."""


class Specials:
    """Traps, each a label of its own in the score."""

    def __init__(self, stage):
        self.stage, self.estate, self.random = stage, stage.estate, stage.random

    def pick(self, *values):
        return self.random.choice(values)

    def deed(self, living, deed=None, **more):
        return self.stage.deed(living, deed or self.pick("attribute", "tag", "delete"), **more)

    def play(self, rounds=3):
        for turn in range(rounds):
            for part in (
                self.twice_in_two_regions, self.in_two_states, self.orphan, self.orphan_like_a_decoy, self.barren,
                self.bare, self.bare_beside_known,
                self.bare_ruled, self.deposed, self.only_data, self.gone, self.forgotten, self.moved, self.late,
                self.renewed, self.without_arn, self.other_provider, self.scanned_away,
                self.destroyed,
            ):  # fmt: skip
                part(turn)

    def twice_in_two_regions(self, turn):
        """One name in two regions of one account, in one state under two aliases."""
        stack, sort = self.estate.stacks["net-prod"], REGIONAL[turn % len(REGIONAL)]
        name = f"twin-{self.estate.seed}-{turn}"
        for region, alias in ((HOME, ""), (EAST, "use1")):
            self.deed(self.estate.alone("two regions", stack, sort, region=region, alias=alias, name=name))

    def in_two_states(self, turn):
        """One object in two states: both addresses are right."""
        first, second = (self.estate.stacks[each] for each in ("app-prod", "tools"))
        living = self.estate.alone(
            "two states", first, self.pick("aws_sns_topic", "aws_vpc", "aws_iam_role", "aws_s3_bucket")
        )
        self.estate.live(second, living, f"shared_{turn}")
        living.traits["both"] = True
        self.deed(living, "attribute", both=True)

    def orphan(self, _turn):
        """In no state, though others of its account are."""
        sort = self.pick(
            "aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_security_group", "aws_lambda_function"
        )
        living = self.estate.alone("orphan", None, sort, account=self.pick(OWN, SECOND, THIRD))
        self.deed(living, attribute={"nothing"}, deleted={"nothing", "unknown"})

    def orphan_like_a_decoy(self, turn):
        """In no state; another provider's resource has its name as id."""
        name = f"decoy-{self.estate.seed}-{turn}"
        living = self.estate.alone(
            "orphan beside a decoy", None, "aws_dynamodb_table", account=OWN, name=name
        )
        state = self.estate.stacks["app-prod"].state
        state.put(
            "github_repository", f"decoy_{turn}", {"id": name, "name": name}, registry="integrations/github"
        )
        state.put("random_pet", f"decoy_{turn}", {"id": name})
        self.deed(
            living,
            attribute={"nothing", "unknown"},
            deleted={"nothing", "unknown"},
        )

    def barren(self, _turn):
        """Of an account that no state covers."""
        sort = self.pick("aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_kms_key")
        living = self.estate.alone("uncovered account", None, sort, account=BARREN)
        self.deed(living, attribute={"unknown"}, deleted={"unknown", "recreate"})

    def bare(self, turn):
        """A state without a single ARN: its name may be either account's."""
        self.bare_in("bare", turn, "bare name")

    def bare_beside_known(self, turn):
        """A state whose other objects tell the account."""
        self.bare_in("bare-known", turn, "bare name, account known")

    def bare_ruled(self, turn):
        """A state without a single ARN, of an account that the configuration tells."""
        self.bare_in("bare-ruled", turn, "bare name, account ruled", sure=True)

    def bare_in(self, stack, turn, label, *, sure=False):
        """Play it for the object that lives there, and for one of that name in another account.

        `sure`: the first one's address can be told.
        """
        stack, sort = self.estate.stacks[stack], NAMED[(turn * 2 + len(label)) % len(NAMED)]
        name = f"{stack.name}-{self.estate.seed}-{turn}-{self.estate.number()}"
        at = {"region": stack.region, "name": name}
        mine = self.estate.alone(label, stack, sort, account=stack.account, arn=False, **at)
        lax = {"addresses": (mine.homes[0][1], None), "evidence": EITHER, "precision": ANY}
        self.deed(mine, "attribute", **({} if sure else lax))
        other = self.estate.alone(f"{label}, of another", None, sort, account=OWN, **at)
        may = {"unknown", "nothing"} if "known" in label or sure else {"unknown"}
        self.deed(other, attribute=may, deleted=may)

    def deposed(self, turn):
        """What is left of a replacement: the next apply destroys it."""
        stack, sort = (
            self.estate.stacks["app-prod"],
            BY_TYPE[self.pick("aws_instance", "aws_launch_template")],
        )
        current = self.estate.alone("deposed, its successor", stack, sort)
        name = current.homes[0][1].partition(".")[2]
        kind = self.estate.thing(sort, stack.account, stack.region)
        stack.state.put(
            sort.type, name, self.estate.attributes(sort, kind.thing, 5), deposed=f"0a1b2c3{turn}"
        )
        old = Living(label="deposed", sort=sort, kind=kind)
        self.estate.objects.append(old)
        self.deed(current)
        here = (current.homes[0][1], None)
        self.deed(
            old, addresses=here, attribute={"unknown"}, deleted={"unknown", "nothing"}, targets=here, evidence=EITHER,
            precision=ANY,
        )  # fmt: skip

    def only_data(self, turn):
        """A data source reads it; no code manages it."""
        living = self.estate.alone("data only", None, self.pick("aws_vpc", "aws_kms_key"), account=OWN)
        thing = living.thing
        stack = self.estate.stacks[self.pick("app-prod", "net-prod")]
        stack.state.put(living.sort.type, f"data_{turn}", {"id": thing.id, "arn": thing.arn}, data=True)
        self.deed(living, attribute={"nothing"}, deleted={"nothing", "unknown"})

    # States that changed.

    def gone(self, turn):
        """Deleted by a person; then a refresh took it out of the state."""
        stack = self.estate.stacks["app-prod"]
        living = self.estate.alone(
            "gone from its state", stack, self.pick("aws_sqs_queue", "aws_kms_key", "aws_vpc")
        )
        self.leave(stack, living)
        self.deed(living, "delete", deleted={"recreate", "unknown"})

    def forgotten(self, turn):
        """Taken out of its state by `state rm`: it lives on."""
        stack = self.estate.stacks["data"]
        living = self.estate.alone("forgotten by its state", stack, self.pick("aws_sqs_queue", "aws_kms_key"))
        home = living.homes[0][1]
        self.leave(stack, living)
        self.deed(
            living,
            "attribute",
            addresses=(home, None),
            attribute={"nothing", "unknown"},
            evidence=EITHER,
            precision=ANY,
        )

    def leave(self, stack, living):
        for address in [*(a for s, a in living.homes if s is stack), *living.same]:
            self.estate.leaving.setdefault(stack.name, []).append(address)

    def moved(self, turn):
        """A newer serial knows it under another address."""
        stack = self.estate.stacks["data"]
        living = self.estate.alone(
            "moved in its state", stack, self.pick("aws_dynamodb_table", "aws_kms_key", "aws_ecs_cluster")
        )
        old = living.homes.pop()[1]
        same, living.same = living.same, []
        new = self.estate.live(
            stack, living, f"moved_{turn}", within='module.new["x"]', type_=living.sort.type
        )
        self.estate.leaving.setdefault(stack.name, []).extend([old, *same])
        self.estate.coming.setdefault(stack.name, []).extend([new, *living.same])
        self.deed(living)

    def late(self, turn):
        """An older serial arrives after the newer one."""
        stack = self.estate.stacks["edge"]
        living = self.estate.alone(
            "after a late older state", stack, self.pick("aws_sqs_queue", "aws_kms_key", "aws_lb"), alias=""
        )
        old = living.homes.pop()[1]
        same, living.same = living.same, []
        new = self.estate.live(stack, living, f"late_{turn}", within="module.late")
        self.estate.leaving.setdefault(stack.name, []).extend([old, *same])
        self.estate.coming.setdefault(stack.name, []).extend([new, *living.same])
        self.deed(living)

    def renewed(self, turn):
        """The state was made anew: another lineage, a lower serial."""
        stack = self.estate.stacks["renewed"]
        living = self.estate.alone("state made anew", stack, self.pick("aws_sqs_queue", "aws_kms_key"))
        self.deed(living)

    def scanned_away(self, turn):
        """Its state is gone from the bucket; a deletion is still told with its address."""
        if "s3-old" not in self.estate.stacks:
            return
        living = self.estate.alone(
            "its state is gone", self.estate.stacks["s3-old"], self.pick("aws_sqs_queue", "aws_vpc")
        )
        self.deed(living, "delete", deleted={"recreate", "unknown"})

    def destroyed(self, turn):
        """Its whole stack was destroyed: the state is empty."""
        stack = self.estate.stacks["destroyed"]
        living = self.estate.alone("gone with its stack", stack, self.pick("aws_sqs_queue", "aws_vpc"))
        self.deed(living, "delete", deleted={"recreate", "unknown"})

    def without_arn(self, turn):
        """An id that no other object has, and no ARN."""
        living = self.estate.alone(
            "no ARN, one id",
            self.estate.stacks["bare"],
            self.pick("aws_vpc", "aws_instance", "aws_security_group", "aws_subnet"),
            arn=False,
        )
        self.deed(living)

    def other_provider(self, turn):
        """Under the Cloud Control provider."""
        stack = self.estate.stacks["net-prod"]
        sort = BY_TYPE["aws_s3_bucket"]
        kind = self.estate.thing(sort, stack.account, stack.region)
        living = Living(label="awscc", sort=sort, kind=kind)
        home = stack.state.put(
            "awscc_s3_bucket",
            f"cc_{turn}",
            {
                "id": kind.thing.id,
                "arn": kind.thing.arn,
                "bucket_name": kind.thing.id,
                "x": self.estate.canaries.new("awscc"),
            },
        )
        living.homes.append((stack, home))
        self.estate.objects.append(living)
        self.deed(living)
