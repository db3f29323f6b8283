"""Settings of the suite: the product's own, told that they are under test before they are read."""

import os

from procurement import env

os.environ["PROCUREMENT_TESTING"] = "1"
# A home beside the demo's, so that neither sees the other's services or files.
os.environ.setdefault("PROCUREMENT_HOME", str(env.ROOT / ".local" / "test"))

from procurement.settings import *  # noqa: F403 - the environment had to be set first
from procurement.settings import BROKER, CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, STATIC_ROOT

# Each process of the suite has keys and queues of its own on the one Redis.
_PREFIX = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"
CACHES["default"]["KEY_PREFIX"] = _PREFIX
if BROKER.redis_url is not None:
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = _PREFIX

# Nothing is collected for tests, but a missing folder is a warning, and warnings are errors.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Every client of a test sets the middleware up anew: files are looked for when they are asked for.
WHITENOISE_AUTOREFRESH = True
