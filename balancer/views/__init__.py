"""The pages of the balancer, and what they ask for."""
