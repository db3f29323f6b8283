"""The append-only, tamper-evident trail of what was done, by whom and why."""
