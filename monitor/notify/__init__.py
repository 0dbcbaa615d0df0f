"""Alerts out: one notifier a kind of channel, behind one protocol."""
