"""`iacwatch template`: print the infrastructure to deploy."""

import click

from iacwatch.deploy.template import FORMATS


@click.command("template")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="What it is written for; the first two make the same, the others run `drain` on a schedule.",
)
@click.option(
    "--member",
    is_flag=True,
    help="What another account needs, to be watched from the one that iacwatch runs in.",
)
def command(form: str, member: bool) -> None:
    """Print the infrastructure to deploy: rule, queues, function, ledger, permissions, alarms.

    \b
    iacwatch template > iacwatch.yaml
    iacwatch template --format terraform > main.tf
    iacwatch template --format container > Containerfile
    iacwatch template --format kubernetes > cronjob.yaml
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from iacwatch.deploy.template import text

    click.echo(text(form, member=member), nl=False)
