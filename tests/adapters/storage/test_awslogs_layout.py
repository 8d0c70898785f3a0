"""Folders as AWS, and those who copy its buckets, lay them out."""

from datetime import date

import pytest

from iacwatch.storage.awslogs_layout import ServiceFolders
from iacwatch.storage.files import Folder

OWN, OTHER, ORGANIZATION = "111122223333", "444455556666", "o-abcdefghij"
REGION = "eu-west-1"


@pytest.fixture
def place(tmp_path):
    """Give what makes the folders of a place, and looks at them for CloudTrail's."""

    def made(*folders):
        for folder in folders:
            (tmp_path / folder).mkdir(parents=True)
        return ServiceFolders(Folder(tmp_path), "CloudTrail")

    return made


def test_days_are_found_with_padded_numbers_and_without(place):
    region = f"AWSLogs/{OWN}/CloudTrail/{REGION}"
    found = place(
        *(f"{region}/{day}" for day in ("2023/07/05", "2023/07/10", "2023/7/5", "2023/07/31x", "2023/07/99")),
        f"{region}/2023/08/01",
    )
    assert found.days(region, date(2023, 7, 1)) == {
        date(2023, 7, 5): [f"{region}/2023/07/05", f"{region}/2023/7/5"],
        date(2023, 7, 10): [f"{region}/2023/07/10"],
    }
