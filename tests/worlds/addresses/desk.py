"""Runs the real command for the company: its index is filled, its changes are reported, its objects are asked for."""

import json

from tests.fixtures import command
from tests.worlds.addresses.company import CODEOWNERS, RULES
from tests.worlds.addresses.estate import BARREN, SECOND, THIRD
from tests.worlds.addresses.states import written
from tests.worlds.blind.run import Account

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
index = "sqlite:///{folder}/index.sqlite"
{rules}
"""
OWNERS_AT = {"acme/infra": ".github", "acme/edge": "docs"}
ENDINGS = ("csv", "md", "html", "txt")
GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com"}


class Desk(Account):
    """One folder with a checkout of each repository, an index, and what every command said."""

    def __init__(self, aws, company, folder):
        super().__init__(aws, company.estate.world, folder)
        self.company, self.stacks = company, company.estate.stacks
        self.results: list[tuple[str, int, str, str]] = []
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        for account in (THIRD, BARREN):
            aws.add_role(f"arn:aws:iam::{account}:role/iacwatch-read")
        accounts = {"second": SECOND, "third": THIRD, "barren": BARREN}
        more = {"url": self.url, "folder": folder, "slack": aws.slack_url, "rules": RULES}
        (folder / "iacwatch.toml").write_text(CONFIGURATION.format(**accounts, **more))
        for repository, owners in CODEOWNERS.items():
            write(self.owners(repository), owners.encode())
        for stack in self.stacks.values():
            if stack.directory and stack.repository in CODEOWNERS:
                (folder / "work" / stack.repository / stack.directory).mkdir(parents=True, exist_ok=True)

    def owners(self, repository):
        return self.folder / "work" / repository / OWNERS_AT.get(repository, "") / "CODEOWNERS"

    def says(self, label, *arguments, cwd=None, stdin=b"", loud=True, **variables):
        """Run the command in a folder; keep what it said."""
        line = ("--config", str(self.folder / "iacwatch.toml"), *(("-vv",) if loud else ()), *arguments)
        own = {"HOME": str(self.folder), "TMPDIR": str(self.temporary), **variables}
        done = command.run(self.aws, cwd or self.folder, *line, stdin=stdin, timeout=600, **own)
        self.results.append((label, done.returncode, done.stdout, done.stderr))
        return done

    def pipeline(self, stack):
        """Return the folder, the variables and the options with which a pipeline hands over this stack's state."""
        root = self.folder / "work" / stack.repository
        here = root / stack.directory
        if stack.how == "options":
            named = {"stack": next(iter(stack.says))}
            named |= {"repository": stack.repository, "directory": stack.directory}
            options = [part for name, text in named.items() for part in (f"--{name}", text)]
            owners = self.owners(stack.repository)
            return self.folder, {}, [*options, *(("--codeowners", str(owners)) if owners.exists() else ())]
        here.mkdir(parents=True, exist_ok=True)
        own = {
            "REPOSITORY": stack.repository,
            "SHA": stack.commit,
            "WORKSPACE": str(root),
            "REF_NAME": "main",
        }
        return here, GITHUB | {f"GITHUB_{name}": text for name, text in own.items()}, ()

    def hand_over(self, stack, content, verb="add", *, label=""):
        """Hand a state or a plan over as this stack's pipeline does, by file or by stdin in turn."""
        here, environment, options = self.pipeline(stack)
        given, stdin = "-", content
        if len(self.results) % 2:
            file = self.folder / "inputs" / f"{stack.name}-{len(self.results)}.json"
            given, stdin = str(write(file, content)), b""
        line = ("address", verb, given, *options)
        self.says(label or f"{verb} {stack.name}", *line, cwd=here, stdin=stdin, **environment)

    def fill(self):
        """Fill the index from every stack, twice where its state changed; scan a folder twice: in between a state went."""
        root = self.folder / "scanned"
        for stack in self.stacks.values():
            for content in stack.contents():
                if stack.how == "folder":
                    write(root / stack.place, content)
                else:
                    self.hand_over(stack, content)
        self.says("scan folder", "address", "scan", str(root))
        (root / self.stacks["old"].place).unlink()
        self.says("scan again", "address", "scan", str(root))
        for name, kind, document in self.company.plans.files():
            self.hand_over(self.stacks[name], written(document), "plan", label=f"{kind} of {name}")

    def drained(self):
        """Run `drain`; return the lines of its report."""
        files = [part for ending in ENDINGS for part in ("--output", str(self.folder / f"report.{ending}"))]
        line = ("drain", "--slack", *files, "--verdict", "all", "--format", "jsonl")
        done = self.says("drain", *line)
        assert done.returncode in {0, 1}, done.stderr[-3000:]
        return [json.loads(each) for each in done.stdout.splitlines()]

    def leavings(self):
        """Yield what iacwatch wrote anywhere: streams, the index, the ledger, temporary files, Slack."""
        for label, _, out, err in self.results:
            yield f"stdout of {label}", out.encode("utf-8", "surrogateescape")
            yield f"stderr of {label}", err.encode("utf-8", "surrogateescape")
        apart = {self.folder / "inputs", self.folder / "scanned", self.folder / "work"}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not apart.intersection(path.parents):
                yield str(path.relative_to(self.folder)), path.read_bytes()
        said = json.dumps(self.aws.slack_messages, ensure_ascii=False)
        yield "Slack", said.encode("utf-8", "surrogatepass")


def write(file, content):
    """Write a file and the folders above it; return it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file
