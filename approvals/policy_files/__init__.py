"""Policies as YAML files that people review: written, and read back exactly. Pure.

Seats are named by a position's code, a role or a person's e-mail address, groups by the names on
the way to them, suppliers by name: so another organization can read what one has written.
`names` holds what can be named, `writing` and `reading` go there and back, `resolving` finds what
is named, `nodes` reads YAML line by line. Nothing in a file is executed, referred to twice or taken
for a number on the way.
"""

from approvals.policy_files.names import Names, Place
from approvals.policy_files.nodes import FileProblem
from approvals.policy_files.reading import (
    FilePolicy,
    ReadFile,
    parse,
    policies_in,
    wanted_by,
)
from approvals.policy_files.resolving import Wanted
from approvals.policy_files.writing import Written, write

__all__ = [
    "FilePolicy",
    "FileProblem",
    "Names",
    "Place",
    "ReadFile",
    "Wanted",
    "Written",
    "parse",
    "policies_in",
    "wanted_by",
    "write",
]
