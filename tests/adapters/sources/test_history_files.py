"""Changes of the past from Config's files: which are read, what is wrong with some, and what they don't show."""

import gzip
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import Window
from iacwatch.ports import silent
from iacwatch.sources.history.file_layout import read_name
from iacwatch.sources.history.files import HistoryFiles
from iacwatch.storage.files import Folder, StoredFile, open_store
from iacwatch.storage.spool import Spool
from tests.fixtures import history_folder
from tests.fixtures.small_world import ACCOUNT, REGION, ago, group_id, item

OTHER = "222233334444"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
GROUP = "AWS::EC2::SecurityGroup"


@pytest.fixture
def day():
    end = ago(60).replace(microsecond=0)
    return Window(start=end - timedelta(days=1), end=end)


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def read_files(monkeypatch):
    """Give the names of the files that are opened."""
    names, real = [], Folder.open

    def spied(self, file):
        names.append(file.name)
        return real(self, file)

    monkeypatch.setattr(Folder, "open", spied)
    return names


def at(day, minutes):
    return day.start + timedelta(minutes=minutes, milliseconds=123)


def state(number, when, size=1, **more):
    return item(number, when, **{"configuration": {"groupId": group_id(number), "size": size}, **more})


def source(root, day, *, spool="spool", **more):
    options = {"accounts": (), "regions": (), "types": (), "refuse": lambda _account: None, **more}
    return HistoryFiles(
        store=open_store(str(root), Sessions()),
        spool=Spool(Path(root).parent / f"{spool}.sqlite3"),
        window=day,
        tag_key="managed-by",
        progress=silent,
        **options,
    )


def deliver(root, *documents, region=REGION):
    return history_folder.deliver(root, [(document, region) for document in documents])


def changes(found):
    with closing(found.waves()) as waves:
        return [json.loads(delivery.document) for wave in waves for delivery in wave]


def ids(found):
    return [each["detail"]["configurationItem"]["resourceId"] for each in changes(found)]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "x/AWSLogs/111122223333/Config/eu-west-1/2016/9/27/ConfigHistory/"
            "111122223333_Config_eu-west-1_ConfigHistory_AWS::CloudTrail::Trail_20160927T195818Z_20160927T195926Z_1.json.gz",
            ("111122223333", "eu-west-1", "AWS::CloudTrail::Trail", "2016-09-27 19:58:18", False),
        ),
        (
            "111122223333_Config_us-gov-west-1_ConfigSnapshot_20160927T183939Z_0f3c8d2e-1.json.gz",
            ("111122223333", "us-gov-west-1", "", "2016-09-27 18:39:39", True),
        ),
        (
            "111122223333_Config_eu-west-1_ConfigHistory_AWS::S3::Bucket_20169999T999999Z_20160927T195926Z_1.json",
            ("111122223333", "eu-west-1", "AWS::S3::Bucket", "", False),
        ),
    ],
)
def test_a_files_name_tells_account_region_type_and_time(name, told):
    file = read_name(StoredFile(name=name, size=1))
    start = f"{file.start:%Y-%m-%d %H:%M:%S}" if file.start else ""
    assert (*file.place, file.type, start, file.snapshot) == told


@pytest.mark.parametrize(
    "name",
    [
        "AWSLogs/1/Config/eu-west-1/2016/9/27/OversizedChangeNotification/AWS::S3::Bucket/b/x.json.gz",
        "AWSLogs/1/CloudTrail/eu-west-1/2016/09/27/x.json.gz",
        "AWSLogs/1/Config/ConfigWritabilityCheckFile",
        "notes.txt",
    ],
)
def test_other_files_are_not_read_at_all(name):
    assert read_name(StoredFile(name=name, size=1)) is None


def test_only_files_of_the_range_account_region_and_type_are_opened(root, day, read_files):
    for days in range(-60, 10):
        deliver(
            root,
            state(1, at(day, days * 1440), days),
            state(2, at(day, days * 1440), resourceType="AWS::S3::Bucket"),
        )
        deliver(root, state(1, at(day, days * 1440), days, awsRegion="us-east-1"), region="us-east-1")
        deliver(root, state(1, at(day, days * 1440), days, awsAccountId=OTHER))
    found = ids(source(root, day, accounts=[ACCOUNT], regions=[REGION], types=[GROUP]))
    assert found == [group_id(1)]
    assert len(read_files) == 3
    assert all(f"{ACCOUNT}_Config_{REGION}_ConfigHistory_{GROUP}_" in name for name in read_files)


def test_a_change_that_was_delivered_the_next_day_is_found(root, day):
    deliver(root, state(1, at(day, -500)), state(1, day.end - timedelta(minutes=1), 2))
    assert ids(source(root, day)) == [group_id(1)]


