# syntax=docker/dockerfile:1
# One image for web, worker and beat; the command decides which.

FROM node:22-slim AS libraries
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/run.txt /tmp/run.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/run.txt

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/partybuild \
    BIND=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /var/lib/partybuild --create-home partybuild
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/partybuild
COPY . .
COPY --from=libraries /build/node_modules /tmp/build/node_modules
# Static files need no secret: they are collected with the settings of the demo, whose folder is thrown away.
RUN python -m compileall -q . \
    && ln -s /tmp/build/node_modules node_modules \
    && python bin/assets.py \
    && python bin/catalogues.py compile \
    && DEMO=1 VAR_DIR=/tmp/build/var python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules /tmp/build
USER 10001
VOLUME /var/lib/partybuild
EXPOSE 8000
CMD ["gunicorn", "-c", "python:partybuild.webserver"]
