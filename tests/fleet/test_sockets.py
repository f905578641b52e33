"""Where a Unix socket can be."""

import tempfile

import pytest

from fleet.sockets import SOCKET_PATH_BYTES, NotPrivate, socket_path


def test_a_short_path_stays(tmp_path):
    assert socket_path(tmp_path, "s") == tmp_path / "s"


def test_a_long_one_is_in_a_private_folder_that_is_the_directorys_own(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    long = tmp_path / ("x" * SOCKET_PATH_BYTES)
    path = socket_path(long, "s")
    assert path.parent.parent == tmp_path
    assert path.parent.stat().st_mode & 0o077 == 0
    assert socket_path(long, "s") == path
    assert socket_path(tmp_path / ("y" * SOCKET_PATH_BYTES), "s") != path
    path.parent.chmod(0o777)
    with pytest.raises(NotPrivate):
        socket_path(long, "s")
