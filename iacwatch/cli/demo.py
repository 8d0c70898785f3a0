"""`iacwatch demo`: the whole of it, against an AWS of its own on loopback."""

import sys

import click


@click.command("demo")
def command() -> int:
    """See it work without an AWS account.

    Starts an AWS (and a Slack) of its own on this machine, which holds one recorded day of a quiet account,
    and runs the real drain against it. Needs no account, no network and no configuration.
    """
    from iacwatch.demo import show  # noqa: PLC0415  (only this command needs it)

    return show.run(sys.stdout)
