#!/bin/sh
# Run a command of kcc/local with the Python of .venv, or to begin with any Python that will do.
root=$(cd -P -- "$(dirname -- "$0")/../.." && pwd) || exit 1
suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
for python in "$root/.venv/bin/python" python3 python3.13 python3.12 python3.11 python; do
    path=$(command -v "$python" 2>/dev/null) || continue
    # A Python in .venv was tested when .venv was made; asking it again would cost a start.
    case $python in
        /*) exec "$path" -I "$root/kcc/local" "$@" ;;
        *) "$path" -c "$suits" 2>/dev/null && exec "$path" -I "$root/kcc/local" "$@" ;;
    esac
done
found=$(python3 --version 2>/dev/null)
echo "kcc: Python 3.11, 3.12 or 3.13 is needed, and this machine has ${found:-none}. Install one (Debian, Ubuntu:" \
    "'sudo apt install python3.11-venv'; elsewhere: https://www.python.org/downloads/) and run this again." >&2
exit 1
