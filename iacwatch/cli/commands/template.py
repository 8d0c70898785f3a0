"""`iacwatch template`: print the infrastructure to deploy."""

import click


@click.command("template")
@click.option(
    "--format",
    "form",
    type=click.Choice(["cloudformation", "terraform"]),
    default="cloudformation",
    show_default=True,
    help="What it is written for; both make the same.",
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
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    from iacwatch.deploy.template import text

    click.echo(text(form, member=member), nl=False)
