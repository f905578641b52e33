"""Where this process may connect to: the rules, the parsing of a typed address, and the door that checks both.

It decides and resolves, but connects to nothing itself. Callers supply the rules and our own addresses.
"""
