"""bin/dev as people run it: real servers, real processes, real signals."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from tests.config.launched import Launched, wait_until

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def instance():
    folder = Path(tempfile.mkdtemp(prefix="tandem-instance-"))
    folder.chmod(0o711)
    made = Launched(folder)
    made.start()
    yield made
    if made.process.poll() is None:
        made.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_it_becomes_ready_and_says_where(instance):
    assert wait_until(lambda: f"http://localhost:{instance.port}" in instance.said())
    assert instance.get("/healthz") == 200


def test_each_process_carries_its_name(instance):
    for name in ("web", "sorter", "worker", "beat", "poller", "broadcaster"):
        assert instance.find(f"tandem {name}"), name


def test_a_second_instance_is_refused(instance):
    second = instance.run("dev")
    assert second.returncode == 1
    assert "already uses the state folder" in second.stderr
    assert "TANDEM_DATA=" in second.stderr
    assert instance.get("/readyz") == 200


def test_a_taken_port_is_refused(instance):
    folder = Path(tempfile.mkdtemp(prefix="tandem-taken-"))
    other = Launched(folder, PORT=str(instance.port))
    refused = other.run("dev")
    shutil.rmtree(folder)
    assert refused.returncode == 1
    assert f"port {instance.port} is taken" in refused.stderr


def test_commands_reach_the_running_instance(instance):
    script = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict)"
    told = instance.run("command", "shell", "--no-imports", "-c", script)
    assert told.returncode == 0, told.stderr
    assert str(instance.folder) in told.stdout


def test_secrets_of_the_instance_are_private(instance):
    for name in ("keys.json", "running.json"):
        assert (instance.folder / name).stat().st_mode & 0o077 == 0


def test_a_process_that_dies_is_started_again(instance):
    before = instance.find("tandem web")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: instance.get("/readyz") == 200)
    assert instance.find("tandem web") != before


def test_a_killed_worker_is_replaced(instance):
    words = "tandem worker"
    before = instance.find(words)
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: instance.find(words) not in {0, before})


def test_killing_the_supervisor_leaves_nobody_behind_and_it_starts_again(instance):
    assert instance.processes()
    instance.end(signal.SIGKILL)
    assert wait_until(lambda: not instance.processes(), 10), instance.processes()
    instance.start()
    assert instance.get("/readyz") == 200


def test_it_stops_cleanly_within_five_seconds(instance):
    assert instance.end(signal.SIGINT) < 5
    assert instance.process.returncode == 0
    assert instance.processes() == {}
    assert "had to kill" not in instance.said()
    instance.start()


def test_commands_start_the_servers_when_no_instance_runs():
    folder = Path(tempfile.mkdtemp(prefix="tandem-idle-"))
    folder.chmod(0o711)
    idle = Launched(folder)
    told = idle.run("command", "check", "--database", "default")
    assert told.returncode == 0, told.stderr
    assert idle.processes() == {}
    shutil.rmtree(folder)
