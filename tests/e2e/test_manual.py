"""README and the manual keep to what the program does: commands, options, exit codes, keys, links, examples."""

import json
import re
import shlex
import tomllib

import click
import pytest

from iacwatch.cli.group import COMMANDS, group
from iacwatch.cli.options import VERDICTS
from iacwatch.core.model import Verdict
from iacwatch.deploy.template import text as template
from iacwatch.settings.load import File, keys, load
from iacwatch.settings.schema import Settings
from tests.e2e.test_who import change
from tests.fixtures.command import records
from tests.fixtures.manual import DOCUMENTS, PAGES, README, ROOT, blocks, page, section
from tests.fixtures.small_world import group_id
from tests.tools.make_configuration import EXAMPLE, HOW, config_example

LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


def options(of: click.Command) -> set[str]:
    """Return the options of a command, and of the commands that it has itself."""
    inner = of.commands.values() if isinstance(of, click.Group) and of is not group else ()
    return {
        option
        for command in (of, *inner)
        for parameter in command.params
        for option in [*parameter.opts, *parameter.secondary_opts]
        if isinstance(parameter, click.Option)
    }


def documented(name: str) -> str:
    """Return the part of the page of commands that is about one of them."""
    return re.split(rf"^## iacwatch {name}\b.*$", page("commands"), flags=re.MULTILINE)[1].split("\n## ")[0]


def outside_code(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", outside_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_manual_documents_the_options_of_a_command_and_no_other(name):
    here, of_drain, ours = documented(name), documented("drain"), options(group.get_command(None, name))
    for option in ours:
        assert f"`{option}" in here or (
            "of `drain`" in here.replace("\n", " ") and f"`{option}" in of_drain
        ), option
    rows = re.findall(r"^\| (`-.*?) \| ", here, re.MULTILINE)
    assert {option for row in rows for option in re.findall(r"`(--[\w-]+)", row)} <= ours


def test_every_option_before_the_command_exit_code_verdict_and_configuration_key_is_documented():
    shown = page("commands").split("\n## ")[0]
    for option in options(group):
        assert f"`{option}" in shown, option
    for code in (0, 1, 2, 3, 130, 143):
        assert f"`{code}`" in page("exit-codes")
    assert ("all", *Verdict) == VERDICTS
    for verdict in Verdict:
        assert f"`{verdict}`" in page("verdicts")
    for key in keys():
        assert key.rpartition(".")[2] in page("configuration"), key


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_relative_link_resolves(document):
    for path, anchor in LINK.findall(outside_code(document.read_text(encoding="utf-8"))):
        target = (document.parent / path).resolve() if path else document
        assert target.is_file(), path
        assert target.is_relative_to(ROOT)
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{path}#{anchor}"


def test_readme_is_short_and_links_every_page_which_begins_with_its_only_heading():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
    (tests,) = re.findall(r"\n## Tests\n.*?```sh\n(.*?)\n```", text, re.DOTALL)
    assert tests in (ROOT / ".ci/run").read_text(encoding="utf-8")
    for topic, page_file in PAGES.items():
        assert f"({page_file.relative_to(ROOT)}" in text, topic
        of_page = outside_code(page(topic))
        assert re.match(r"# [A-Z]", of_page)
        assert len(re.findall(r"^# ", of_page, re.MULTILINE)) == 1
        assert topic not in COMMANDS, "`iacwatch help` shows a command's --help by that name"


def test_every_example_of_a_configuration_loads_and_of_json_can_be_parsed():
    for document in DOCUMENTS:
        shell = [each.partition("<<'TOML'\n")[2].partition("TOML\n")[0] for each in blocks(document, "sh")]
        for example in [*blocks(document, "toml"), *filter(None, shell)]:
            settings = load(File(name=f"{document}: {example}", text=example))
            for name in tomllib.loads(example):
                assert getattr(settings, name) != getattr(Settings(), name), example
        assert all(isinstance(json.loads(block), dict) for block in blocks(document, "json"))


def typed(words):
    """Make click's context of a command line of iacwatch; it raises where the line is wrong."""
    context = group.make_context("iacwatch", list(words))
    name, *rest = [*context._protected_args, *context.args]
    while name == "demo" and rest:
        name, *rest = rest
    found = group.get_command(context, name)
    assert found is not None, name
    made = found.make_context(name, list(rest), parent=context)
    if isinstance(found, click.Group):
        name, *rest = [*made._protected_args, *made.args]
        return found.commands[name].make_context(name, rest, parent=made)
    return made


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_command_that_is_shown_can_be_typed(document):
    for block in blocks(document, "sh"):
        text = re.sub(r"<<'(\w+)'\n.*?^\1$", "", block.replace("\\\n", " "), flags=re.DOTALL | re.MULTILINE)
        for line in text.splitlines():
            found = re.search(r"(?:^|&& |\$\(|\.venv/bin/)(iacwatch [^)|>&]+)", line.split("  #")[0])
            if found:
                typed(shlex.split(found[1])[1:])


def test_every_parameter_of_the_templates_that_is_shown_exists():
    cloudformation = template("cloudformation") + template("cloudformation", member=True)
    parameters = set(re.findall(r"^  (\w+):\n    Type: ", cloudformation, re.MULTILINE))
    variables = set(re.findall(r'^variable "(\w+)"', template("terraform"), re.MULTILINE))
    shown = "".join(block for document in DOCUMENTS for block in blocks(document, "sh"))
    named = set(re.findall(r"""[ "']([A-Z][A-Za-z]+)=""", shown.partition("--parameter-overrides")[2]))
    assert {"CodeBucket", "SlackChannel", "Workflows", "CentralAccountId", "RuleState"} <= named
    assert named <= parameters
    (tfvars,) = re.findall(r"<<'EOF'\n(.*?)EOF\n", "".join(blocks(PAGES["deploy"], "sh")), re.DOTALL)
    assert set(re.findall(r"^(\w+) +=", tfvars, re.MULTILINE)) | {"config_parameter"} <= variables


def test_who_and_backfill_use_the_permissions_and_write_the_fields_that_are_documented(aws, run):
    for number in (1, 2):
        change(aws, number, 300, 22)
    (policy,) = map(json.loads, blocks(README, "json"))
    assert policy in map(json.loads, blocks(PAGES["permissions"], "json"))
    (statement,) = policy["Statement"]
    header = run("backfill", "--since", "1d", "--format", "csv").stdout.splitlines()[0]
    listed = section("reports", "csv").split("\n\n")[1]
    assert re.findall(r"`(\w+)`", listed) == header.split(",")
    (record,) = records(run("who", group_id(1), "--since", "1d", "--format", "jsonl"))
    rows = re.findall(r"^\| (`.+?) \|", section("reports", "jsonl"), re.MULTILINE)
    assert {field for row in rows for field in re.findall(r"`(\w+)`", row)} == set(record) - {"schema"}
    assert f'`"schema": "{record["schema"]}"`' in section("reports", "jsonl")
    used = {each.operation for each in aws.calls}
    assert used - {"GetCallerIdentity"} == {action.partition(":")[2] for action in statement["Action"]}


def test_the_example_of_a_configuration_is_up_to_date_and_holds_exactly_the_defaults_and_each_key():
    shown = EXAMPLE.read_text(encoding="utf-8")
    assert config_example() == shown, f"config.example.toml is stale: {HOW}"
    assert load(File("config.example.toml", shown)) == Settings()
    assert [key for key in keys() if key.rpartition(".")[2] not in shown] == []
