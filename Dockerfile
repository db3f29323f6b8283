# One image for web, worker, beat and commands; what it runs as is said by its command.
FROM python:3.12-slim AS build

ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv
WORKDIR /srv/procurement
COPY pyproject.toml requirements.lock ./
# What the product itself needs, at the locked versions and with their hashes, without the
# development tools that the lock file also holds.
RUN uv venv /opt/venv \
    && uv pip install --no-cache --python /opt/venv/bin/python --require-hashes \
        --requirement pyproject.toml --constraint requirements.lock

FROM python:3.12-slim

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DEMO_PAGES=0 \
    PROCUREMENT_HOME=/var/lib/procurement \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --home-dir /var/lib/procurement --create-home \
        --shell /usr/sbin/nologin procurement \
    && install --directory --owner procurement --mode 0755 /srv/static
WORKDIR /srv/procurement
COPY --from=build /opt/venv /opt/venv
COPY . .
USER procurement
# Files are gathered once, with a key that signs nothing.
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity 0

EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["granian", "procurement.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", \
     "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-ws", "--no-access-log"]
