"""`iacwatch who`: who changed this one resource, the newest change first."""

from typing import Any

import click

from iacwatch.cli.front import Front
from iacwatch.cli.options import report_options, taken


@click.command("who")
@click.argument("resource")
@click.option(
    "--since",
    metavar="WHEN",
    help="From when on: a date (UTC), a time with its zone, or so long ago, such as 7d or 36h."
    "  [default: 90d, which is as far as CloudTrail's event history reaches]",
)
@click.option(
    "--resource-type",
    "types",
    metavar="T",
    multiple=True,
    help="It is of this type, AWS::S3::Bucket; repeatable.",
)
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    help="It is in this account; repeatable.  [default: the ARN's, or ours]",
)
@click.option(
    "--regions", metavar="R,R", help="It is in one of these regions.  [default: the ARN's, or ours]"
)
@report_options(slack="no", verdict="all")
@click.pass_obj
def command(front: Front, /, **options: Any) -> int:
    """Tell who changed RESOURCE, the newest change first, whether it is managed by IaC or not.

    RESOURCE is an id, a name or an ARN, also of what is deleted: sg-0a1b2c3d4e5f60718, web,
    arn:aws:iam::111122223333:role/deploy. Where several things have that name, they are listed.
    """
    from iacwatch.cli.commands import who_run  # noqa: PLC0415  (--help needs none of it)

    report = taken(options)
    return who_run.who(front, report, who_run.Given(**options))
