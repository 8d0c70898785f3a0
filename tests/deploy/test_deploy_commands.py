"""`iacwatch package` and `iacwatch template`, as they are typed."""

import hashlib
import re
import subprocess
import sys

import pytest

from iacwatch.deploy.package import ARCHITECTURES
from iacwatch.deploy.template import FORMATS, text


def iacwatch(*arguments: str, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "iacwatch", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_package_writes_the_zip_and_says_its_size_and_sum(tmp_path):
    done = iacwatch("package", "--arch", "x86_64", "--output", "fn.zip", cwd=tmp_path)
    content = (tmp_path / "fn.zip").read_bytes()
    assert done.returncode == 0
    assert re.search(r"^fn\.zip: \d+\.\d MB, \d+\.\d MB unzipped, \d+ files, x86_64, ", done.stdout)
    assert hashlib.sha256(content).hexdigest() in done.stdout
    assert "slack-sdk " in done.stdout


def test_package_says_what_is_wrong_in_one_sentence(tmp_path):
    done = iacwatch("package", "--output", str(tmp_path / "nowhere" / "fn.zip"))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: cannot write .*: No such file or directory\n", done.stderr)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("member", [False, True])
def test_template_prints_the_text_and_nothing_else(form, member):
    done = iacwatch("template", "--format", form, *(["--member"] if member else []))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == text(form, member=member)
    assert done.stdout.endswith("\n")


def test_template_is_cloudformation_by_default():
    assert iacwatch("template").stdout == text("cloudformation")


@pytest.mark.parametrize(("command", "choices"), [("package", ARCHITECTURES), ("template", FORMATS)])
def test_the_help_names_the_choices_that_there_are(command, choices):
    shown = iacwatch(command, "--help").stdout
    assert f"[{'|'.join(choices)}]" in shown
