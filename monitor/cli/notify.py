"""`monitor notify`."""

from monitor.cli.roles import role_command

command = role_command("notify", "Deliver alerts to their channels.", ("notify",))
