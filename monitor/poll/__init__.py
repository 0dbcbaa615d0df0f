"""Feeds in: fetch what changed, publish it, then remember it."""
