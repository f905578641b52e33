#!/bin/sh
# Installs what package-lock.json names. $1 is the environment's Python: where the machine has no Node of version 20 or
# newer, Node comes from a package of the Python registry into that environment, and nowhere else.
set -eu
python=$1

if ! sh scripts/node.sh --version >/dev/null 2>&1; then
    echo "This machine has no Node 20 or newer: installing one into the environment"
    "$python" -m pip install --disable-pip-version-check -r requirements-node.txt
fi

# npm is a Node program that stands beside its Node: found from there, it runs with the Node that was chosen.
node=$(sh scripts/node.sh -p 'require("node:fs").realpathSync(process.execPath)')
npm=
for candidate in "$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js" "$(command -v npm || true)"; do
    if [ -f "$candidate" ]; then
        npm=$candidate
        break
    fi
done
if [ -z "$npm" ]; then
    echo "Node is here ($node) but npm is not: install npm, or a Node that brings it." >&2
    exit 1
fi
exec sh scripts/node.sh "$npm" ci --no-fund --no-audit --loglevel=error
