"""Source kind `edxml`: folders of messages; `message` reads one."""
