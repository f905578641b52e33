"""`make run`: one machine, one folder, one command. Starts what a deployment starts, and ends all of it."""
