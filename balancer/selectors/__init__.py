"""What is read: races of policies, their figures and their course; and what is asked of a cluster's balancer."""
