"""The Faust app: match and story agents, their tables, and the guard around each record."""
