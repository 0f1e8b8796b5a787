# Sourced by the commands in bin/ with the command's name as first argument: finds a
# Python >= 3.11 and lets it set up what is missing.
case "${TANDEM_DATA:-}" in
    "" | /*) ;;
    *) TANDEM_DATA="$PWD/$TANDEM_DATA" && export TANDEM_DATA ;;
esac
cd "$(dirname "$0")/.."
for python in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14 python .venv/bin/python; do
    [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    exec "$python" -E config/launch/bootstrap.py "$@"
done
echo "Tandem needs Python 3.11 or later with pip (on Debian: apt install python3 python3-pip)." >&2
exit 1
