"""`monitor poll`."""

from monitor.cli.roles import role_command

command = role_command("poll", "Poll feeds and publish what is new.", ("poll",))
