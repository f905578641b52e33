"""A deployment: DEPLOYED=1 behind TLS, static files collected, hashed and compressed."""

import json
import re
import subprocess
import sys

import pytest

from tests import started
from tests.demos import ROOT, environment

ASK = """
import json, sys
from django.test import Client
client, answers = Client(headers={"host": "ringviz.example"}), []
for path in json.load(sys.stdin):
    answer = client.get(path, secure=path != "/plain", headers={"accept-encoding": "gzip"})
    body = b"" if answer.headers.get("Content-Encoding") else b"".join(answer) if answer.streaming else answer.content
    answers.append([answer.status_code, dict(answer.headers), body.decode("utf-8", "replace")])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def deployment():
    """Asks a deployment for paths: status, headers and text of each."""
    with started.folder() as folder:
        env = environment(
            folder, DEPLOYED="1", ALLOWED_HOSTS="ringviz.example", SECRET_KEY="secret", BUNDLE_DIR=str(folder / "none")
        )

        def manage(*arguments: str, text: str = "") -> str:
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(
                command, cwd=ROOT, env=env, input=text, capture_output=True, text=True, check=True, timeout=120
            ).stdout

        manage("collectstatic", "--noinput", "-v0")
        manage("migrate", "-v0")
        yield lambda *paths: json.loads(manage("shell", "-v0", "-c", ASK, text=json.dumps(paths)))


def test_pages_name_files_that_are_there_and_may_be_kept(deployment):
    [[status, _headers, page]] = deployment("/")
    assert status == 200
    names = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
    assert names
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in names)
    for status, headers, _text in deployment(*names):
        assert (status, "immutable" in headers["Cache-Control"], headers["Content-Encoding"]) == (200, True, "gzip")


def test_everything_is_https_and_cookies_are_secure(deployment):
    [plain, page] = deployment("/plain", "/admin/login/")
    assert (plain[0], plain[1]["Location"]) == (301, "https://ringviz.example/plain")
    assert "max-age" in page[1]["Strict-Transport-Security"]
