"""`manage.py watch`: watches every lock source and stores what pages show.

Each source has its own threads, so one that is slow, stopped or gone delays no other: an ear hears changes, an eye
reads what changed and what is due, a sweep searches the keyspace, and a teller writes to our own Redis. It uses threads
instead of asyncio because the reading code is the command line's, through redis-py, and a reply that takes long to
parse must not stop another source's clock.
"""
