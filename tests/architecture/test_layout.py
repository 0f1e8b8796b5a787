"""The shape of the house: small files, each where one looks for it."""

import ast
import subprocess

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
LONGEST = 400  # lines
MEDIAN = 60
NOT_WRITTEN_BY_HAND = {
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-tools.lock",
    "requirements-node.lock",
    "package-lock.json",
}
SOURCES = {".py", ".html", ".css", ".js", ".sh", ".txt", ".svg"}
BANNED_NAMES = {"utils.py", "helpers.py", "services.py", "signals.py", "managers.py", "misc.py"}
WAITING_WORDS = ("TO" + "DO", "FIX" + "ME")


@pytest.fixture(scope="module")
def files():
    """Every file that git knows or would know."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_no_file_is_long(files):
    long = {
        str(path.relative_to(ROOT)): len(lines(path))
        for path in files
        if path.suffix in SOURCES
        and path.name not in NOT_WRITTEN_BY_HAND
        and path.parent.name != "migrations"
    }
    assert {name: count for name, count in long.items() if count > LONGEST} == {}


def test_most_files_are_small(files):
    """Of what the product is made of: code, templates, styles, scripts."""
    counts = sorted(
        len(lines(path))
        for path in files
        if path.suffix in {".py", ".html", ".css", ".js"}
        and path.relative_to(ROOT).parts[0] not in {"tests", "bench"}
        and path.parent.name != "migrations"
        and path.stat().st_size
    )
    assert counts[len(counts) // 2] <= MEDIAN


def test_no_file_has_a_name_that_says_nothing(files):
    assert [path for path in files if path.name in BANNED_NAMES] == []


def test_no_class_is_called_a_service(files):
    found = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in files
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Service", "Helper"))
    ]
    assert found == []


def test_nothing_waits_to_be_finished(files):
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in files
        if path.suffix in SOURCES | {".md", ".toml", ".yml"}
        for word in WAITING_WORDS
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_test_folders_match_the_packages():
    packages = {*settings.OUR_APPS, "config", "sandbox", "bench"}
    folders = {
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert folders - packages - {"api", "architecture", "e2e"} == set()


def test_every_package_says_what_it_is():
    silent = [
        name
        for name in [*settings.OUR_APPS, "config"]
        if not ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text("utf-8")))
    ]
    assert silent == []
