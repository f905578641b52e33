"""The event streams: written together with the change that they describe, and read by pages over WebSockets.

This package knows nothing about the product.
"""
