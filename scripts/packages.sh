#!/bin/sh
# What the tests need of the system, where it is not here yet: a Chromium for the browser tests, nginx for those of a
# proxy in front, PostgreSQL's server for the spine's, HAProxy for the balancer's. $1 is the environment's Python. The
# browser and nginx are needed; without one of the others its tests are skipped and say so.
set -eu
python=$1

debian_as_root() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

install_debian() {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

shell=/usr/lib/chromium/chromium-headless-shell
if [ -x $shell ]; then
    echo "Browser tests use $shell"
elif debian_as_root && install_debian chromium-headless-shell; then
    echo "Browser tests use $shell"
elif [ -x /usr/bin/chromium ]; then
    echo "Browser tests use /usr/bin/chromium"
elif debian_as_root; then
    install_debian chromium
else
    "$python" -m playwright install chromium
fi

if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null 2>&1 && debian_as_root; then
    install_debian postgresql || echo "PostgreSQL could not be installed: its tests will be skipped" >&2
fi

if ! command -v haproxy >/dev/null 2>&1 && [ ! -x /usr/sbin/haproxy ] && debian_as_root; then
    install_debian haproxy || echo "HAProxy could not be installed: its tests will be skipped" >&2
fi

if ! command -v nginx >/dev/null 2>&1 && [ ! -x /usr/sbin/nginx ] && debian_as_root; then
    install_debian nginx-light || echo "nginx could not be installed: its tests will fail" >&2
fi
