"""Insight: what was spent, by whom, on what; it follows the trail, and nobody calls it."""
