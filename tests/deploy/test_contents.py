"""Which distributions go into the zip, and which cannot."""

from importlib import metadata
from pathlib import Path

import pytest

from iacwatch.deploy import contents
from iacwatch.errors import UsageError

PURE = ("py3-none-any",)


def install(
    folder: Path, name: str, *requires: str, tags: tuple[str, ...] = PURE, files: tuple[str, ...] = ()
) -> None:
    """Lay a distribution into a folder as pip would."""
    files = files or (f"{name.replace('-', '_')}.py",)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    wanted = "".join(f"Requires-Dist: {line}\n" for line in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{wanted}")
    (info / "WHEEL").write_text("".join(f"Tag: {tag}\n" for tag in tags))
    (info / "direct_url.json").write_text("{}")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"")
    own = [f"{info.name}/{file}" for file in ("METADATA", "WHEEL", "RECORD", "direct_url.json")]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in (*files, *own, "../../../bin/tool")))


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that holds everything that is installed."""

    def distribution(name: str) -> metadata.Distribution:
        for found in metadata.distributions(name=name, path=[str(tmp_path)]):
            return found
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(contents, "distribution", distribution)
    install(tmp_path, "boto3", "botocore>=1", "s3transfer")
    install(tmp_path, "botocore", 'urllib3!=2.2.0,<3,>=1.25.4; python_version >= "3.10"', "six")
    for name in ("s3transfer", "urllib3", "six"):
        install(tmp_path, name)
    install(tmp_path, "click")
    install(tmp_path, "rich", "pygments")
    install(tmp_path, "pygments")
    return tmp_path


def needed() -> list[str]:
    return [each.name for each in contents.dependencies()]


def test_what_needs_neither_the_runtime_nor_the_terminal_is_taken_with_what_it_needs(site):
    install(site, "iacwatch", "boto3>=1", "click", "rich", "Slack_SDK>=3", "pytest; extra == 'dev'")
    install(site, "slack-sdk", "inner", "aiohttp>3,<4; extra == 'optional'")
    install(site, "inner", "slack-sdk", "deeper[fast] (>=1)")
    install(site, "deeper", "quick; extra == 'fast'", "slow; extra == 'slow'")
    install(site, "quick")
    assert needed() == ["deeper", "inner", "quick", "slack-sdk"]


def test_what_boto3_brings_is_left_to_the_runtime_whoever_else_needs_it(site):
    install(site, "iacwatch", "boto3", "click", "rich", "slack-sdk")
    install(site, "slack-sdk", "urllib3", "six")
    assert needed() == ["slack-sdk"]


def test_what_the_terminal_shares_with_the_function_is_taken(site):
    install(site, "iacwatch", "boto3", "click", "rich", "slack-sdk")
    install(site, "slack-sdk", "pygments")
    assert needed() == ["pygments", "slack-sdk"]


def test_a_requirement_under_a_condition_counts_where_it_is_installed(site):
    install(site, "iacwatch", "boto3", "slack-sdk", 'tomli; python_version < "3.11"')
    install(site, "slack-sdk", 'typing-extensions; python_version < "3.99"')
    install(site, "typing-extensions")
    assert needed() == ["slack-sdk", "typing-extensions"]


def test_a_dependency_that_is_not_installed_is_named_with_who_needs_it(site):
    install(site, "iacwatch", "boto3", "slack-sdk")
    install(site, "slack-sdk", "inner")
    with pytest.raises(UsageError, match="inner, which slack-sdk needs, is not installed here"):
        contents.dependencies()


def test_outside_of_an_installation_there_is_nothing_to_take(site):
    assert site.is_dir()
    with pytest.raises(UsageError, match="iacwatch is not installed here; install iacwatch"):
        contents.collect(arch="arm64", python="3.13")


def of_slack(site: Path, *, arch: str = "arm64", python: str = "3.13", **kinds: tuple[str, ...]) -> set[str]:
    install(site, "iacwatch", "boto3", "slack-sdk")
    install(site, "slack-sdk", **kinds)
    return {name for name in contents.collect(arch=arch, python=python) if not name.startswith("iacwatch/")}


def test_of_a_distribution_only_its_files_and_its_name_are_taken(site):
    assert of_slack(site, files=("slack_sdk/__init__.py", "slack_sdk/__pycache__/a.cpython-313.pyc")) == {
        "slack_sdk/__init__.py",
        "slack_sdk-1.0.dist-info/METADATA",
    }


@pytest.mark.parametrize(
    ("arch", "tag"),
    [
        ("arm64", "cp313-cp313-manylinux_2_17_aarch64"),
        ("x86_64", "cp313-cp313-manylinux2014_x86_64"),
        ("x86_64", "cp39-abi3-linux_x86_64"),
    ],
)
def test_machine_code_that_lambda_can_run_is_taken(site, arch, tag):
    assert "fast.so" in of_slack(site, arch=arch, tags=(tag,), files=("fast.so",))


@pytest.mark.parametrize(
    ("arch", "tag"),
    [
        ("arm64", "cp313-cp313-manylinux_2_17_x86_64"),
        ("x86_64", "cp313-cp313-manylinux_2_17_aarch64"),
        ("arm64", "cp313-cp313-macosx_11_0_arm64"),
        ("x86_64", "cp313-cp313-musllinux_1_2_x86_64"),
        ("x86_64", "cp313-cp313-win_amd64"),
    ],
)
def test_machine_code_of_another_platform_is_refused(site, arch, tag):
    platform = tag.split("-")[-1]
    with pytest.raises(UsageError, match=f"slack-sdk 1.0 cannot go into a zip for {arch}: .*{platform}; run"):
        of_slack(site, arch=arch, tags=(tag,), files=("fast.so",))


def test_machine_code_that_no_tag_names_is_refused(site):
    with pytest.raises(UsageError, match="machine code"):
        of_slack(site, files=("slack_sdk/fast.pyd",))


def test_machine_code_for_a_python_that_lambda_has_not_is_refused(site):
    with pytest.raises(UsageError, match=r"machine code for Python 3\.11"):
        of_slack(site, python="3.11", tags=("cp311-cp311-manylinux_2_17_aarch64",), files=("fast.so",))


def test_a_dependency_that_is_installed_in_place_is_refused(site):
    with pytest.raises(UsageError, match="slack-sdk is installed in place"):
        of_slack(site, files=("__editable__.slack_sdk.pth",))


def test_a_file_that_is_gone_is_said(site):
    install(site, "iacwatch", "boto3", "slack-sdk")
    install(site, "slack-sdk", files=("slack_sdk.py",))
    (site / "slack_sdk.py").unlink()
    with pytest.raises(UsageError, match=r"slack-sdk is not whole here: .*; install slack-sdk again"):
        contents.collect(arch="arm64", python="3.13")


@pytest.mark.parametrize("place", ["licenses/LICENSE", "LICENSE"])
def test_iacwatchs_licence_is_taken_from_what_pip_installed(site, place):
    install(site, "slack-sdk")
    install(
        site, "iacwatch", "boto3", "slack-sdk", files=("iacwatch/x.py", f"iacwatch-1.0.dist-info/{place}")
    )
    (site / "iacwatch-1.0.dist-info" / place).write_bytes(b"as installed")
    assert contents.collect(arch="arm64", python="3.13")["iacwatch/LICENSE"] == b"as installed"


def test_iacwatchs_licence_is_taken_from_beside_its_sources_where_it_is_installed_in_place(site, monkeypatch):
    install(site, "slack-sdk")
    install(site, "iacwatch", "boto3", "slack-sdk")
    package = site / "sources" / "iacwatch"
    (package / "deploy").mkdir(parents=True)
    (package / "errors.py").write_bytes(b"")
    monkeypatch.setattr(contents, "__file__", str(package / "deploy" / "contents.py"))
    assert "iacwatch/LICENSE" not in contents.collect(arch="arm64", python="3.13")
    package.with_name("LICENSE").write_bytes(b"of the sources")
    assert contents.collect(arch="arm64", python="3.13")["iacwatch/LICENSE"] == b"of the sources"
