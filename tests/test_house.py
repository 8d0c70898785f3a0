"""The house keeps its order: short folders, names that stand for one thing, packages that say what they are for."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import iacwatch

PACKAGE = Path(iacwatch.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({file.parent for file in FILES})
MOST_FILES = 20
MOST_OF_A_PREFIX = 3


@cache
def texts():
    return {file: file.read_text(encoding="utf-8") for file in FILES}


def name_of(path):
    return str(path.relative_to(PACKAGE.parent))


def test_no_two_classes_have_one_name():
    classes = Counter(
        name for text in texts().values() for name in re.findall(r"^ *class (\w+)", text, re.MULTILINE)
    )
    assert classes
    assert [name for name, count in classes.items() if count > 1] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_has_few_files_of_no_family_and_says_what_it_is_for_and_nothing_else(folder):
    """The package at the top holds the version besides."""
    files = [file.stem for file in folder.glob("*.py")]
    assert len(files) <= MOST_FILES
    families = Counter(stem.partition("_")[0] for stem in files if "_" in stem.strip("_"))
    assert {prefix for prefix, count in families.items() if count > MOST_OF_A_PREFIX} == set()
    tree = ast.parse(texts()[folder / "__init__.py"])
    about = ast.get_docstring(tree)
    assert about
    assert len(about.split()) > 2
    assert len(tree.body) == (2 if folder == PACKAGE else 1)


STORED = (
    "ledgers/dynamodb/ledger.py",
    "ledgers/sqlite/file.py",
    "ledgers/sqlite/ledger.py",
    "cli/dead_letters.py",
)
"""Where stored values and JSON keep the word: the ledgers' tables, and a fate of a dead letter."""


def test_what_people_read_says_reported_and_not_told():
    suspects = [file for file, text in texts().items() if re.search(r"\btold\b", text)]
    told = [
        f"{name_of(file)}:{node.lineno}"
        for file in suspects
        if file.relative_to(PACKAGE).as_posix() not in STORED
        for node in ast.walk(ast.parse(texts()[file]))
        if isinstance(node, ast.Constant) and re.search(r"\btold\b", str(node.value))
    ]
    assert told == []
