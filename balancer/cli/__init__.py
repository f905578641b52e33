"""The sub-commands of `manage.py balance`, a module each: `add_arguments(parser)` and `handle(options, out)`.

A module refuses with CommandError; the command itself makes that one `error: ...` line and exit status 2.
"""
