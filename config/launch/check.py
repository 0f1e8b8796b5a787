"""bin/test: the linters, the types, the translations, then the whole suite.

With arguments only pytest runs, with these arguments.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config import translations
from config.launch import state

TOOLS = Path(sys.executable).parent
STEPS = {
    "format": [str(TOOLS / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(TOOLS / "ruff"), "check", "--quiet", "."],
    "imports": [str(TOOLS / "lint-imports"), "--no-cache"],
    "types": [str(TOOLS / "mypy")],
    "translations": [sys.executable, "-m", "config.launch.messages", "--check"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}
# Only what was asked goes to the terminal; a step speaks when it fails.
NOWHERE = "postgresql://tandem@/tandem?host=/nonexistent"


def main(arguments: list[str]) -> int:
    """Run everything; the exit code is 0 only when all of it holds."""
    translations.compile_all()
    if arguments:
        return run_tests(arguments)
    with ThreadPoolExecutor(workers()) as pool:
        passed = pool.map(passes, STEPS.keys(), STEPS.values())
        failed = [name for name, holds in zip(STEPS, passed, strict=True) if not holds]
    together = run_tests(["-m", "not alone", "-n", str(workers())])
    alone = run_tests(["-m", "alone"])
    if together or alone:
        failed.append("tests")
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    else:
        print("\nAll of it holds.")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    """Run one step; its words are shown when it fails."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "TANDEM_DATA": folder,
            "SECRET_KEY": "tests-only",
            "FIELD_KEYS": base64.urlsafe_b64encode(b"t" * 32).decode(),
            "DATABASE_URL": NOWHERE,
            "REDIS_URL": "redis://localhost:1/0",
            "PYTHONWARNINGS": "ignore::RuntimeWarning",
        }
        made = subprocess.run(
            command,
            cwd=state.ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    spent = time.monotonic() - began
    print(f"{name:<13} {'FAILED' if made.returncode else 'ok'} in {spent:.1f} s", flush=True)
    if made.returncode:
        print(made.stdout, flush=True)
    return made.returncode == 0


def run_tests(arguments: list[str]) -> int:
    """pytest with these arguments; returns its exit code."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=state.ROOT, check=False).returncode


def workers() -> int:
    """Parallel test processes: one a core, at least two (much of the time is waiting)."""
    return max(2, min(8, os.cpu_count() or 2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
