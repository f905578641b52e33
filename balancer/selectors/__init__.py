"""What is read: races of policies, their figures and their course."""
