"""The sub-commands of `manage.py ring`, one module each: `add_arguments(parser)` and `handle(options, out)`.

A module refuses with CommandError; the command turns that into one `error: ...` line and exit status 2.
"""
