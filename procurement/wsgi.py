"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")

application = get_wsgi_application()

# Every address is read before somebody waits for the first answer.
reverse("landing")

# What is loaded stays. The garbage collector would look through all of it now and then, which takes
# a sixth of a second while somebody waits, perhaps with a budget locked.
gc.collect()
gc.freeze()
