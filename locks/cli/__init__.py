"""The sub-commands of `manage.py locks`."""
