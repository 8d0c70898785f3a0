"""A file that somebody named: whole or not at all, through links, and never in a device's place."""

import os
import stat
from pathlib import Path

import pytest

from iacwatch.storage.atomic_file import PRIVATE, AtomicFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.zip"


def write(path, content, **how):
    file = AtomicFile(path, **how)
    file.stream.write(content)
    file.commit()


@pytest.mark.parametrize("how", [{}, {"mode": PRIVATE}])
def test_who_may_read_it_is_said_by_the_mode_and_the_umask(path, how):
    before = os.umask(0o027)
    write(path, b"", **how)
    os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == (0o600 if how else 0o640)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed_and_stays_a_link(path, tmp_path, there):
    target = tmp_path / "folder" / "target"
    target.parent.mkdir()
    if there:
        target.write_bytes(b"old")
    path.symlink_to(target)
    write(path, b"new")
    assert path.is_symlink()
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_device_is_written_to_and_says_what_is_wrong(path):
    path.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write(path, b"content")
    write(Path("/dev/null"), b"content")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert path.is_symlink()
