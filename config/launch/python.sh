# Sourced by the commands: finds a Python >= 3.11 and calls the bootstrap with it.
for python in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14 python .venv/bin/python; do
    [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    exec "$python" -E config/launch/bootstrap.py "$@"
done
echo "Tandem needs Python 3.11 or later with pip (on Debian: apt install python3 python3-pip)." >&2
exit 1
