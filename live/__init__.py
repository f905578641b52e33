"""The spine: streams of events, written with the change they tell of, read by pages over WebSockets.

It knows no subject.
"""
