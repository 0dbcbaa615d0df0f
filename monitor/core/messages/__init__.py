"""What an alert says, made harmless for where it is shown."""
