"""`iacwatch package`: build the zip that Lambda runs."""

from functools import partial
from pathlib import Path

import click

DEFAULT = "iacwatch-lambda.zip"


@click.command("package")
@click.option(
    "--arch",
    type=click.Choice(["arm64", "x86_64"]),
    default="arm64",
    show_default=True,
    help="What the function runs on.",
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT,
    show_default=True,
    help="The zip.",
)
def command(arch: str, output: Path) -> None:
    """Build the zip that Lambda runs, from iacwatch and its dependencies as they are installed here.

    The same versions make the same bytes. boto3 is left out, since Lambda brings it; so is what only the
    command line needs. `iacwatch template` prints what to deploy it with.
    """
    from iacwatch.deploy.package import build

    built = build(output, arch=arch)
    # What the zip is written to may be stdout itself.
    say = partial(click.echo, err=not output.is_file())
    compiled = f"compiled for python{built.compiled}" if built.compiled else "not compiled"
    say(
        f"{built.path}: {_size(built.size)}, {_size(built.unzipped)} unzipped, {built.files} files,"
        f" {built.arch}, {compiled}"
    )
    say(f"with        {', '.join(built.dependencies)}")
    say(f"sha256      {built.sha256}")
    say(f"CodeSha256  {built.code_sha256}  (as Lambda shows it)")
    if not built.compiled:
        click.echo(
            "Built by a Python that Lambda does not have: the function compiles all of it at each cold start."
            " It works, but begins faster if the Python of its runtime builds the zip.",
            err=True,
        )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
