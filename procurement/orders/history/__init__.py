"""Purchase history: reading a file that another system exported, and judging it like live orders.

`replaying.replay` goes from the file to the rows; the rest are its steps. `source`, `records`,
`columns`, `amounts`, `dates`, `survey`, `reading` and `spool` read: they know neither Django nor
the database. `planning`, `evaluation` and `crossings` are pure as well, and judge what they get.
`opening`, `preparing` and `loading` write; `rejects`, `report` and `printing` say what came of it.
"""
