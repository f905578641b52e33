"""The balancer: policies that pick a node for a request, a simulator of them, and real traffic."""
