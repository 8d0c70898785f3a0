"""Runs the real command for the company: its index is filled, its changes are reported, its objects are asked for."""

import json
from datetime import timedelta

from tests.fixtures import command, moto_aws
from tests.worlds.addresses.company import BUCKET, CODEOWNERS, rules
from tests.worlds.addresses.estate import BARREN, SECOND, THIRD
from tests.worlds.addresses.states import State, compressed, with_mark

CONFIGURATION = """
[[workflow]]
name = "terraform-ci"
managed_by = ["terraform"]
principals = ["arn:aws:iam::*:role/gha-terraform-*"]

[accounts]
allowed = ["{second}", "{third}", "{barren}"]
role_name = "iacwatch-read"

[queue]
url = "{url}"

[ledger]
url = "sqlite:///{folder}/ledger.sqlite"

[slack]
channel = "#infra"
token = "xoxb-1"
api_url = "{slack}"
group_window = "2h"

[iac]
index = "{index}"
{rules}
"""
OWNERS_AT = {
    "acme/infra": ".github/CODEOWNERS",
    "acme/data/warehouse": ".gitlab/CODEOWNERS",
    "acme/edge": "docs/CODEOWNERS",
}
ENDINGS = ("csv", "md", "html", "txt")


class Desk:
    """One folder with a checkout of each repository, an index, and what every command said."""

    def __init__(self, aws, company, folder, *, table=None):
        self.aws, self.company, self.folder = aws, company, folder
        self.world, self.stacks = company.estate.world, company.estate.stacks
        self.index = folder / "index.sqlite"
        self.said: list[tuple[str, int, str, str]] = []
        self.table, self.bucket = table, BUCKET
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        dead = aws.create_queue("dead")
        self.url = aws.create_queue("iacwatch", visibility=900, max_receives=20, dlq_url=dead)
        for account in (SECOND, THIRD, BARREN):
            aws.add_role(f"arn:aws:iam::{account}:role/iacwatch-read")
        for document, lists, delivered_at in self.world.events:
            aws.add_event(document, resource_names=lists, delivered_at=delivered_at)
        for document, region in self.world.items:
            aws.add_item(document, recorded_in=region)
        for at, body in self.world.random.sample(self.world.messages, len(self.world.messages)):
            aws.send(self.url, body, sent_at=at + timedelta(seconds=2))
        text = CONFIGURATION.format(
            second=SECOND, third=THIRD, barren=BARREN, url=self.url, folder=folder, slack=aws.slack_url,
            index=f"dynamodb://{table}" if table else f"sqlite:///{self.index}", rules=rules(),
        )  # fmt: skip
        self.configuration = folder / "iacwatch.toml"
        self.configuration.write_text(text)
        self.checkouts()

    def checkouts(self):
        for repository, owners in CODEOWNERS.items():
            root = self.folder / "work" / repository
            place = root / OWNERS_AT.get(repository, "CODEOWNERS")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(owners)
        for stack in self.stacks.values():
            if stack.directory and stack.repository in CODEOWNERS:
                (self.folder / "work" / stack.repository / stack.directory).mkdir(parents=True, exist_ok=True)

    # Running.

    def run(self, label, *arguments, cwd=None, stdin=b"", loud=True, **variables):
        """Run the command in a folder; keep and return what it said."""
        line = ("--config", str(self.configuration), *(("-vv",) if loud else ()), *arguments)
        away = moto_aws.environment() if self.table or "s3-old" in self.stacks else {}
        own = {"HOME": str(self.folder), "TMPDIR": str(self.temporary), **away, **variables}
        done = command.run(self.aws, cwd or self.folder, *line, stdin=stdin, timeout=600, **own)
        said = (label, done.returncode, done.stdout, done.stderr)
        self.said.append(said)
        return said

    def pipeline(self, stack):
        """Return the folder, the variables and the options with which a pipeline hands over this stack's state."""
        root = self.folder / "work" / (stack.repository or "none")
        here = root / (stack.directory or "")
        commit, branch = stack.commit, "main"
        match stack.how:
            case "github":
                return here, {
                    "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": stack.repository, "GITHUB_SHA": commit, "GITHUB_WORKSPACE": str(root),
                    "GITHUB_REF_NAME": branch, "GITHUB_REF": f"refs/heads/{branch}", "GITHUB_SERVER_URL": "https://github.com",
                }, ()  # fmt: skip
            case "gitlab":
                return here, {
                    "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_PATH": stack.repository, "CI_COMMIT_SHA": commit, "CI_PROJECT_DIR": str(root),
                    "CI_COMMIT_REF_NAME": branch, "CI_SERVER_URL": "https://gitlab.com", "CI_SERVER_HOST": "gitlab.com",
                }, ()  # fmt: skip
            case "jenkins":
                return here, {
                    "JENKINS_URL": "https://ci.example.com/", "BUILD_NUMBER": "7", "GIT_URL": f"git@github.com:{stack.repository}.git", "GIT_COMMIT": commit,
                    "GIT_BRANCH": f"origin/{branch}", "WORKSPACE": str(root),
                }, ()  # fmt: skip
            case "hcp":
                self.folder.joinpath("hcp").mkdir(exist_ok=True)
                return self.folder / "hcp", {
                    "TFC_RUN_ID": "run-CZcmD7eagjhyX0vN", "TFC_WORKSPACE_NAME": "payments-prod", "TFC_WORKSPACE_SLUG": "acme/payments-prod",
                    "TFC_CONFIGURATION_VERSION_GIT_COMMIT_SHA": commit, "TFC_CONFIGURATION_VERSION_GIT_BRANCH": branch, "TFC_PROJECT_NAME": "payments",
                }, ()  # fmt: skip
            case "atlantis":
                owner, _, name = stack.repository.partition("/")
                return here, {
                    "ATLANTIS_TERRAFORM_VERSION": "1.9.8", "BASE_REPO_OWNER": owner, "BASE_REPO_NAME": name, "HEAD_COMMIT": commit, "DIR": str(here),
                    "REPO_REL_DIR": stack.directory, "WORKSPACE": "default", "PROJECT_NAME": "edge", "PULL_NUM": "3", "BASE_BRANCH_NAME": branch,
                }, ()  # fmt: skip
            case _:
                options = [
                    "--stack",
                    next(iter(stack.says)),
                    "--repository",
                    stack.repository,
                    "--directory",
                    stack.directory,
                ]
                owners = root / OWNERS_AT.get(stack.repository, "CODEOWNERS")
                return (
                    self.folder,
                    {},
                    (*options, *(("--codeowners", str(owners)) if owners.exists() else ())),
                )

    def hand_over(self, stack, content, verb="add", *, label=""):
        """Hand a state or a plan over as this stack's pipeline does, by file or by stdin in turn."""
        here, variables, options = self.pipeline(stack)
        file = self.folder / "inputs" / f"{stack.name}-{len(self.said)}.json"
        file.parent.mkdir(exist_ok=True)
        by_stdin = len(self.said) % 2 == 0
        if not by_stdin:
            file.write_bytes(content)
        given = "-" if by_stdin else str(file)
        return self.run(
            label or f"{verb} {stack.name}",
            "address",
            verb,
            given,
            *options,
            cwd=here,
            stdin=content if by_stdin else b"",
            **variables,
        )

    def fill(self):
        """Fill the index from every stack; twice where its state changed."""
        handed = [stack for stack in self.stacks.values() if stack.how not in {"folder", "bucket"}]
        for stack in handed:
            if stack.earlier:
                self.hand_over(stack, stack.earlier)
            self.hand_over(stack, stack.state.content())
            if stack.late:
                self.hand_over(stack, stack.late)
        self.scan()

    def scan(self):
        """Scan a folder, and a bucket twice: in between a state went."""
        root = self.folder / "scanned"
        for stack in self.stacks.values():
            if stack.how == "folder":
                place = root / stack.place
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(stack.state.content())
        for name, content in self.company.junk.items():
            place = root / "junk" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        self.run("scan folder", "address", "scan", str(root))
        if any(stack.how == "bucket" for stack in self.stacks.values()):
            self.scan_bucket()

    def scan_bucket(self):
        s3 = moto_aws.client("s3")
        self.empty(s3)
        for stack in self.stacks.values():
            if stack.how == "bucket":
                s3.put_object(
                    Bucket=self.bucket, Key=stack.place, Body=stack.earlier or stack.state.content()
                )
        for name, content in self.company.junk.items():
            s3.put_object(Bucket=self.bucket, Key=f"misc/junk/{name}", Body=content)
        self.run("scan bucket", "address", "scan", f"s3://{self.bucket}")
        s3.delete_object(Bucket=self.bucket, Key=self.stacks["s3-old"].place)
        self.run("scan bucket again", "address", "scan", f"s3://{self.bucket}/")

    def empty(self, s3):
        """Make the bucket, or empty it: moto's lasts as long as the process."""
        names = {each["Name"] for each in s3.list_buckets()["Buckets"]}
        if self.bucket not in names:
            s3.create_bucket(
                Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": moto_aws.REGION}
            )
        for each in s3.list_objects_v2(Bucket=self.bucket).get("Contents", ()):
            s3.delete_object(Bucket=self.bucket, Key=each["Key"])

    def refuse(self):
        """Hand over each thing that is no state; return those that were taken for one, and those told with many words."""
        results = {}
        for name, content in self.company.junk.items():
            results[name] = self.run(
                f"junk {name}", "address", "add", "-", "--stack", "junk", stdin=content, loud=False
            )
        state = self.stacks["tools"].state.content()
        results["gzip"] = self.run(
            "gzip",
            "address",
            "add",
            "-",
            "--stack",
            "tools-gzip",
            "--repository",
            "acme/tools",
            stdin=compressed(state),
            loud=False,
        )
        results["mark"] = self.run(
            "mark",
            "address",
            "add",
            "-",
            "--stack",
            "tools-mark",
            "--repository",
            "acme/tools",
            stdin=with_mark(state),
            loud=False,
        )
        return results

    def tell_plans(self):
        for name in self.company.plans.stacks:
            for kind, content in self.company.plans.files(name).items():
                self.hand_over(self.stacks[name], content, "plan", label=f"{kind} of {name}")

    def show(self):
        """Let it show what it would keep of a state, and keep nothing; return that run and the object's address and id."""
        company = self.company
        state = State("0-0", company.estate.canaries)
        id_ = "vpc-0123456789abcdef0"
        home = state.put(
            "aws_vpc", "shown", {"id": id_, "password": company.estate.canaries.new("shown")}, key='a "b"'
        )
        return (
            self.run("print", "address", "add", "-", "--print", "--stack", "shown", stdin=state.content()),
            home,
            id_,
        )

    # Reports.

    def drain(self, *, slack):
        """Run `drain`; return the lines of its report."""
        files = [part for ending in ENDINGS for part in ("--output", str(self.folder / f"report.{ending}"))]
        return self.report("drain", "drain", "--verdict", "all", "--slack" if slack else "--no-slack", *files)

    def backfill(self, files):
        return self.report(
            "backfill",
            "backfill",
            "--since",
            "24h",
            "--verdict",
            "all",
            "--changes",
            str(files),
            "--no-slack",
        )

    def report(self, label, *options):
        _, code, out, err = self.run(label, *options, "--format", "jsonl")
        assert code in {0, 1}, err[-3000:]
        return [json.loads(line) for line in out.splitlines()]

    def find(self, text):
        return self.run(f"find {text}", "address", "find", "--format", "jsonl", "--", text, loud=False)

    # What must hold no secret.

    def leavings(self):
        """Yield what iacwatch wrote anywhere: streams, the index, the ledger, temporary files, Slack."""
        for label, _, out, err in self.said:
            yield f"stdout of {label}", out.encode("utf-8", "surrogateescape")
            yield f"stderr of {label}", err.encode("utf-8", "surrogateescape")
        apart = {self.folder / "inputs", self.folder / "scanned", self.folder / "work"}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not apart.intersection(path.parents):
                yield str(path.relative_to(self.folder)), path.read_bytes()
        yield (
            "Slack",
            json.dumps(self.aws.slack_messages, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        )
