"""`manage.py watch`: watches every lock source and keeps what pages show.

Each source has threads of its own, so that one that is slow, stopped or gone delays no other: an ear hears changes, an
eye reads what changed and what is due, a sweep searches the keyspace, and a teller writes to our own Redis. Threads and
not asyncio: what reads is the same code as that of the command line, by redis-py, and a reply that takes long to parse
must not stop another source's clock.
"""
