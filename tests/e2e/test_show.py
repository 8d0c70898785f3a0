"""`iacwatch show` from outside: what a drain posted is shown again, from its ledger."""

import json

from tests.fixtures.command import slack
from tests.fixtures.small_world import happen


def test_what_was_posted_is_shown_again_in_any_format_and_anything_else_is_a_sentence(aws, queue, run, drain):
    nothing = run("show", "9f2c1a04")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "keeps no finding 9f2c1a04; it keeps what was posted" in nothing.stderr
    happen(aws, queue, 1, 2)
    lines = drain(**slack(aws)).stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        name = json.loads(line)["finding_id"]
        assert run("show", name[:8], "--format", "jsonl").stdout == f"{line}\n"
    shown = run("show", name.upper(), "--format", "csv")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "alice@example.com" in shown.stdout

    for wrong in ("9f2c1a0", "\x1b[31m9f2c1a04"):
        done = run("show", wrong)
        assert done.returncode == 2
        assert "is not the id of a finding; give the id, or its first 8 digits" in done.stderr
        assert "\x1b" not in done.stderr
    forgetful = run("show", name, IACWATCH_LEDGER__URL="memory")
    assert (forgetful.returncode, "in memory" in forgetful.stderr) == (2, True)
