"""A subject that is thrown away with the tests: a lamp, lit in a colour or put out, and nothing of Ringviz around it.

It stands by its own files and one line in `settings.py`. Where it needs more than that, the product has grown a place
that knows its subjects by name.
"""
