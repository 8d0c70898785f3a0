"""What easy answers get wrong: names that two accounts share, objects of no state, states that changed."""

from tests.worlds.addresses.estate import BARREN, EAST, HOME, OWN, SECOND, THIRD, Group, Living
from tests.worlds.addresses.sorts import BARE, BY_TYPE

REGIONAL = [sort for sort in BARE if not sort.everywhere]
NAMED = [sort for sort in BARE if sort.type not in {"aws_sqs_queue", "aws_kinesis_stream"}]

LAX = {"evidence": ("index", "tags", None), "precision": ("instance", "block", "stack", None)}
"""What may stand beside an address that need not be told."""
MAYBE, LOST, GONE = {"nothing", "unknown"}, {"recreate", "unknown"}, ("aws_sqs_queue", "aws_vpc")


class Specials(Group):
    """Traps, each a label of its own in the score."""

    def parts(self):
        return (
            self.twice_in_two_regions, self.in_two_states, self.orphan, self.orphan_like_a_decoy, self.barren,
            self.bare, self.deposed, self.only_data, self.gone, self.forgotten, self.moved, self.renewed, self.without_arn,
            self.other_provider, self.destroyed,
        )  # fmt: skip

    def one_of(self, label, stack, *sorts, **more):
        return self.alone(label, stack, self.pick(*sorts), **more)

    def twice_in_two_regions(self, turn):
        """One name in two regions of one account, in one state under two aliases."""
        name, sort = f"twin-{self.estate.seed}-{turn}", REGIONAL[turn % len(REGIONAL)]
        for region, alias in ((HOME, ""), (EAST, "use1")):
            self.deed(self.alone("two regions", "net-prod", sort, region=region, alias=alias, name=name))

    def in_two_states(self, turn):
        """One object in two states: both addresses are right."""
        sorts = ("aws_sns_topic", "aws_vpc", "aws_iam_role", "aws_s3_bucket")
        living = self.one_of("two states", "app-prod", *sorts)
        self.estate.live(self.stacks["tools"], living, f"shared_{turn}")
        self.deed(living, "attribute")

    def orphan(self, _turn):
        """In no state, though others of its account are."""
        sorts = ("aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_security_group", "aws_lambda_function")
        sort = self.pick(*sorts)
        living = self.alone("orphan", None, sort, account=self.pick(OWN, SECOND, THIRD))
        self.deed(living, attribute={"nothing"}, deleted=MAYBE)

    def orphan_like_a_decoy(self, turn):
        """In no state; another provider's resource has its name as id."""
        name = f"decoy-{self.estate.seed}-{turn}"
        living = self.alone("orphan beside a decoy", None, "aws_dynamodb_table", account=OWN, name=name)
        put = self.stacks["app-prod"].state.put
        ids = {"id": name, "name": name}
        put("github_repository", f"decoy_{turn}", ids, registry="integrations/github")
        put("random_pet", f"decoy_{turn}", {"id": name})
        self.deed(living, attribute=MAYBE, deleted=MAYBE)

    def barren(self, _turn):
        """Of an account that no state covers."""
        sorts = ("aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_kms_key")
        living = self.one_of("uncovered account", None, *sorts, account=BARREN)
        self.deed(living, attribute={"unknown"}, deleted=LOST)

    def bare(self, turn):
        """A state without a single ARN: its name may be either account's; others' or the configuration may tell."""
        self.bare_in("bare", turn, "bare name")
        self.bare_in("bare-known", turn, "bare name, account known")
        self.bare_in("bare-ruled", turn, "bare name, account ruled", sure=True)

    def bare_in(self, stack, turn, label, *, sure=False):
        """Play it for the object that lives there, and for one of that name in another account.

        `sure`: the first one's address can be told.
        """
        stack, sort = self.stacks[stack], NAMED[(turn * 2 + len(label)) % len(NAMED)]
        name = f"{stack.name}-{self.estate.seed}-{turn}-{self.estate.number()}"
        at = {"region": stack.region, "name": name}
        mine = self.alone(label, stack, sort, account=stack.account, arn=False, **at)
        self.deed(mine, "attribute", **({} if sure else {"addresses": (mine.home, None), **LAX}))
        other = self.alone(f"{label}, of another", None, sort, account=OWN, **at)
        may = MAYBE if "known" in label or sure else {"unknown"}
        self.deed(other, attribute=may, deleted=may)

    def deposed(self, turn):
        """What is left of a replacement: the next apply destroys it."""
        stack, sort = self.stacks["app-prod"], BY_TYPE[self.pick("aws_instance", "aws_db_instance")]
        current = self.alone("deposed, its successor", stack, sort)
        kind = self.estate.born(sort, stack.account, stack.region)
        attributes, name = self.estate.attributes(sort, kind.thing, 5), current.home.partition(".")[2]
        stack.state.put(sort.type, name, attributes, deposed=f"0a1b2c3{turn}")
        old = Living(label="deposed", sort=sort, kind=kind)
        self.estate.objects.append(old)
        self.deed(current)
        here = (current.home, None)
        self.deed(old, addresses=here, targets=here, deleted=MAYBE, **LAX)

    def only_data(self, turn):
        """A data source reads it; no code manages it."""
        living = self.one_of("data only", None, "aws_vpc", "aws_kms_key", account=OWN)
        ids = {"id": living.thing.id, "arn": living.thing.arn}
        stack = self.stacks[self.pick("app-prod", "net-prod")]
        stack.state.put(living.sort.type, f"data_{turn}", ids, data=True)
        self.deed(living, attribute={"nothing"}, deleted=MAYBE)

    def leave(self, living):
        """Let an object leave its state."""
        stack, home = living.homes[0]
        stack.leaving += [home, *living.same]
        return home

    def gone(self, turn):
        """Deleted by a person; then a refresh took it out of the state, or its state and its stack went too."""
        living = self.one_of("gone from its state", "app-prod", "aws_sqs_queue", "aws_kms_key", "aws_vpc")
        self.leave(living)
        self.deed(living, "delete", deleted=LOST)

    def forgotten(self, turn):
        """Taken out of its state by `state rm`: it lives on."""
        living = self.one_of("forgotten by its state", "data", "aws_sqs_queue", "aws_kms_key")
        here = (self.leave(living), None)
        self.deed(living, "attribute", addresses=here, attribute=MAYBE, **LAX)

    def moved(self, turn):
        """A newer serial knows it under another address; elsewhere an older serial arrives after the newer one."""
        sorts = ("aws_dynamodb_table", "aws_kms_key", "aws_ecs_cluster")
        self.move("moved in its state", "data", sorts, f"moved_{turn}", 'module.new["x"]')
        sorts = ("aws_sqs_queue", "aws_kms_key", "aws_lb")
        self.move("after a late older state", "edge", sorts, f"late_{turn}", "module.late")

    def move(self, label, stack, sorts, name, within):
        living, stack = self.one_of(label, stack, *sorts), self.stacks[stack]
        self.leave(living)
        living.homes, living.same = [], []
        new = self.estate.live(stack, living, name, within=within)
        stack.coming += [new, *living.same]
        self.deed(living)

    def renewed(self, turn):
        """The state was made anew: another lineage, a lower serial."""
        self.deed(self.one_of("state made anew", "renewed", "aws_sqs_queue", "aws_kms_key"))

    def without_arn(self, turn):
        """An id that no other object has, and no ARN."""
        sorts = ("aws_vpc", "aws_instance", "aws_security_group", "aws_subnet")
        self.deed(self.one_of("no ARN, one id", "bare", *sorts, arn=False))

    def other_provider(self, turn):
        """Under the Cloud Control provider."""
        stack, sort = self.stacks["net-prod"], BY_TYPE["aws_s3_bucket"]
        kind = self.estate.born(sort, stack.account, stack.region)
        id_, living = kind.thing.id, Living(label="awscc", sort=sort, kind=kind)
        ids = {"id": id_, "arn": kind.thing.arn, "bucket_name": id_, "x": self.estate.canaries.new("awscc")}
        living.homes.append((stack, stack.state.put("awscc_s3_bucket", f"cc_{turn}", ids)))
        self.estate.objects.append(living)
        self.deed(living)

    def destroyed(self, turn):
        """Its state is gone from the bucket, or its whole stack was destroyed: a deletion is told with its address."""
        if "s3-old" in self.stacks:
            self.deed(self.one_of("its state is gone", "s3-old", *GONE), "delete", deleted=LOST)
        self.deed(self.one_of("gone with its stack", "destroyed", *GONE), "delete", deleted=LOST)
