"""Clusters as the overview shows them: figures, pictures and sentences."""
