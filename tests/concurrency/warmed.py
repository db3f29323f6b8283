"""What a process of the product has loaded once it has served a few requests.

Imported by the server from which a storm's workers are forked: who takes the place of one that was
killed goes on like the others, as a web server's workers do.
"""

import gc

import redis

from procurement.celery import app
from procurement.wsgi import application

assert application
assert app.backend
assert app.amqp.queues
assert app.connection_for_write().transport_cls
assert redis

gc.collect()
gc.freeze()
