<<<<<<< HEAD
"""What is read: races of policies, their figures and their course."""
=======
"""Reads."""
>>>>>>> f05653f (Balancer: what is asked of it and how nodes stand are events of the cluster's stream)
