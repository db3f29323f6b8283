"""What a process of the product has loaded once it has served a few requests.

Imported by the server from which a storm's workers are forked: who takes the place of one that was
killed goes on like the others, as a web server's workers do.
"""

import gc

import redis

from procurement.celery import app
from procurement.wsgi import application

LOADED = (
    application,
    redis,
    app.backend,
    app.amqp.queues,
    app.connection_for_write().transport_cls,
)

gc.collect()
gc.freeze()
