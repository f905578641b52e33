"""The settings on a temporary folder, so that the tests never meet a running demo or the shell's variables."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import dj_database_url

_OURS = "RINGVIZ_TEST_DATA_DIR"
for _variable in (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PORT",
    "HOST",
    "ALLOWED_HOSTS",
    "DEPLOYED",
    "COOKIE_PREFIX",
    "PATH_PREFIX",
    "LOG_LEVEL",
    "TIME_ZONE",
    "DATA_DIR",
    "ALLOWED_TARGETS",
    "LOCK_SOURCES",
    "TRUSTED_PROXIES",
    "WEB_CONNECTIONS",
):
    os.environ.pop(_variable, None)
if _OURS not in os.environ:
    # A child process of a test finds the variable set, and shares the folder without removing it.
    os.environ[_OURS] = tempfile.mkdtemp(prefix="ringviz-tests-")
    atexit.register(shutil.rmtree, os.environ[_OURS], ignore_errors=True)
# Of several that test at once each has a folder of its own; its children have the same one.
if (_worker := os.environ.get("PYTEST_XDIST_WORKER")) and Path(os.environ[_OURS]).name != _worker:
    os.environ[_OURS] = str(Path(os.environ[_OURS]) / _worker)
    Path(os.environ[_OURS]).mkdir(exist_ok=True)
os.environ["DATA_DIR"] = os.environ[_OURS]

from dashboard.settings import *  # noqa: E402, F403

# A test that needs a hint server asks for one (the fixture hint_server).
REDIS_URL = ""
# Slow password hashing would prove nothing here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The second run, on another database: tests/on_postgresql.py.
if _url := os.environ.get("TEST_DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(_url)}
