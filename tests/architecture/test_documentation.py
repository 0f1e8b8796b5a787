"""The documentation names what there is, and points to what is there."""

import re
import subprocess

import pytest
from django.conf import settings

from events import types

ROOT = settings.BASE_DIR
DEVELOPMENT = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
# Places of the reader's machine, made by our commands.
MADE = (".venv", "node_modules", ".tandem")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [name for name in targets if not (page.parent / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page):
    named = re.findall(
        r"`((?:bin|config|core|tests|docs|\w+)/[\w./]+\.(?:py|md|html|css|js|svg))`",
        page.read_text(encoding="utf-8"),
    )
    ours = [name for name in named if name.split("/")[0] in {path.name for path in ROOT.iterdir()}]
    assert [name for name in ours if "pager" not in name and not (ROOT / name).exists()] == []


def test_every_command_is_told_of():
    commands = [f"bin/{path.name}" for path in (ROOT / "bin").iterdir()]
    commands += [
        path.stem
        for app in settings.OUR_APPS
        for path in (ROOT / app / "management" / "commands").glob("[a-z]*.py")
    ]
    assert [name for name in commands if f"`{name}" not in DEVELOPMENT] == []


def test_every_mark_of_the_tests_is_told_of():
    told = subprocess.run(
        ["git", "grep", "-hoE", r"pytest\.mark\.[a-z]+", "--", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    of_libraries = {"parametrize", "usefixtures", "filterwarnings", "django", "xdist", "asyncio"}
    ours = {name.rpartition(".")[2] for name in told} - of_libraries
    assert sorted(name for name in ours if f"`{name}`" not in DEVELOPMENT) == []


def test_every_event_is_told_of():
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", page))
    assert told == types.ALL
