"""Clusters of other people, read and never changed: the few questions that are asked, and what the answers mean.

Nothing here can stop or change a cluster: `connection` has the commands that it can send, and they all read.
"""
