"""Caps on groups, their periods, the ledger of every movement on them, and the alerts."""
