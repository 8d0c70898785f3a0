"""`iacwatch package` and `iacwatch template`, as they are typed."""

import hashlib
import re
import subprocess
import sys

import pytest

from iacwatch.cli.group import run
from iacwatch.deploy.template import FORMATS, text


@pytest.fixture
def iacwatch(capsys):
    """Run the command in this process; return its exit code, and what it wrote."""

    def done(*arguments):
        code = run(list(arguments))
        return code, *capsys.readouterr()

    return done


def test_package_writes_the_zip_and_says_its_size_and_sum(iacwatch, tmp_path):
    code, out, _ = iacwatch("package", "--arch", "x86_64", "--output", str(tmp_path / "fn.zip"))
    assert code == 0
    assert re.search(r"^.*fn\.zip: \d+\.\d MB, \d+\.\d MB unzipped, \d+ files, x86_64, ", out)
    assert hashlib.sha256((tmp_path / "fn.zip").read_bytes()).hexdigest() in out
    assert "slack-sdk " in out
    code, out, error = iacwatch("package", "--output", str(tmp_path / "nowhere" / "fn.zip"))
    assert (code, out) == (1, "")
    assert re.fullmatch(r"Error: cannot write .*: No such file or directory\n", error)


def test_package_writes_into_what_is_no_plain_file_and_follows_links(tmp_path):
    (tmp_path / "pipe.zip").symlink_to("/dev/stdout")
    piped = subprocess.run(
        [sys.executable, "-m", "iacwatch", "package", "--output", "pipe.zip"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert piped.stdout.startswith(b"PK")
    assert hashlib.sha256(piped.stdout).hexdigest() in piped.stderr.decode()
    assert [each.is_symlink() for each in tmp_path.iterdir()] == [True]


def test_template_prints_the_text_and_nothing_else(iacwatch):
    for form in FORMATS:
        assert iacwatch("template", "--format", form) == (0, text(form), "")
    for form in FORMATS[:2]:
        assert iacwatch("template", "--format", form, "--member") == (0, text(form, member=True), "")
    assert iacwatch("template") == (0, text("cloudformation"), "")
    assert text("cloudformation").endswith("\n")
    code, out, error = iacwatch("template", "--format", "kubernetes", "--member")
    assert (code, out) == (2, "")
    assert "--member has no template in the format kubernetes" in error
