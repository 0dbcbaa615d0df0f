#!/bin/sh
# Installs newsmonitor into a virtual environment of its own: what the image is made of, also without an image.
# Usage: deploy/install.sh TARGET CACHE
#   TARGET  folder of the virtual environment, new or empty; the program is TARGET/bin/monitor
#   CACHE   folder for the gazetteer; run the program with MONITOR_CACHE_DIR=CACHE to use it
# PYTHON names the interpreter (python3). Every package is pinned by its hash; build tools stay out of TARGET.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 TARGET CACHE" >&2
    exit 2
fi
target=$1
cache=$2
source=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}

if [ -e "$target" ] && [ -n "$(ls -A "$target")" ]; then
    echo "$0: $target is not empty: name a new folder, or clear it first" >&2
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

echo "building newsmonitor"
"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet --require-hashes -r "$source/requirements/build.txt"
# The build runs on a copy: the source may be read-only, and is left as it was.
mkdir "$work/source"
(cd "$source" && cp -R pyproject.toml README.md LICENSE NOTICE monitor "$work/source/")
"$work/build/bin/python" -m pip wheel --quiet --no-deps --no-build-isolation --no-index \
    --wheel-dir "$work/wheels" "$work/source"

echo "installing into $target"
"$python" -m venv --without-pip "$target"
into_target() { "$work/build/bin/python" -m pip --python "$target" "$@"; }
into_target install --quiet --require-hashes -r "$source/requirements/run.txt"
into_target install --quiet --no-deps --no-index "$work"/wheels/newsmonitor-*.whl
into_target check

echo "preparing the gazetteer in $cache"
mkdir -p "$cache"
target=$(cd "$target" && pwd)
cache=$(cd "$cache" && pwd)
cd "$work" # away from the source: what is warmed has to be the installed package
"$target/bin/python" - "$cache" <<'EOF'
import sys
from pathlib import Path

from monitor.gazetteer import load_gazetteer

load_gazetteer(Path(sys.argv[1]))
EOF
chmod -R a+rX "$cache" # made by one user, read by another
echo "done: $("$target/bin/monitor" --version)"
