"""`make run`: one machine, one folder, one command. Starts everything that a deployment starts, and ends all of it."""
