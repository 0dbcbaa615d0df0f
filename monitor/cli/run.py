"""`monitor run`."""

from monitor import app
from monitor.cli.roles import role_command

command = role_command("run", "All roles in one process; without a Kafka, on the embedded broker.", app.ALL_ROLES)
