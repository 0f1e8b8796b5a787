"""Real servers for the tests. Loaded by `-p tests.plugin`: the settings want them before conftest.

The controller starts a PostgreSQL and a Valkey of its own in a fresh folder, unless DATABASE_URL or
REDIS_URL name some; the workers of pytest-xdist inherit the addresses.
"""

from __future__ import annotations

import atexit
import base64
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from config.launch.servers import Servers, broker_url
from tests.browser import find_browser, is_required


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tandem-tests-"))
    folder.chmod(0o711)
    servers = Servers(folder, os.environ, durable=False)
    os.environ.update(servers.start())
    os.environ.update(
        TANDEM_DATA=str(folder),
        TANDEM_DEVELOPMENT="1",
        SECRET_KEY="tests-only",
        FIELD_KEYS=base64.urlsafe_b64encode(b"t" * 32).decode(),
        PUBLIC_URL="http://localhost:8000",
    )
    platforms = [f"{name}_API_URL" for name in ("TELEGRAM", "VK", "WHATSAPP", "MAX")]
    for name in (*platforms, "API_CALLBACK_URL", "EMAIL_URL"):
        os.environ.pop(name, None)

    controller = os.getpid()

    def stop() -> None:
        if os.getpid() == controller:  # not in a forked child
            servers.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _own_redis(worker: str) -> None:
    """Each worker of pytest-xdist gets a database of its own: limits and caches live there."""
    number = int(worker.removeprefix("gw")) + 1
    redis = re.sub(r"(\?db=|/)\d+$", rf"\g<1>{number}", os.environ["REDIS_URL"])
    os.environ.update(REDIS_URL=redis, CELERY_BROKER_URL=broker_url(redis))


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _own_redis(worker)
else:
    _start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser's tests out where there is no browser; the summary says so."""
    driven = [item for item in items if item.get_closest_marker("browser")]
    if not driven or find_browser():
        return
    if is_required():
        raise pytest.UsageError("The browser tests need Chrome or Chromium, and none was found.")
    config.hook.pytest_deselected(items=driven)
    items[:] = [item for item in items if item not in driven]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run without a browser must not look like a whole one."""
    if find_browser() is None:
        terminalreporter.section("NO BROWSER", sep="!", red=True, bold=True)
        terminalreporter.line("No Chrome or Chromium was found: the browser tests were LEFT OUT.")
        terminalreporter.line("Install one (Debian: apt install chromium) or name it: CHROMIUM=...")
