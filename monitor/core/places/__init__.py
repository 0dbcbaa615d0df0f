"""Which place a name in a text means, if any."""
