"""`iacwatch explain`: one message, step by step, and nothing is changed."""

from tests.fixtures.small_world import call, change, group_id, listed


def test_every_step_from_the_message_to_the_verdict_is_told_and_nothing_is_changed(aws, run):
    aws.add_event(call(1), resource_names=listed(1))
    refused = call(1, who="mallory@example.com", lag=50, errorCode="Client.UnauthorizedOperation")
    aws.add_event(refused, resource_names=listed(1))
    done = run("explain", "-", stdin=change(1))
    assert done.returncode == 0, done.stderr
    for step in ("Parsed", "Managed", "Window", "Names", "Looked up", "Candidates", "Verdict"):
        assert f"\n{step} " in f"\n{done.stdout}", step
    for words in (group_id(1), "managed-by=terraform", "Configuration.IpPermissions.0", "+ "):
        assert words in done.stdout
    for words in ("alice@example.com", "Client.UnauthorizedOperation", "out-of-band"):
        assert words in done.stdout
    asked = {"GetCallerIdentity", "LookupEvents", "GetResourceConfigHistory"}
    assert {called.operation for called in aws.calls} == asked


def test_what_needs_no_verdict_or_has_none_yet_says_so(aws, run):
    unmanaged = run("explain", "-", stdin=change(1, tags={}))
    assert (unmanaged.returncode, "ignored (unmanaged)" in unmanaged.stdout) == (0, True)
    assert "LookupEvents" not in {called.operation for called in aws.calls}
    early = run("explain", "-", stdin=change(1, 5))
    assert (early.returncode, "not reported yet" in early.stdout) == (0, True)
    unreadable = run("explain", "-", stdin='{"detail-type": 7')
    assert (unreadable.returncode, "is not JSON" in unreadable.stderr) == (1, True)
    assert "Traceback" not in unreadable.stderr
    missing = run("explain", "missing.json")
    assert (missing.returncode, "missing.json" in missing.stderr) == (2, True)
