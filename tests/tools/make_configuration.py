"""Makes `config.example.toml` and the tables of the manual's page on configuration from the settings' schema.

``python -m tests.tools.make_configuration`` writes both anew; tests hold that they are up to date.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from iacwatch.settings.load import OPTIONS
from iacwatch.settings.schema import ROOT
from iacwatch.settings.section import Key, Rows, TomlTable
from iacwatch.settings.values import spelled

TOP = Path(__file__).parents[2]
EXAMPLE = TOP / "config.example.toml"
PAGE = TOP / "iacwatch" / "manual" / "configuration.md"
HOW = "run `python -m tests.tools.make_configuration`"
BEGIN = "<!-- Made from iacwatch/settings/schema.py by tests/tools/make_configuration.py: begin -->"
END = "<!-- end -->"
WIDTH = 118
WIDEST = 48  # a longer setting stands below its help

HEADER = f"""\
# Every key of iacwatch, with its default. What is commented out has no default: uncomment it to use it.
# (Made from iacwatch/settings/schema.py: python -m tests.tools.make_configuration)
#
# Looked for, the first that is there: --config, $IACWATCH_CONFIG (a path, ssm:/name or s3://bucket/key),
# ./iacwatch.toml, ~/.config/iacwatch/config.toml (or $XDG_CONFIG_HOME/iacwatch/config.toml).
#
# Any key can be set in the environment too, as IACWATCH_<SECTION>__<KEY>: lists, tables and numbers as JSON,
# and what is set there replaces the whole key of the file:
#     IACWATCH_QUEUE__URL=https://sqs.eu-west-1.amazonaws.com/111122223333/iacwatch
#     IACWATCH_REPORT__VERDICTS='["all"]'
#     IACWATCH_WORKFLOW='[{{"name": "ci", "principals": ["arn:aws:iam::*:role/ci-*"]}}]'
# An option of the command line counts before the environment, the environment before this file.
# ({", ".join(OPTIONS[:-1])} and {OPTIONS[-1]} stand for the
# options of these names.)
#
# Durations: "90s", "20m", "1h30m", "7d". Times: RFC 3339 with a zone, "2026-11-20T10:00:00Z". Globs match the
# whole text, case-sensitively; * stands for anything, / included, and ? for one character.
"""


class Section(NamedTuple):
    """A section of the file; `example`: what a block of a repeated one shows."""

    name: str
    table: TomlTable
    example: Mapping[str, Any] | None = None

    @property
    def header(self) -> str:
        return f"[{self.name}]" if self.example is None else f"[[{self.name}]]"

    def settings(self) -> list[tuple[str, Key]]:
        return [(name, node) for name, node in self.table.keys.items() if isinstance(node, Key)]


def sections(table: TomlTable = ROOT, path: str = "") -> Iterator[Section]:
    """Yield every section in the order of the file."""
    for name, node in table.keys.items():
        if isinstance(node, TomlTable):
            yield Section(path + name, node)
            yield from sections(node, f"{path}{name}.")
        elif isinstance(node, Rows):
            yield Section(path + name, node.row, node.example)


def toml(value: Any) -> str:
    """Return a value as TOML writes it, a default of the program as somebody would write it."""
    match value:
        case None:
            return '""'
        case timedelta():
            return f'"{spelled(value)}"'
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case Mapping():
            names = {name: name if name.isalpha() else json.dumps(name) for name in value}
            return f"{{{', '.join(f'{names[name]} = {toml(value[name])}' for name in value)}}}"
    return json.dumps(value, ensure_ascii=False)


def config_example() -> str:
    """Return the text of `config.example.toml`."""
    return "\n".join([HEADER, *map(block, sections())])


def block(section: Section) -> str:
    """Return a section as the file shows it; a repeated one is commented out."""
    example, mark = section.example or {}, "" if section.example is None else "# "
    shown, keys = {**section.table.defaults, **example}, {}
    for name, key in section.settings():
        said = key.help if name in example else with_example(key, "")
        keys[f"{name} = {toml(shown[name])}"] = said.replace("`", "")
    column = len(mark) + max(size for size in map(len, keys) if size <= WIDEST) + 2
    lines = [*_wrapped(section.table.help, "# "), mark + section.header]
    for setting, said in keys.items():
        if len(setting) > WIDEST:
            lines += [*_wrapped(said, f"{mark}# "), f"{mark}{setting}"]
            continue
        first, *more = textwrap.wrap(said, WIDTH - column - 2, break_long_words=False, break_on_hyphens=False)
        lines.append(f"{mark}{setting}".ljust(column) + f"# {first}")
        lines += [f"{mark.ljust(column)}# {line}" for line in more]
    return "\n".join(lines) + "\n"


def _wrapped(said: str, mark: str) -> list[str]:
    return textwrap.wrap(said, WIDTH - 8, initial_indent=mark, subsequent_indent=mark)


def with_example(key: Key, quote: str) -> str:
    """Return a key's help and its example."""
    return key.help if key.example is None else f"{key.help}; e.g. {quote}{toml(key.example)}{quote}"


def manual_table(section: Section) -> str:
    """Return a section's table in Markdown."""
    rows = ["| Key | Takes | Default | What it says |", "| --- | --- | --- | --- |"]
    for name, key in section.settings():
        default = f"`{toml(section.table.defaults[name])}`" if name in section.table.defaults else "required"
        example = key.example if key.example is not None else (section.example or {}).get(name)
        said = with_example(Key(key.kind, key.help, example), "`").replace("|", "\\|")
        rows.append(f"| `{name}` | {key.kind.form} | {default} | {said} |")
    return "\n".join((f"### `{section.header}`", "", section.table.help, "", *rows, ""))


def page(text: str) -> str:
    """Return the manual's page with the part between its two marks made anew."""
    tables = "\n".join(map(manual_table, sections()))
    made = f"{BEGIN}\n\n{tables}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: made, text, flags=re.DOTALL)


def main() -> None:
    EXAMPLE.write_text(config_example(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