def test_padded_folders_and_a_folder_without_folders_are_read_too(root, day, tmp_path):
    documents = [state(1, at(day, -5000)), state(1, at(day, 5), 2), state(1, at(day, -9 * 1440), 3)]
    deliver(root, *documents)
    for flat in (False, True):
        other = tmp_path / f"other{flat}"
        for path in list(root.rglob("*.gz")):
            year, month, folder = path.relative_to(root).parts[4:7]
            padded = f"AWSLogs/{ACCOUNT}/Config/{REGION}/{year}/{int(month):02}/{int(folder):02}"
            target = other / path.name if flat else other / padded / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        (delivery,) = changes(source(other, day, spool=f"spool{flat}"))
        assert delivery["detail"]["configurationItem"]["configuration"]["size"] == 2


@pytest.mark.parametrize("below", ["AWSLogs", f"AWSLogs/{ACCOUNT}", "."])
def test_the_folder_may_be_named_at_several_heights(root, day, below):
    deliver(root, state(1, at(day, -500)), state(1, at(day, 5), 2))
    assert ids(source(root / below, day)) == [group_id(1)]


def test_a_bucket_with_a_prefix_of_its_own_is_looked_into(root, day):
    deliver(root / "config-logs", state(1, at(day, -500)), state(1, at(day, 5), 2))
    deliver(root / "made", state(2, at(day, -500)), state(2, at(day, 5), 2))
    (root / "organization" / "AWSLogs").mkdir(parents=True)
    (root / "made" / "AWSLogs").rename(root / "organization" / "AWSLogs" / "o-abcdefghij")
    assert sorted(ids(source(root, day))) == [group_id(1), group_id(2)]


def test_a_snapshot_tells_the_items_before_and_ends_the_search(root, day, read_files):
    old = [state(number, at(day, -30 * 1440)) for number in range(5)]
    deliver(root, *old, *(state(number, at(day, 10), 2) for number in range(5)))
    deliver(root, state(3, at(day, -3 * 1440), 7))
    taken = at(day, -4 * 1440)
    history_folder.snapshot(root, old[:4], account=ACCOUNT, region=REGION, at=taken)
    found = source(root, day)
    with closing(found.waves()) as waves:
        before = {
            json.loads(each.document)["detail"]["configurationItem"]["resourceId"]: json.loads(
                each.previous_document or "null"
            )
            for wave in waves
            for each in wave
        }
    assert before[group_id(1)]["configuration"]["size"] == 1
    assert before[group_id(3)]["configuration"]["size"] == 7
    assert before[group_id(4)] is None
    assert sum("ConfigSnapshot" in name for name in read_files) == 1
    assert not [name for name in read_files if history_folder.mark(at(day, -30 * 1440)) in name]
    assert not [gap for gap in found.gaps if "no earlier item" in gap]


def test_a_snapshot_is_no_source_of_changes(root, day):
    history_folder.snapshot(root, [state(1, at(day, 10))], account=ACCOUNT, region=REGION, at=at(day, 20))
    assert changes(source(root, day)) == []


def test_what_has_no_earlier_item_anywhere_is_counted_and_said(root, day):
    deliver(root, state(1, at(day, 10)), state(2, at(day, 11), **GONE), state(3, at(day, 12), tags={}))
    deliver(root, state(4, at(day, 13), configurationItemStatus="ResourceDiscovered"))
    found = source(root, day)
    assert ids(found) == [group_id(1), group_id(2), group_id(4)]
    gaps = [gap for gap in found.gaps if "no earlier item" in gap]
    assert [gap.partition(":")[0] for gap in gaps] == [
        "what exactly changed in 1 resources",
        "whether 1 deleted resources carried the tag",
        "whether 1 changed resources without the tag lost it in their first change",
    ]


def test_how_far_the_files_reach_is_said_where_that_is_not_far_enough(root, day):
    deliver(root, state(1, at(day, -500)), state(1, at(day, 5), 2))
    found = source(root, day)
    changes(found)
    assert any(gap.startswith(f"changes after {at(day, 5):%Y-%m-%d %H:%M}Z") for gap in found.gaps)


@pytest.mark.parametrize("more", [{}, {"tags": {}}])
def test_where_no_name_tells_a_time_the_items_tell_how_far_the_files_reach(root, day, more):
    history_folder.file(
        root / "export.json", [state(1, at(day, 5), 2, **more), state(1, at(day, -500), **more)]
    )
    for _ in range(2):  # the second time nothing is read any more
        found = source(root, day)
        changes(found)
        assert [
            gap.partition(": no file")[0] for gap in found.gaps if "reaches" in gap or "folder" in gap
        ] == [f"changes after {at(day, 5):%Y-%m-%d %H:%M}Z"]
        found.close()


def test_a_folder_without_any_file_of_configs_says_so(root, day):
    (root / "x.json").write_text('{"hello": 1}')
    (root / "y.json.gz").write_bytes(gzip.compress(b"[1, 2]"))
    found = source(root, day)
    assert changes(found) == []
    assert found.failures == ["there is no file of AWS Config's history: check --changes"]
    assert any("is this the right folder?" in gap for gap in found.gaps)
    assert "2 files that are none of AWS Config's" in found.gaps


