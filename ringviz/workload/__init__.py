"""The workload of a managed cluster: readers and writers that use it as a cache, and measure what they see.

    traffic     the pace, the operations, the frames      following   the settings as the cluster's state tells them

`servers.client` is the client itself.
"""
