"""A listening socket is bound before anybody is told its port."""

import errno
import socket

import pytest

from fleet.ports import PortUnavailable, listen


def test_port_zero_takes_any_free_one():
    listener = listen("127.0.0.1", 0)
    with listener.socket:
        assert listener.port > 0
        assert listener.refused == ()
        with socket.create_connection(("127.0.0.1", listener.port), 10):
            pass


def test_a_taken_port_gives_the_next_free_one():
    first = listen("127.0.0.1", 0)
    with first.socket:
        second = listen("127.0.0.1", first.port)
        with second.socket:
            assert second.port > first.port
            assert second.refused[0] == first.port
            assert second.refused == tuple(range(first.port, second.port))


def test_all_taken_is_an_error():
    first = listen("127.0.0.1", 0)
    with first.socket, pytest.raises(PortUnavailable) as refused:
        listen("127.0.0.1", first.port, tries=1)
    assert refused.value.errno == errno.EADDRINUSE


def test_an_address_of_another_machine_is_an_error():
    with pytest.raises(PortUnavailable) as refused:
        listen("192.0.2.1", 0)
    assert refused.value.errno == errno.EADDRNOTAVAIL


def test_a_port_is_free_again_at_once():
    first = listen("127.0.0.1", 0)
    client = socket.create_connection(("127.0.0.1", first.port), 10)
    served, _ = first.socket.accept()
    served.close()  # the server closes first: its side of the connection lingers
    client.close()
    first.socket.close()
    again = listen("127.0.0.1", first.port, tries=1)
    again.socket.close()
    assert again.port == first.port
