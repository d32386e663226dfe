"""How long a test waits for what has to come: so long that no machine is too busy for it."""

SECONDS = 300
