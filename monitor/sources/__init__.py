"""Bytes to entries and articles: feeds, seed files, article lines."""
