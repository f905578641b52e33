"""Forms whose saving is a change of a cluster, carried out by the services."""
