"""A streaming news monitor: feeds in, the right alerts out, each with its reason."""

__version__ = "0.1.0"
