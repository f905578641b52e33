import pytest

from servers.address import Address
from servers.client.owners import SlotOwners
from servers.topology import NotTopology

NODES = b"""\
aa 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-99 200 [300->-bb] [301-<-cc]
bb 127.0.0.1:7001@17001,host master - 0 0 2 connected 100-199
cc 127.0.0.1:7002@17002 slave aa 0 0 1 connected
dd 127.0.0.1:7003@17003 master,fail - 0 0 3 disconnected
ee :0@0 handshake - 0 0 0 disconnected
"""


def test_each_slot_is_its_primarys():
    slots = SlotOwners()
    slots.read(NODES, Address("127.0.0.1", 7000))
    assert slots.owners[0] == slots.owners[99] == slots.owners[200] == ("127.0.0.1", 7000)
    assert slots.owners[100] == slots.owners[199] == ("127.0.0.1", 7001)
    assert slots.owners[201] is slots.owners[300] is slots.owners[16383] is None
    assert slots.addresses() == {("127.0.0.1", 7000), ("127.0.0.1", 7001)}


def test_a_slot_moves_alone():
    slots = SlotOwners()
    slots.read(NODES, Address("127.0.0.1", 7000))
    slots.move(5, Address("127.0.0.1", 7009))
    assert slots.owners[4:7] == [("127.0.0.1", 7000), ("127.0.0.1", 7009), ("127.0.0.1", 7000)]


def test_a_host_that_is_not_said_is_that_of_the_node_asked():
    slots = SlotOwners()
    slots.read(b"aa :7001@17001 myself,master - 0 0 1 connected 7", Address("10.0.0.1", 7000))
    assert slots.owners[7] == Address("10.0.0.1", 7001)


def test_a_reply_that_is_no_map_changes_nothing():
    slots = SlotOwners()
    slots.read(NODES, Address("127.0.0.1", 7000))
    before = list(slots.owners)
    with pytest.raises(NotTopology):
        slots.read(NODES + b"ff 127.0.0.1:7004@17004 master - 0 0 1 connected 0-99999\n", Address("127.0.0.1", 7000))
    assert slots.owners == before
