"""PostgreSQL and Redis of one's own, for a machine that has none: in wheels, on private sockets.

`addresses` says where they are and is all that settings need; importing it starts nothing. `lease`
starts them for as long as any process needs them. Where DATABASE_URL or REDIS_URL name a server,
that server is used and nothing of that kind is started here.
"""

from procurement.core.embedded.addresses import Broker, broker, database_url

__all__ = ["Broker", "broker", "database_url"]
