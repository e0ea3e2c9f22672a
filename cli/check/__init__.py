"""`vanban check` and `vanban check figures`: whether figures agree with each other, published ones and typed ones."""

COMMANDS = ("check", "figures")
