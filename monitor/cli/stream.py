"""`monitor stream`."""

from monitor.cli.roles import role_command

command = role_command("stream", "Match articles and judge the matches.", ("stream",))
