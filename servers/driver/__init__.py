"""The driver of a Valkey Cluster: brings servers together, assigns and moves slots, removes members, measures.

Synchronous, by address, without a database: the servers report the actual state, and the caller knows the wanted one.
`engine.Engine` is composed of one part per file.
"""
