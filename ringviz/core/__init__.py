"""The algorithms of placement: pure, importable without Django.

>>> from ringviz.core.keys import KeyIndex
>>> from ringviz.core.movement import movement
>>> from ringviz.core.placement import PlacedNode
>>> from ringviz.core.strategy import build
>>> before = build("ring", [PlacedNode("a"), PlacedNode("b"), PlacedNode("c", weight=2)], vnodes=160, seed=0)
>>> before.owner("user:7"), before.preference(b"user:7", 2)
('b', ('b', 'c'))
>>> keys = KeyIndex.build(before.placement.hash_many([f"user:{number}" for number in range(1000)]))
>>> found = movement(before, before.with_nodes(node for node in before.nodes if node.name != "b"), keys)
>>> found.moved, found.needless, found.pairs[0]
(257, 0, Pair(source='b', target='c', keys=200, needless=False))

Where to look: `placement` makes tokens and hashes; `strategy` has the protocol of the strategies and the list of them
(`ring`, `modulo`, `rendezvous`, `jump`, `maglev`, `multiprobe`, `bounded`), and `abilities` says what each can do;
`movement` finds what moves between two of them, using `ranges` and `moves`; `copies` does the same for replicas;
`counts` has the figures of one; `keys` is the sorted key set that all of them read.
"""
