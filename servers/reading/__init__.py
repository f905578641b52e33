"""Other people's clusters, read and never changed: a few questions, and what the answers mean.

Nothing here can stop or change a cluster: `connection` has the only commands it can send, and all of them read.
"""
