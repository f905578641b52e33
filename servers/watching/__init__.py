"""Which servers are alive: each is pinged all the time, and who stays silent is suspected, then convicted."""
