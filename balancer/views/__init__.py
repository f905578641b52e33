"""The balancer's pages and their endpoints."""
