"""Files in a folder and in a bucket: one interface, one set of laws."""

import gzip
import io
import os
from datetime import date

import pytest
from botocore.exceptions import ResponseStreamingError
from botocore.response import StreamingBody

from iacwatch.aws.sessions import Sessions
from iacwatch.errors import IacwatchError, NotThere, ParseError, UsageError
from iacwatch.storage import files
from iacwatch.storage.awslogs_layout import ServiceFolders
from iacwatch.storage.files import Folder, StoredFile, open_store, unzipped
from tests.fixtures import places

FILES = {
    "AWSLogs/111122223333/Config/eu-west-1/2026/11/9/ConfigHistory/a.json.gz": b"one",
    "AWSLogs/111122223333/Config/eu-west-1/2026/11/19/ConfigHistory/b.json.gz": b"two",
    "AWSLogs/111122223333/Config/eu-west-1/2026/11/9x": b"three",
    "AWSLogs/444455556666/Config/us-east-1/c.json": b"four",
    "notes.txt": b"five",
}


@pytest.fixture(params=[places.Folder, places.Bucket])
def place(request, tmp_path, monkeypatch):
    """Give what puts files into a place, and opens it."""
    for name, value in places.environment().items():
        monkeypatch.setenv(name, value)

    def opened(files=FILES):
        made = request.param(tmp_path)
        for name, content in files.items():
            made.put(name, content)
        return open_store(made.where, Sessions())

    return opened


def content(there, file):
    with there.open(file) as source:
        return source.read()


EU = "AWSLogs/111122223333/Config/eu-west-1/2026/11"


def test_every_file_is_listed_and_read_and_folders_are_those_directly_below(place):
    there = place()
    found = list(there.list())
    assert {file.name: file.size for file in found} == {name: len(body) for name, body in FILES.items()}
    assert {file.name: content(there, file) for file in found} == FILES
    assert there.folders() == ["AWSLogs"]
    assert there.folders("AWSLogs") == ["111122223333", "444455556666"]
    assert there.folders(EU) == ["19", "9"]
    assert there.folders("AWSLogs/999988887777") == []
    for prefix in ("AWSLogs/111122223333/", f"{EU}/9/", f"{EU}/9", f"{EU}/12/"):
        assert {file.name for file in there.list(prefix)} == {
            name for name in FILES if name.startswith(prefix)
        }


def test_large_content_comes_whole_and_a_file_that_is_gone_is_an_error(place):
    body = os.urandom(9 * 1024 * 1024)
    there = place({"big": body})
    (file,) = there.list("big")
    assert content(there, file) == body
    with pytest.raises(IacwatchError, match="cannot read"):
        content(there, StoredFile(name="AWSLogs/gone", size=3))
    with pytest.raises(NotThere, match="s3://no-such-bucket-at-all"):
        list(open_store("s3://no-such-bucket-at-all/x", Sessions()).list())


def test_days_are_found_with_padded_numbers_and_without(tmp_path):
    region = "AWSLogs/111122223333/CloudTrail/eu-west-1"
    for day in ("2023/07/05", "2023/07/10", "2023/7/5", "2023/07/31x", "2023/07/99", "2023/08/01"):
        (tmp_path / region / day).mkdir(parents=True)
    assert ServiceFolders(Folder(tmp_path), "CloudTrail").days(region, date(2023, 7, 1)) == {
        date(2023, 7, 5): [f"{region}/2023/07/05", f"{region}/2023/7/5"],
        date(2023, 7, 10): [f"{region}/2023/07/10"],
    }


@pytest.mark.parametrize(
    ("text", "words"), [("s3://", "names no bucket"), ("/no/such/folder", "no file or folder")]
)
def test_what_names_no_place_is_wrong_usage(text, words):
    with pytest.raises(UsageError, match=words):
        open_store(text, Sessions())


def unzip(raw):
    return b"".join(unzipped(io.BytesIO(raw), "x.json.gz"))


def test_what_is_unzipped_comes_in_bounded_pieces_and_not_beyond_all_bounds(monkeypatch):
    raw = gzip.compress(b"x" * 50_000_000, 1)
    assert max(map(len, unzipped(io.BytesIO(raw), "bomb"))) <= 1 << 20
    monkeypatch.setattr(files, "LARGEST", 3_000_000)
    with pytest.raises(ParseError, match="holds more than"):
        unzip(raw)


def test_a_file_that_is_cut_short_or_damaged_is_never_a_shorter_file():
    raw = gzip.compress(os.urandom(5000))
    for cut in (1, 8, 9, 200):
        with pytest.raises(ParseError, match=r"x\.json\.gz is cut short"):
            unzip(raw[:-cut])
    with pytest.raises(ParseError, match="is damaged"):
        unzip(raw[:100] + b"\0" * 10 + raw[110:])


@pytest.mark.parametrize("place", [places.Bucket], indirect=True)
def test_a_connection_that_breaks_off_is_tried_again(monkeypatch, place):
    there = place({"x": b"whole"})
    real, broken = StreamingBody.iter_chunks, iter([True, True, False])

    def iter_chunks(self, *arguments):
        if next(broken):
            yield b"wh"
            raise ResponseStreamingError(error=ConnectionResetError())
        yield from real(self, *arguments)

    monkeypatch.setattr(StreamingBody, "iter_chunks", iter_chunks)
    (file,) = there.list("x")
    assert content(there, file) == b"whole"
