"""The driver of a Valkey Cluster: its servers meet, own slots, move them, lose members and are measured.

Synchronous, by address, without a database: what is so is what the servers say, and what is wanted the caller knows.
`engine.Engine` is made of one part a file.
"""
