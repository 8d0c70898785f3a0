"""`iacwatch package` and `iacwatch template`, as they are typed."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iacwatch.deploy.package import ARCHITECTURES
from iacwatch.deploy.template import FORMATS, text
from tests.fixtures import command


def iacwatch(*arguments: str, cwd=None) -> subprocess.CompletedProcess:
    return command.run(None, cwd or Path.cwd(), *arguments)


def test_package_writes_the_zip_and_says_its_size_and_sum(tmp_path):
    done = iacwatch("package", "--arch", "x86_64", "--output", "fn.zip", cwd=tmp_path)
    content = (tmp_path / "fn.zip").read_bytes()
    assert done.returncode == 0
    assert re.search(r"^fn\.zip: \d+\.\d MB, \d+\.\d MB unzipped, \d+ files, x86_64, ", done.stdout)
    assert hashlib.sha256(content).hexdigest() in done.stdout
    assert "slack-sdk " in done.stdout


def test_package_writes_into_what_is_no_plain_file_and_follows_links(tmp_path):
    (tmp_path / "fn.zip").symlink_to("target.zip")
    (tmp_path / "pipe.zip").symlink_to("/dev/stdout")
    first = iacwatch("package", "--output", "fn.zip", cwd=tmp_path)
    assert first.returncode == 0
    content = (tmp_path / "target.zip").read_bytes()
    piped = subprocess.run(
        [sys.executable, "-m", "iacwatch", "package", "--output", "pipe.zip"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert piped.stdout == content
    assert hashlib.sha256(content).hexdigest() in piped.stderr.decode()
    assert {each.name: each.is_symlink() for each in tmp_path.iterdir()} == {
        "fn.zip": True,
        "pipe.zip": True,
        "target.zip": False,
    }


def test_package_says_what_is_wrong_in_one_sentence(tmp_path):
    done = iacwatch("package", "--output", str(tmp_path / "nowhere" / "fn.zip"))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: cannot write .*: No such file or directory\n", done.stderr)


@pytest.mark.parametrize(
    ("form", "member"), [*((form, False) for form in FORMATS), *((form, True) for form in FORMATS[:2])]
)
def test_template_prints_the_text_and_nothing_else(form, member):
    done = iacwatch("template", "--format", form, *(["--member"] if member else []))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == text(form, member=member)
    assert done.stdout.endswith("\n")


def test_a_format_without_anything_for_members_says_so():
    done = iacwatch("template", "--format", "kubernetes", "--member")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--member has no template in the format kubernetes" in done.stderr


def test_template_is_cloudformation_by_default():
    assert iacwatch("template").stdout == text("cloudformation")


@pytest.mark.parametrize(("command", "choices"), [("package", ARCHITECTURES), ("template", FORMATS)])
def test_the_help_names_the_choices_that_there_are(command, choices):
    shown = iacwatch(command, "--help").stdout
    assert f"[{'|'.join(choices)}]" in shown
