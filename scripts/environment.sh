#!/bin/sh
# Makes the virtual environment $1 with a Python of 3.11 or newer, or says in one message what is missing.
set -eu
venv=$1

stop() {
    printf '\n%s\n\n' "$*" >&2
    exit 1
}

system=$(uname -s)
case $system in
    Linux)
        # The wheels of Valkey, uvloop and NumPy are built for glibc 2.28.
        glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/glibc //') || true
        [ -n "$glibc" ] || stop "Ringviz needs a Linux with glibc 2.28 or newer; this one has another C library (Alpine's musl?)."
        minor=${glibc#*.}
        [ "${glibc%%.*}" -gt 2 ] || [ "${minor%%.*}" -ge 28 ] || stop "Ringviz needs glibc 2.28 or newer; this Linux has $glibc."
        ;;
    Darwin) ;;
    *) stop "Ringviz runs on Linux and macOS, not on $system. On Windows, run it inside WSL2." ;;
esac
case $(uname -m) in
    x86_64 | amd64 | aarch64 | arm64) ;;
    *) stop "Ringviz runs on x86_64 and ARM64 processors; this one is $(uname -m)." ;;
esac

enough='import sys; sys.exit(sys.version_info < (3, 11))'
python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c "$enough" 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "Ringviz needs Python 3.11 or newer, and no such python3 is on the PATH.
Install one (Debian and Ubuntu: sudo apt-get install python3 python3-venv; macOS: brew install python), or name it:
  make run PYTHON=/path/to/python3"

if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "$enough" 2>/dev/null && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

"$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python has no venv module.
Debian and Ubuntu keep it in a package of its own: sudo apt-get install python3-venv"
echo "Making $venv with $("$python" --version) (once)"
"$python" -m venv --clear "$venv"
