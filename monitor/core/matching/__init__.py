"""Queries, and which of them a text satisfies, on what evidence."""
