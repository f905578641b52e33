"""The passwords of clusters, each in a file that only its owner may read: DATA_DIR/clusters/<pk>/password.

They are in no database, event or page.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings


def folder(cluster_id: int) -> Path:
    """The folder with the data of a cluster's servers."""
    return Path(settings.DATA_DIR) / "clusters" / str(cluster_id)


def keep(cluster_id: int, password: str) -> None:
    """Written in full under another name first, so nobody reads half of it."""
    where = folder(cluster_id)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = where / f"password.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(password)
    draft.replace(where / "password")


def kept(cluster_id: int) -> str:
    """The password of a cluster; empty if there is none."""
    try:
        return (folder(cluster_id) / "password").read_text()
    except FileNotFoundError:
        return ""


def forget(cluster_id: int) -> None:
    """Deletes all data of a cluster's servers."""
    shutil.rmtree(folder(cluster_id), ignore_errors=True)
