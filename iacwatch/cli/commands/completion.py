"""`iacwatch completion`: the completion script for a shell."""

import click
from click.shell_completion import get_completion_class

PROGRAM = "iacwatch"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for bash, zsh or fish.

    \b
    bash: eval "$(iacwatch completion bash)"            in ~/.bashrc
    zsh:  eval "$(iacwatch completion zsh)"             in ~/.zshrc, after compinit
    fish: iacwatch completion fish > ~/.config/fish/completions/iacwatch.fish
    """  # noqa: D301  (click's mark for lines to be kept as they are)
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this click cannot complete for {shell}", ctx=ctx)
    script = kind(ctx.find_root().command, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE")
    # Not `source()`: for bash that would run a bash to ask its version.
    click.echo(script.source_template % script.source_vars())