def test_files_of_another_name_count_if_they_are_configs(root, day):
    history_folder.file(root / "export.json", [state(1, at(day, -5)), state(1, at(day, 5), 2)], zipped=False)
    lines = "\n".join(json.dumps(each) for each in (state(2, at(day, -5)), state(2, at(day, 6), 2)))
    (root / "lines.json").write_text(lines)
    (root / "list.json").write_text(json.dumps([state(3, at(day, -5)), state(3, at(day, 7), 2)]))
    assert ids(source(root, day)) == [group_id(1), group_id(2), group_id(3)]


def test_accounts_that_are_not_ours_are_left_out_with_a_sentence_each(root, day, read_files):
    for account in (ACCOUNT, OTHER):
        deliver(
            root, state(1, at(day, -5), awsAccountId=account), state(1, at(day, 5), 2, awsAccountId=account)
        )
    found = source(root, day, refuse=lambda account: f"{account} is not ours" if account == OTHER else None)
    assert [each["account"] for each in changes(found)] == [ACCOUNT]
    assert f"{OTHER} is not ours" in found.gaps
    assert not [name for name in read_files if OTHER in name]


def broken(root, how):
    (path,) = [path for path in root.rglob("*.gz") if path.stat().st_size]
    raw = path.read_bytes()
    text = gzip.decompress(raw)
    path.write_bytes(
        {
            "cut": raw[: len(raw) // 2],
            "cut inside": gzip.compress(text[: len(text) // 2]),
            "cut between": gzip.compress(text[: text.rindex(b"}") - 1]),
            "garbage": b"\x1f\x8b" + b"garbage" * 20,
            "not utf-8": gzip.compress(text.replace(b"web-1", b"web-\xff")),
            "another document": gzip.compress(b'{"Records": []}'),
            "empty": b"",
            "too deep": gzip.compress(b'{"configurationItems": [' + b"[" * 100_000),
        }[how]
    )


@pytest.mark.parametrize(
    "how",
    ["cut", "cut inside", "cut between", "garbage", "not utf-8", "another document", "empty", "too deep"],
)
def test_a_damaged_file_is_a_failure_and_never_an_empty_file(root, day, how):
    deliver(root, state(1, at(day, 4)), state(1, at(day, 5), 2))
    broken(root, how)
    deliver(root, state(2, at(day, -700)), state(2, at(day, 700), 2))
    found = source(root, day)
    assert ids(found) == [group_id(2)]
    (failure,) = found.failures
    assert f"ConfigHistory_{GROUP}_" in failure


def test_what_was_put_in_of_a_damaged_file_does_not_count_and_the_whole_one_is_read_the_next_time(root, day):
    deliver(root, *(state(number, at(day, 5) + timedelta(seconds=number / 10)) for number in range(900)))
    (path,) = root.rglob("*.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    first = source(root, day)
    assert changes(first) == []
    assert first.failures
    first.close()
    path.write_bytes(whole)
    again = source(root, day)
    assert len(changes(again)) == 900
    assert again.failures == []


@pytest.mark.parametrize("field", ["resourceId", "awsAccountId", "configurationItemCaptureTime"])
def test_an_item_that_cannot_be_read_fails_alone(root, day, field):
    deliver(root, *(state(number, at(day, 5), ARN=None) for number in range(3)))
    (path,) = root.rglob("*.gz")
    body = json.loads(gzip.decompress(path.read_bytes()))
    body["configurationItems"][1][field] = {"awsAccountId": "12"}.get(field)
    path.write_bytes(gzip.compress(json.dumps(body).encode()))
    found = source(root, day)
    assert len(changes(found)) == 2
    assert len(found.failures) == 1


def test_a_file_that_may_not_be_read_is_told_with_its_name(root, day, monkeypatch):
    deliver(root, state(1, at(day, 5)))

    def refused(self, *_arguments):
        raise PermissionError(13, "Permission denied")

    found = source(root, day)
    monkeypatch.setattr(Path, "open", refused)
    assert changes(found) == []
    assert any("Permission denied" in failure for failure in found.failures)


def test_items_larger_than_a_piece_of_a_file_are_read_whole(root, day):
    big = state(1, at(day, 5), 2, description="x" * 5_000_000)
    deliver(root, state(1, at(day, 3)), big, state(1, at(day, 6), 3))
    assert len(changes(source(root, day))) == 3


def test_items_without_the_tag_are_not_kept_but_found_again_where_they_count(root, day):
    bare = [state(number, at(day, minute), minute, tags={}) for number in range(300) for minute in (-40, 5)]
    deliver(root, *bare, state(7, at(day, 500), 3), state(8, at(day, -90)))
    found = source(root, day)
    assert sorted(ids(found)) == [group_id(7), group_id(7), group_id(8)]
    (kept,) = found._spool.run("SELECT COUNT(*) FROM item").fetchone()
    assert kept == 6


def test_places_in_names_are_places(root, day):
    deliver(root, state(1, at(day, 5)))
    (path,) = root.rglob("*.gz")
    file = read_name(StoredFile(name=path.relative_to(root).as_posix(), size=1))
    assert file.place == ConfigPlace(ACCOUNT, REGION)
