"""Changes of the past from Config's files: which are read, what is wrong with some, and what they don't show."""

import gzip
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

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

HERE, OTHER = ConfigPlace(ACCOUNT, "eu-west-1"), "222233334444"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
GROUP = "AWS::EC2::SecurityGroup"
END = ago(120).replace(minute=30, second=0, microsecond=0)  # so that what lies minutes apart is of one file
DAY = Window(start=END - timedelta(days=1), end=END)


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def read_files(monkeypatch):
    """Give the names of the files that are opened."""
    names, real = [], Folder.open
    monkeypatch.setattr(Folder, "open", lambda self, file: names.append(file.name) or real(self, file))
    return names


def at(minutes):
    return DAY.start + timedelta(minutes=minutes, milliseconds=123)


def state(number, minutes, size=1, **more):
    """Return a security group's item, by minutes since the day began."""
    configuration = {"groupId": group_id(number), "size": size}
    return item(number, at(minutes), **{"configuration": configuration, **more})


def source(root, *, spool="spool", refuse=lambda _account: None):
    return HistoryFiles(
        store=open_store(str(root), Sessions()),
        spool=Spool(Path(root).parent / f"{spool}.sqlite3"),
        window=DAY,
        tag_key="managed-by",
        progress=silent,
        refuse=refuse,
        **dict.fromkeys(("accounts", "regions", "types"), ()),
    )


def deliver(root, *documents):
    history_folder.deliver(root, [(document, REGION) for document in documents])


def deliveries(found):
    with closing(found.waves()) as waves:
        return [delivery for wave in waves for delivery in wave]


def changed(found):
    return [json.loads(each.document)["detail"]["configurationItem"] for each in deliveries(found)]


def ids(found):
    return [each["resourceId"] for each in changed(found)]


def gaps(found, word):
    return [gap for gap in found.gaps if word in gap]


HISTORY = "111122223333_Config_eu-west-1_ConfigHistory_AWS::CloudTrail::Trail_20160927T195818Z_20160927T195926Z_1.json.gz"
SNAPSHOT = "111122223333_Config_us-gov-west-1_ConfigSnapshot_20160927T183939Z_0f3c8d2e-1.json.gz"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (f"x/AWSLogs/111122223333/Config/eu-west-1/2016/9/27/ConfigHistory/{HISTORY}", (HERE, "AWS::CloudTrail::Trail", "2016-09-27 19:58:18", False)),
        (SNAPSHOT, (ConfigPlace(ACCOUNT, "us-gov-west-1"), "", "2016-09-27 18:39:39", True)),
        (HISTORY.replace("0927T", "9999T").replace(".gz", ""), (HERE, "AWS::CloudTrail::Trail", "", False)),
        ("AWSLogs/1/Config/eu-west-1/2016/9/27/OversizedChangeNotification/AWS::S3::Bucket/b/x.json.gz", None),
        ("AWSLogs/1/Config/ConfigWritabilityCheckFile", None),
    ],
)  # fmt: skip
def test_a_files_name_tells_account_region_type_and_time(name, told):
    file = read_name(StoredFile(name=name, size=1))
    start = f"{file.start:%Y-%m-%d %H:%M:%S}" if file and file.start else ""
    assert (file and (file.place, file.type, start, file.snapshot)) == told


def test_a_change_that_was_delivered_the_next_day_is_found_whatever_the_folders(root, tmp_path):
    deliver(root, state(1, -500), state(1, 1439, 2))
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in root.rglob("*.gz"):
        (flat / path.name).write_bytes(path.read_bytes())
    for place in (root, root / "AWSLogs", root / "AWSLogs" / ACCOUNT, flat):
        assert ids(source(place, spool=tmp_path / place.name)) == [group_id(1)]


def test_files_of_another_name_count_if_they_are_configs_and_others_are_said(root):
    history_folder.file(root / "export.json", [state(1, -5), state(1, 5, 2)], zipped=False)
    (root / "lines.json").write_text("\n".join(map(json.dumps, (state(2, -5), state(2, 6, 2)))))
    (root / "list.json").write_text(json.dumps([state(3, -5), state(3, 7, 2)]))
    (root / "y.json.gz").write_bytes(gzip.compress(b"[1, 2]"))
    found = source(root)
    assert ids(found) == [group_id(1), group_id(2), group_id(3)]
    assert "1 files that are none of AWS Config's" in found.gaps


def test_a_folder_without_any_file_of_configs_says_so(root):
    (root / "x.json").write_text('{"hello": 1}')
    found = source(root)
    assert deliveries(found) == []
    assert found.failures == ["there is no file of AWS Config's history: check --changes"]
    assert gaps(found, "is this the right folder?")


def test_accounts_that_are_not_ours_are_left_out_with_a_sentence_each(root, read_files):
    for account in (ACCOUNT, OTHER):
        deliver(root, *(state(1, minutes, minutes, awsAccountId=account) for minutes in (-5, 5)))
    found = source(root, refuse=lambda account: f"{account} is not ours" if account == OTHER else None)
    assert {each["awsAccountId"] for each in changed(found)} == {ACCOUNT}
    assert f"{OTHER} is not ours" in found.gaps
    assert not [name for name in read_files if OTHER in name]


