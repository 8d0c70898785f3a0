"""`iacwatch address`: where resources live in IaC, kept by the pipeline that applies, and asked for."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from iacwatch.cli.global_options import GlobalOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])

_IDENTITY: Final = (
    click.option(
        "--stack",
        metavar="NAME",
        help="What the stack is called.  [default: its directory, and its workspace unless that is default]",
    ),
    click.option(
        "--repository",
        metavar="OWNER/NAME",
        help="Where its code is.  [default: by CI's variables, else the clone's origin]",
    ),
    click.option(
        "--directory",
        metavar="DIR",
        help="The directory that is applied, from the repository's root.  [default: the working directory]",
    ),
    click.option("--commit", metavar="SHA", help="What was applied.  [default: by CI's variables]"),
    click.option(
        "--codeowners",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="Who owns what.  [default: the checkout's CODEOWNERS, where GitHub or GitLab look for it]",
    ),
    click.option("--owner", metavar="NAME", help="Whose it is.  [default: by CODEOWNERS]"),
    click.option(
        "--state",
        metavar="PLACE",
        help="What the state is called for good, as s3://bucket/key.  [default: by repository and stack]",
    ),
)
_FORMAT: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="How it is written on stdout: for people, or one JSON object a line.",
)
_PRINT: Final = click.option(
    "--print", "only_print", is_flag=True, help="Show all that would be kept, and keep nothing."
)


_FILE: Final = click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, readable=False, allow_dash=True),
    default="-",
)


def _identified(command: _Command) -> _Command:
    for option in reversed((*_IDENTITY, _PRINT, _FORMAT)):
        command = option(command)
    return command


@click.group("address")
def command() -> None:
    """Keep and find where resources live in IaC: state, address, repository, directory, owner.

    The pipeline that applies hands over its state; the index (iac.index) keeps ids and addresses, and no
    other value of it.
    """


@command.command("add")
@_FILE
@_identified
@click.pass_obj
def add(general: GlobalOptions, /, file: str, *, only_print: bool, form: str, **given: Any) -> None:
    """Put a state into the index, in place of what the index has of it: FILE, or - for stdin.

    \b
    terraform state pull | iacwatch address add -

    Which state it is comes from CI's variables and the checkout it runs in. An older serial than the index
    has changes nothing.
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    _add(general, file, given, plan=False, only_print=only_print, form=form)


@command.command("scan")
@click.argument("place", metavar="PATH|s3://...")
@_FORMAT
@click.pass_obj
def scan(general: GlobalOptions, /, place: str, form: str) -> int:
    """Put the states of a folder or a bucket into the index: those that changed since the last scan.

    For where pipelines cannot hand them over. States that are no longer there are gone from the index once
    the whole place was listed. It exits with 1 where a state could not be read; the others are kept.
    """
    import logging

    from iacwatch.app.address import scan as use_case
    from iacwatch.cli import address_report, exit_codes, logs, run
    from iacwatch.errors import Stopping

    container = run.connect(general)
    scanned, code = use_case.scan(container, place), 0
    log = logging.getLogger(__name__)
    with run.watched(general, container) as bars:
        try:
            for done in scanned.states():
                if bars:
                    bars.clear()
                if done.result == use_case.PASSED_OVER:
                    log.info("%s", done.why)
                    continue
                if done.why:
                    log.error("%s", done.why)
                if form == "jsonl":
                    address_report.write_json(address_report.scanned(done))
                elif done.result not in {use_case.UNCHANGED, use_case.FAILED}:
                    log.log(logs.NOTICE, "%s", address_report.outcome(done))
        except Stopping as stopping:
            code = stopping.exit_code
    log.log(logs.NOTICE, "%s", address_report.summed_up(scanned, stopped=bool(code)))
    return code or (exit_codes.FAILED if scanned.counted.get(use_case.FAILED) else 0)


@command.command("plan")
@_FILE
@_identified
@click.pass_obj
def plan(general: GlobalOptions, /, file: str, *, only_print: bool, form: str, **given: Any) -> None:
    """Put a plan into the index, so that findings say what it does: FILE, or - for stdin.

    \b
    terraform show -json tfplan | iacwatch address plan -

    It counts for changes from before it was made, until a later one of the same stack.
    """  # noqa: D301  (the same)
    _add(general, file, given, plan=True, only_print=only_print, form=form)


@command.command("find")
@click.argument("resource", metavar="ID|ARN|ADDRESS|NAME")
@_FORMAT
@click.pass_obj
def find(general: GlobalOptions, /, resource: str, form: str) -> int:
    """Find where a resource lives in IaC, or what an address stands for.

    It is found by its id as Terraform has it, its ARN, its address, or its name in the code.
    What was in a state within the last 30 days is found too, with since when it is gone.
    """
    import logging

    from iacwatch.app.address import find as use_case
    from iacwatch.cli import address_report, exit_codes, run
    from iacwatch.core.text import plain

    found = use_case.find(run.connect(general), resource)
    if not found.rows:
        where = address_report.searched(found.searched, now=found.now)
        logging.getLogger(__name__).error(
            "nothing has the id, ARN, address or name %s: %s", plain(resource, 200), where
        )
        return exit_codes.FAILED
    if form == "jsonl":
        for indexed in found.rows:
            address_report.write_row(indexed)
    else:
        address_report.found(found.rows, general, now=found.now)
    return 0


def _add(
    general: GlobalOptions, file: str, given: dict[str, Any], *, plan: bool, only_print: bool, form: str
) -> None:
    """Put a state, or a plan, into the index, or show what would be kept of it."""
    import logging
    import sys

    from iacwatch.app.address.add import STDIN
    from iacwatch.app.address.add import add as use_case
    from iacwatch.app.address.identity import IdentityOptions
    from iacwatch.cli import address_report, run
    from iacwatch.core.text import plain
    from iacwatch.errors import UsageError

    if file == STDIN and sys.stdin.isatty():
        piped = "terraform show -json PLAN | iacwatch address plan -"
        raise UsageError(
            f"a {'plan' if plan else 'state'} is read from a file or a pipe, and this is a terminal",
            hint=piped if plan else "terraform state pull | iacwatch address add -",
        )
    container = run.connect(general)
    done = use_case(
        container, IdentityOptions(**given), file, sys.stdin.buffer, plan=plan, keep=not only_print
    )
    if form == "jsonl":
        if only_print:
            address_report.write_state(done.state)
        else:
            address_report.write_json(address_report.added(done))
    elif only_print:
        address_report.kept(done.state, general)
    log = logging.getLogger(__name__)
    head = done.state.head
    if given["codeowners"] and not head.owner:
        why = "has no owner of this directory" if head.directory else "needs the directory: give --directory"
        log.warning("no owner is known: %s %s", plain(given["codeowners"], 200), why)
    for level, sentence in address_report.said_of(done):
        log.log(level, "%s", sentence)
