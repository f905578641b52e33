"""The guards: which nodes a policy may pick, with which weight, and why. Pure: `now` is passed in."""
