"""A real nginx in front of a web process, with the configuration that docs/deployment.md shows."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet import ports, process
from tests import started

PREFIX = "/tools/ring/"
DOCUMENT = started.ROOT / "docs" / "deployment.md"
UPSTREAM = "server 127.0.0.1:8000;"
UPGRADE = re.compile(r"^.*(?:http_upgrade|ringviz_connection);\n", re.MULTILINE)

FRAME = """\
daemon off;
{user}
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""


def documented() -> tuple[str, str]:
    """What the document tells readers to put into `http` and `server`."""
    http, server = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert UPSTREAM in http
    assert len(UPGRADE.findall(server)) == 2
    return http, server


def program() -> str:
    """Where nginx is. Fails where it is not installed: nothing else shows that the documented file works."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise AssertionError("nginx is not installed; `make setup` installs it on Debian")
    return found


@contextmanager
def nginx(upstream: str, *, upgrades: bool = True, strips: bool = False) -> Iterator[str]:
    """nginx on a free port of the loopback; gives the address of the site behind it, with the prefix.

    `upstream` is HOST:PORT or unix:PATH. Without `upgrades` it passes no WebSockets, as the document says; if it
    `strips`, the web process gets paths without the prefix.
    """
    http, server = documented()
    http = http.replace(UPSTREAM, f"server {upstream};")
    if not upgrades:
        server = UPGRADE.sub("", server)
    if strips:
        server = server.replace("proxy_pass http://ringviz;", "proxy_pass http://ringviz/;")
    with started.folder() as folder:
        bound = ports.listen("127.0.0.1", 0)
        user = "user root;" if os.geteuid() == 0 else ""  # the folder with the upstream's socket is ours alone
        config = folder / "nginx.conf"
        config.write_text(FRAME.format(folder=folder, http=http, server=server, port=bound.port, user=user))
        with bound.socket, (folder / "log").open("wb") as log:
            descriptor = bound.socket.fileno()
            argv = [program(), "-e", "stderr", "-c", str(config), "-p", str(folder)]
            env = {**os.environ, "NGINX": f"{descriptor};"}  # it takes over this socket: nobody else gets the port
            child = process.start("nginx", argv, env=env, pass_fds=[descriptor], stdout=subprocess.DEVNULL, stderr=log)
        try:
            started.await_ready(child, lambda: _is_up(folder, child.status))
            yield f"http://127.0.0.1:{bound.port}{PREFIX}"
        finally:
            child.end(grace_s=5)


def _is_up(folder: Path, status: int | None) -> bool:
    if status is not None:
        raise started.NotReady((folder / "log").read_text())
    return (folder / "pid").exists()