def test_a_snapshot_tells_the_items_before_and_ends_the_search_and_is_no_source_of_changes(root, read_files):
    old, taken = [state(number, -30 * 1440) for number in range(5)], {"account": ACCOUNT, "region": REGION}
    deliver(root, *old, *(state(number, 10, 2) for number in range(5)))
    deliver(root, state(3, -3 * 1440, 7))
    history_folder.snapshot(root, old[:4], at=at(-4 * 1440), **taken)
    history_folder.snapshot(root, [state(9, 10)], at=at(20), **taken)
    found = source(root)
    before = [json.loads(each.previous_document or "{}") for each in deliveries(found)]
    told = {each.get("resourceId"): each and each["configuration"]["size"] for each in before}
    assert told == {group_id(0): 1, group_id(1): 1, group_id(2): 1, group_id(3): 7, None: {}}
    assert sum("ConfigSnapshot" in name for name in read_files) == 1
    assert not [name for name in read_files if history_folder.mark(at(-30 * 1440)) in name]
    assert not gaps(found, "no earlier item")


def test_what_has_no_earlier_item_anywhere_is_counted_and_said(root):
    deliver(root, state(1, 10), state(2, 11, **GONE), state(3, 12, tags={}))
    deliver(root, state(4, 13, configurationItemStatus="ResourceDiscovered"))
    found = source(root)
    assert ids(found) == [group_id(1), group_id(2), group_id(4)]
    assert [gap.partition(":")[0] for gap in gaps(found, "no earlier item")] == [
        "what exactly changed in 1 resources",
        "whether 1 deleted resources carried the tag",
        "whether 1 changed resources without the tag lost it in their first change",
    ]


@pytest.mark.parametrize("named", [True, False])
def test_how_far_the_files_reach_is_said_where_that_is_not_far_enough(root, named):
    items = [state(1, 5, 2), state(1, -500)]
    if named:
        deliver(root, *items)
    else:  # then the items tell it
        history_folder.file(root / "export.json", items)
    for _ in range(2):  # the second time nothing is read any more
        found = source(root)
        deliveries(found)
        told = [gap.partition(": no file")[0] for gap in found.gaps if "reaches" in gap or "folder" in gap]
        assert told == [f"changes after {at(5):%Y-%m-%d %H:%M}Z"]
        found.close()


BROKEN = {
    "cut": lambda raw, _text: raw[: len(raw) // 2],
    "cut inside": lambda _raw, text: gzip.compress(text[: len(text) // 2]),
    "cut between": lambda _raw, text: gzip.compress(text[: text.rindex(b"}") - 1]),
    "garbage": lambda _raw, _text: b"\x1f\x8b" + b"garbage" * 20,
    "not utf-8": lambda _raw, text: gzip.compress(text.replace(b"web-1", b"web-\xff")),
    "another document": lambda _raw, _text: gzip.compress(b'{"Records": []}'),
    "empty": lambda _raw, _text: b"",
    "too deep": lambda _raw, _text: gzip.compress(b'{"configurationItems": [' + b"[" * 100_000),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_file_is_a_failure_and_never_an_empty_file(root, how):
    deliver(root, state(1, 4), state(1, 5, 2))
    (path,) = root.rglob("*.gz")
    path.write_bytes(BROKEN[how](path.read_bytes(), gzip.decompress(path.read_bytes())))
    deliver(root, state(2, -700), state(2, 700, 2))
    found = source(root)
    assert ids(found) == [group_id(2)]
    (failure,) = found.failures
    assert f"ConfigHistory_{GROUP}_" in failure


def test_nothing_of_a_damaged_file_counts_and_the_whole_one_is_read_the_next_time(root):
    deliver(root, *(state(number, 5 + number / 600) for number in range(900)))
    (path,) = root.rglob("*.gz")
    whole = path.read_bytes()
    for content, count in ((whole[:-20], 0), (whole, 900)):
        path.write_bytes(content)
        found = source(root)
        assert (len(deliveries(found)), len(found.failures)) == (count, not count)
        found.close()


@pytest.mark.parametrize("field", ["resourceId", "awsAccountId", "configurationItemCaptureTime"])
def test_an_item_that_cannot_be_read_fails_alone(root, field):
    deliver(root, *(state(number, 5, ARN=None) for number in range(3)))
    (path,) = root.rglob("*.gz")
    body = json.loads(gzip.decompress(path.read_bytes()))
    body["configurationItems"][1][field] = {"awsAccountId": "12"}.get(field)
    path.write_bytes(gzip.compress(json.dumps(body).encode()))
    found = source(root)
    assert (len(deliveries(found)), len(found.failures)) == (2, 1)


def test_a_file_that_may_not_be_read_is_told_with_its_name(root, monkeypatch):
    deliver(root, state(1, 5))
    found = source(root)
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    assert deliveries(found) == []
    assert any("Permission denied" in failure for failure in found.failures)
