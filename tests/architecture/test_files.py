"""What must never get into the repository."""

import re
import subprocess

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
LOCKS = sorted(ROOT.glob("requirements*.lock"))
# Folders that exist on one person's machine.
PERSONAL = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)/[\w.]")
MERGE_MARKS = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def tracked():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_lock_carries_no_host(lock):
    assert re.findall(r".*(?:://|index-url|find-links).*", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_lock_carries_a_hash_for_every_pin(lock):
    pins = re.findall(r"^\S+==\S+.*(?:\n    .*)*", lock.read_text(), re.MULTILINE)
    assert pins
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_browser_lock_carries_no_host():
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "://" not in text


def test_no_file_names_somebodys_folders():
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in tracked()
        if (match := PERSONAL.search(text_of(path)))
    }
    assert found == {}


def test_no_merge_was_left_half_done():
    assert [path for path in tracked() if MERGE_MARKS.search(text_of(path))] == []


def test_every_language_is_complete():
    from config.launch.messages import problems

    assert problems() == []


def test_no_translation_hides_in_an_f_string():
    """The collector of messages reads Python's tokens, and an f-string is one of them."""
    hidden = re.compile(r"""\bf["'].*\{\s*(_|n?p?gettext)\(""")
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in tracked()
        if path.suffix == ".py" and (match := hidden.search(text_of(path)))
    }
    assert found == {}
