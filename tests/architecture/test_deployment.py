"""The production shape runs what `bin/dev` runs, with settings that exist."""

import re
import shlex

import pytest
import yaml
from django.conf import settings

from config.launch.dev import PROCESSES

ROOT = settings.BASE_DIR


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def without_numbers(command):
    """A command line but for how much of the machine it may take."""
    return [word for word in command if not word.isdigit()]


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_is_run_as_in_development(services, name):
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    image = re.search(r"^CMD (\[.+\])$", dockerfile, re.MULTILINE)
    command = services[name].get("command")
    run = shlex.split(command) if command else yaml.safe_load(image.group(1))
    _python, *here = PROCESSES[name]
    # `celery` is a program as well as a module.
    run = ["-m", *run] if run[0] == "celery" else run[1:]
    assert without_numbers(run) == without_numbers(here)


def test_every_variable_of_it_is_documented(services):
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    named = set(services["web"]["environment"])
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert sorted(name for name in named | asked if name not in told) == []
