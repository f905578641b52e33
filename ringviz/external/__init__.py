"""Clusters of other people, read and never changed: where one may connect to, and the few questions that are asked.

Nothing here can stop or change a cluster: `reading` knows the commands that it sends, and they all read.
"""
