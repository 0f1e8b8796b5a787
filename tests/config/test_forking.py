"""A process that begins as a copy of its supervisor behaves as one that was started anew."""

import subprocess
import sys

from django.conf import settings

PARENT = """
import os, sys
from config.launch.forking import Forked

os.open(os.devnull, os.O_RDONLY)  # such as the lock on the folder
child = Forked("clerk", [sys.executable, sys.argv[1], "twice"], {"GREETING": "hello"})
for line in child.stdout:
    print(line.decode(), end="")
print(child.wait(), child.poll())
"""

CHILD = """
import os, signal, sys
print(os.environ["GREETING"], sys.argv[1:])
print(open("/proc/self/cmdline").read().rstrip("\\0 "))
print(sorted(os.listdir("/proc/self/fd"))[:3], os.getsid(0) == os.getpid())
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, file=sys.stderr)
{end}
"""


def told(folder, end):
    script = folder / "child.py"
    script.write_text(CHILD.replace("{end}", end))
    made = subprocess.run(
        [sys.executable, "-c", PARENT, str(script)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert made.stderr == ""
    return made.stdout.splitlines()


def test_it_has_its_own_name_environment_and_session(tmp_path):
    assert told(tmp_path, "") == [
        "hello ['twice']",
        "tandem clerk",
        "['0', '1', '2'] True",
        "True",
        "0 0",
    ]


def test_its_exit_code_is_known(tmp_path):
    assert told(tmp_path, "raise SystemExit(3)")[-1] == "3 3"


def test_so_is_the_signal_that_ended_it(tmp_path):
    assert told(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")[-1] == "-9 -9"


def test_what_is_read_before_leaves_no_thread_behind():
    script = (
        "import threading; from config.launch.reading import read_models, read_rest;"
        "read_models(); read_rest(); print(threading.active_count())"
    )
    made = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.stdout.strip() == "1", made.stderr
