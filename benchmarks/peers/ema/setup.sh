#!/bin/sh
# Make the EMA Workbench peer's own environment beside this file, from pinned packages.
# Usage: benchmarks/peers/ema/setup.sh [python]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -x "$here/.venv/bin/python" ]; then
    "${1:-python3}" -m venv "$here/.venv"
fi
"$here/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
