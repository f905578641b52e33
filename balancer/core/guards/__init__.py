"""What stands around the policies: which nodes may be picked, with which weight, and why. Pure: `now` is passed in."""
