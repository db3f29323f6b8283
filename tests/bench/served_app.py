"""What the web server of a benchmark serves; see `tests.bench.served`.

Time goes on from the moment at which the benchmarks' companies were made: their budgets are that
year's.
"""

import os

import time_machine
from django.core.wsgi import get_wsgi_application
from django.db import connection

application = get_wsgi_application()

connection.settings_dict["NAME"] = os.environ["SERVED_DATABASE"]
time_machine.travel(os.environ["SERVED_FROM"], tick=True).start()
