"""Purchase history: reading a file that another system exported, and judging it like live orders.

`source`, `records`, `headers`, `amounts`, `dates`, `survey`, `reading` and `spool` are pure: they
know neither Django nor the database. `evaluation` is pure as well and works on what it is given.
`preparing` and `loading` touch the database.
"""
