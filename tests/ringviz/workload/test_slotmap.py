import pytest

from ringviz.workload.slotmap import SlotMap, parse_address

NODES = b"""\
aa 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-99 200 [300->-bb] [301-<-cc]
bb 127.0.0.1:7001@17001,host master - 0 0 2 connected 100-199
cc 127.0.0.1:7002@17002 slave aa 0 0 1 connected
dd 127.0.0.1:7003@17003 master,fail - 0 0 3 disconnected
ee :0@0 handshake - 0 0 0 disconnected
"""


def test_each_slot_is_its_primarys():
    slots = SlotMap()
    slots.read(NODES, ("127.0.0.1", 7000))
    assert slots.owners[0] == slots.owners[99] == slots.owners[200] == ("127.0.0.1", 7000)
    assert slots.owners[100] == slots.owners[199] == ("127.0.0.1", 7001)
    assert slots.owners[201] is slots.owners[300] is slots.owners[16383] is None
    assert slots.addresses() == {("127.0.0.1", 7000), ("127.0.0.1", 7001)}


def test_a_slot_moves_alone():
    slots = SlotMap()
    slots.read(NODES, ("127.0.0.1", 7000))
    slots.move(5, ("127.0.0.1", 7009))
    assert slots.owners[4:7] == [("127.0.0.1", 7000), ("127.0.0.1", 7009), ("127.0.0.1", 7000)]


def test_a_host_that_is_not_said_is_that_of_the_node_asked():
    assert parse_address(":7001", ("10.0.0.1", 7000)) == ("10.0.0.1", 7001)
    assert parse_address("::1:7001@17001", ("10.0.0.1", 7000)) == ("::1", 7001)
    with pytest.raises(ValueError, match="invalid literal"):
        parse_address("7001:", ("10.0.0.1", 7000))
