"""Sets the project up and hands over: `python config/launch/bootstrap.py <command> [...]`.

Runs under any Python >= 3.11 before anything is installed, so it uses the standard library alone.
Each step leaves a stamp with the hash of its lock file: a set-up project needs no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
ENVIRONMENT = {
    "UV_SYSTEM_CERTS": "1",  # trust whom the machine trusts, as pip and the browsers here do
    "NODE_USE_SYSTEM_CA": "1",
    **os.environ,
    "UV_PYTHON_DOWNLOADS": "never",
}

# bin/<command> -> what it becomes
MODULES = {"dev": "dev", "test": "check", "manage": "command", "messages": "messages"}


class SetupError(RuntimeError):
    """The set-up cannot go on; the text says what to do."""


def main(command: str, arguments: list[str]) -> None:
    """Set up what is missing, then become the command."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:  # two commands at once: the second one waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_python_packages(developing=command in {"test", "messages"})
        install_browser_libraries()
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.execv(PYTHON, [str(PYTHON), "-m", f"config.launch.{MODULES[command]}", *arguments])


def install_python_packages(*, developing: bool) -> None:
    """Make `.venv` hold exactly what the locks say; the tests' tools stay once they are there."""
    stamp = VENV / "tandem-stamp"
    kept = stamp.read_text() if stamp.exists() else ""
    developing = developing or kept.endswith("dev")
    names = ["requirements.lock", *(["requirements-dev.lock"] if developing else [])]
    locks = [ROOT / name for name in names]
    # A virtualenv works only at its place and only with the Python that made it.
    wanted = digest(locks, f"{ROOT} {sys.version}") + (" dev" if developing else "")
    if kept.removesuffix(" dev") == wanted.removesuffix(" dev") and PYTHON.exists():
        return
    place = digest([], f"{ROOT} {sys.version}")
    note = VENV / "tandem-place"
    if VENV.exists() and (not note.exists() or note.read_text() != place):
        shutil.rmtree(VENV)
    stamp.unlink(missing_ok=True)
    uv = installer()
    if not PYTHON.exists():
        step("making a virtualenv", lambda: make_virtualenv(uv))
        note.write_text(place)
    step(f"installing {' and '.join(names)}", lambda: install(uv, locks))
    # The project itself is importable: `.venv/bin/pytest` and `celery` need no PYTHONPATH.
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    library = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=True)
    (Path(library.stdout.strip()) / "tandem.pth").write_text(f"{ROOT}\n")
    stamp.write_text(wanted)


def installer() -> Path | None:
    """uv in `.tools`, fetched by pip; None where there is no wheel for it: then pip installs."""
    uv, lock = TOOLS / "bin" / "uv", ROOT / "requirements-tools.lock"
    stamp, wanted = TOOLS / "uv-stamp", digest([lock])
    if uv.exists() and stamp.exists() and stamp.read_text() == wanted:
        return uv

    def fetch() -> None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        options = [
            "--require-hashes",
            "--only-binary=:all:",
            "--upgrade",
            "--no-warn-script-location",
        ]
        target = ["--root-user-action=ignore", "--target", str(TOOLS)]
        run([*pip, *options, *target, "-r", str(lock)])

    if not has_pip(sys.executable):
        raise SetupError(
            f"{sys.executable} has no pip (on Debian: apt install python3-pip), "
            "and it is needed for the first installation."
        )
    try:
        step("fetching the installer", fetch)
    except SetupError as error:
        say(f"{error}\nthe installer could not be fetched; pip does its work, more slowly")
        return None
    stamp.write_text(wanted)
    return uv


def make_virtualenv(uv: Path | None) -> None:
    """An empty virtualenv on this Python."""
    if uv:
        run([str(uv), "venv", "--quiet", "--python", sys.executable, str(VENV)])
    else:
        run([sys.executable, "-m", "venv", str(VENV)])


def install(uv: Path | None, locks: list[Path]) -> None:
    """Bring the virtualenv to what the locks say, every file checked against its hash."""
    files = [str(lock) for lock in locks]
    if uv:
        sync = [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
        try:
            run([*sync, "--python", str(PYTHON), *files])
            return
        except SetupError:
            # pip may know a mirror that uv has not been told of.
            say("uv could not install; pip tries, which takes a minute or two")
    if not has_pip(str(PYTHON)):
        run([str(PYTHON), "-m", "ensurepip"])
    requirements = [part for file in files for part in ("-r", file)]
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes"]
    run([*pip, "--disable-pip-version-check", *requirements])


def has_pip(python: str) -> bool:
    """Whether this Python can install packages."""
    asked = [python, "-m", "pip", "--version"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def install_browser_libraries() -> None:
    """`npm ci` with this machine's Node, or with one from a wheel."""
    stamp = NODE_MODULES / ".tandem-stamp"
    wanted = digest([ROOT / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    folder = node_folder()
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}" if folder else None
    environment = {**ENVIRONMENT, **({"PATH": path} if path else {})}

    def fetch() -> None:
        npm = shutil.which("npm", path=path)
        assert npm is not None
        run([npm, "ci", "--ignore-scripts", "--loglevel=error"], environment)

    step("installing browser libraries", fetch)
    stamp.write_text(wanted)


def node_folder() -> Path | None:
    """Where npm is: None for the machine's own, else a folder filled from a wheel."""
    if shutil.which("npm") and shutil.which("node"):
        asked = ["node", "--version"]
        version = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= 20:
            return None
    home, lock = TOOLS / "node", ROOT / "requirements-node.lock"
    if not (home / "bin" / "npm").exists():

        def fetch() -> None:
            shutil.rmtree(home, ignore_errors=True)
            uv = installer()
            python = str(home / "bin" / "python")
            if uv:
                run([str(uv), "venv", "--quiet", "--python", sys.executable, str(home)])
                options = ["--quiet", "--require-hashes", "--python", python]
                run([str(uv), "pip", "install", *options, "-r", str(lock)])
            else:
                run([sys.executable, "-m", "venv", str(home)])
                run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)])

        step("fetching Node (this machine has none >= 20)", fetch)
    return home / "bin"


def digest(files: list[Path], extra: str = "") -> str:
    """What a stamp holds: the hash of the lock files and of what else decides."""
    content = b"".join(file.read_bytes() for file in files) + extra.encode()
    return hashlib.sha256(content).hexdigest()


def run(arguments: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a tool of the set-up; its own words are the error."""
    made = subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment or ENVIRONMENT,
        text=True,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise SetupError(f"{' '.join(arguments[:3])} failed:\n{made.stderr or made.stdout}")


def say(text: str) -> None:
    """Progress goes to stderr: the output of a command stays clean."""
    print(f"tandem: {text}", file=sys.stderr, flush=True)


def step(title: str, work: Callable[[], object]) -> None:
    """Do a piece of work that takes a while, and say so."""
    say(f"{title} ...")
    began = time.monotonic()
    work()
    say(f"{title}: done in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except (SetupError, PermissionError) as error:
        sys.exit(f"tandem: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
