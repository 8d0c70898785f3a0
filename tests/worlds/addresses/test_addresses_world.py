"""The real command, over HTTP: where changed objects live in IaC, what the next apply does, and no secret anywhere."""

import pytest

from tests.worlds.addresses.company import Company
from tests.worlds.addresses.play import play


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_objects_of_every_type_are_found_where_they_live(tmp_path):
    company = Company(1)
    assert len(company.estate.objects) >= 400
    assert len({each.thing.type for each in company.estate.objects}) >= 35
    marks = play(company, tmp_path)
    print(marks.text())
    assert marks.misses == []
    assert marks.sums["does unknown"] <= 0.5 * marks.sums["does said"]
