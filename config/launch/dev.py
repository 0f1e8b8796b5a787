"""bin/dev: the servers, the database, and every process of the project under one supervisor."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from importlib import import_module
from pathlib import Path

from config import translations
from config.launch import children, forking, state
from config.launch.forking import Forked
from config.launch.lock import InstanceLock, InstanceRuns
from config.launch.output import Output
from config.launch.postgres import ServerError
from config.launch.servers import Servers
from config.launch.supervisor import Supervisor

# Ctrl-C ends everything within five seconds: processes first, servers last.
STOP_SECONDS = 2.0

PYTHON = sys.executable
PROCESSES = {
    "web": [PYTHON, "-m", "config.launch.web"],
    "sorter": [PYTHON, "manage.py", "sorter"],
    # Threads: the work is waiting for platforms, and a pool of processes costs 100 MB each.
    "worker": [
        *(PYTHON, "-m", "celery", "--quiet", "-A", "config", "worker", "--loglevel", "WARNING"),
        *("--pool", "threads", "--concurrency", "4", "--without-mingle", "--without-gossip"),
    ],
    "beat": [PYTHON, "-m", "config.launch.beat"],
    "poller": [PYTHON, "manage.py", "poller"],
    "broadcaster": [PYTHON, "manage.py", "broadcaster"],
}


class Stop(Exception):
    """Asked to stop by a signal."""


class Instance:
    """One running Tandem on one state folder."""

    def __init__(self) -> None:
        self.output = Output()
        self.folder = state.data_folder()
        self.port = int(os.environ.get("PORT") or 8000)
        self.sandbox_port = int(os.environ.get("SANDBOX_PORT") or self.port + 1)
        self.stop_asked = False

    def run(self) -> None:
        """Start everything and stay until a signal comes. Raises InstanceRuns and ServerError."""
        began = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        lock = InstanceLock(self.folder)
        lock.take("A running Tandem")
        servers, supervisor = Servers(self.folder, os.environ), None
        try:
            refuse_taken_port(self.port)
            translations.compile_all()
            self.output.say("starting the servers")
            environment = self._environment(servers.begin())
            supervisor = Supervisor(state.ROOT, environment, self.output)
            self._start_sandbox(supervisor)
            if forking.AVAILABLE:
                # The servers get ready meanwhile.
                os.environ.update(environment)
                import_module("config.launch.reading").read_models()
            servers.await_ready()
            told = self._start(supervisor, environment)
            self._await_ready(supervisor)
            self._announce(supervisor, told, time.monotonic() - began)
            while not self.stop_asked:
                supervisor.turn(0.25)
                self._revive(servers)
        except Stop:
            pass
        finally:
            state.running_file(self.folder).unlink(missing_ok=True)
            self.output.say("stopping")
            if supervisor is not None and (killed := supervisor.stop(STOP_SECONDS)):
                self.output.say(f"had to kill {', '.join(killed)}")
            servers.stop()
            lock.release()
            self.output.say("stopped")

    def _environment(self, addresses: dict[str, str]) -> dict[str, str]:
        environment = {**os.environ, **addresses}
        defaults = {
            **state.keys(self.folder),
            "TANDEM_DEVELOPMENT": "1",
            "TANDEM_SEED": "demo",
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "PUBLIC_URL": f"http://localhost:{self.port}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            # Celery would write a name of its own over the worker's.
            "NOSETPS": "1",
            # Containers often run as root; Celery's warning would be the first thing they read.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
        for name, value in defaults.items():
            environment[name] = environment.get(name) or value
        environment["TANDEM_DATA"] = str(self.folder)
        if environment["TANDEM_SEED"] != "none" and not is_taken(self.sandbox_port):
            # The demo's channels talk to the stand-ins beside them.
            sandbox = f"http://127.0.0.1:{self.sandbox_port}"
            for name in ("TELEGRAM_API_URL", "VK_API_URL", "WHATSAPP_API_URL"):
                environment.setdefault(name, sandbox)
            environment.setdefault("MAX_API_URL", f"{sandbox}/max")
            # As the sandbox's page calls itself in the browser, from where it is copied.
            page = f"http://localhost:{self.sandbox_port}"
            environment.setdefault("API_CALLBACK_URL", page)
            # Beside it stand its mail servers.
            environment.setdefault("SANDBOX_IMAP_PORT", str(self.sandbox_port + 1))
            environment.setdefault("SANDBOX_SMTP_PORT", str(self.sandbox_port + 2))
            environment.setdefault("MAIL_TRUSTED_HOSTS", "localhost,127.0.0.1")
        return environment

    def _start_sandbox(self, supervisor: Supervisor) -> None:
        if is_taken(self.sandbox_port):
            self.output.say(
                f"port {self.sandbox_port} is taken: no sandbox, so nobody plays the platforms "
                "(SANDBOX_PORT chooses another port)"
            )
        else:
            supervisor.add("sandbox", [PYTHON, "-m", "sandbox"])

    def _start(self, supervisor: Supervisor, environment: dict[str, str]) -> list[str]:
        """Prepare the database and start all processes; returns what seeding had to say."""
        shared = {name: environment[name] for name in state.SHARED if environment.get(name)}
        state.write_private(state.running_file(self.folder), json.dumps(shared, indent=2))
        self.output.say("preparing the database")
        told = self._prepare(supervisor, environment)
        for name, arguments in PROCESSES.items():
            supervisor.add(name, arguments, is_copy=forking.AVAILABLE)
        return told

    def _prepare(self, supervisor: Supervisor, environment: dict[str, str]) -> list[str]:
        with tempfile.TemporaryFile("w+") as said:
            process = self._begin_to_prepare(environment, said.fileno())
            if forking.AVAILABLE:
                import_module("config.launch.reading").read_rest()
            while process.poll() is None:
                if self.stop_asked:
                    children.end_group(process.pid)
                    process.wait()
                    raise Stop
                supervisor.turn(0.05)
            if process.returncode:
                raise ServerError("the database could not be prepared, see above")
            said.seek(0)
            return said.read().splitlines()

    def _begin_to_prepare(
        self, environment: dict[str, str], output: int
    ) -> subprocess.Popen[bytes] | Forked:
        arguments = [PYTHON, "-m", "config.launch.prepare"]
        if forking.AVAILABLE:
            return Forked("prepare", arguments, {}, output)
        return subprocess.Popen(
            arguments,
            cwd=state.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            preexec_fn=children.hook(),
        )

    def _await_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + 60
        while not is_ready(self.port):
            if self.stop_asked:
                raise Stop
            if time.monotonic() > deadline:
                self.output.say(f"not ready yet: see http://localhost:{self.port}/readyz")
                deadline += 60
            supervisor.turn(0.1)

    def _announce(self, supervisor: Supervisor, told: list[str], spent: float) -> None:
        self.output.say("")
        self.output.say(f"Tandem is ready at http://localhost:{self.port} after {spent:.1f} s")
        for line in told:
            self.output.say(line)
        if any(child.name == "sandbox" for child in supervisor.children):
            self.output.say(f"The customer's phone: http://localhost:{self.sandbox_port}")
        self.output.say("Ctrl-C stops it.")

    def _revive(self, servers: Servers) -> None:
        for server in servers.started:
            if server.process is not None and server.process.poll() is not None:
                self.output.say(f"{server.name} died, starting it again")
                server.start()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked = True


def is_taken(port: int) -> bool:
    """Whether something listens on the port of this machine."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def refuse_taken_port(port: int) -> None:
    """Raise ServerError when the web process could not listen."""
    if is_taken(port):
        raise ServerError(f"port {port} is taken; choose another one: PORT={port + 10} bin/dev")


def is_ready(port: int) -> bool:
    """Whether /readyz says so."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    """Run until a signal; 1 with a sentence on stderr when it cannot start."""
    try:
        Instance().run()
    except (InstanceRuns, ServerError) as error:
        sys.exit(f"tandem: {error}")
    except PermissionError as error:
        sys.exit(f"tandem: {error.filename} belongs to another user; choose another TANDEM_DATA.")


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
