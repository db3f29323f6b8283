"""Trying a policy on the past: what a draft would have asked of orders that are long through.

`answers`, `judging`, `counting` and `tally` are pure; `ground` and `past` read what they work on.
"""
