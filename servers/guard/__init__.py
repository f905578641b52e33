"""Where this process may connect to: the rules, an address as a person typed it, and the door that checks both.

It decides and resolves, and connects to nothing itself. Whoever uses it supplies the rules and our own addresses.
"""
