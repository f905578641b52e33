"""The sub-commands of `manage.py balance`. Each is a module with `add_arguments(parser)` and `handle(options, out)`.

To refuse, a module raises CommandError. The command prints it as one `error: ...` line and exits with status 2.
"""
