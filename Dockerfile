# LDN Companion in a container: the dependencies are built in the first stage and only run in the second.
# It runs as user 10001 on a read-only root file system; /data is the one place that it writes to.

FROM python:3.13-slim-trixie AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
# The lock also pins what builds the package; nothing of that is needed to run it.
RUN python -m pip --python /venv/bin/python install --no-deps --no-build-isolation . \
    && python -m pip --python /venv/bin/python uninstall --yes \
        editables hatchling pathspec pluggy trove-classifiers

FROM python:3.13-slim-trixie
RUN groupadd --system --gid 10001 ldn \
    && useradd --system --uid 10001 --gid ldn --no-create-home --home-dir /data --shell /usr/sbin/nologin ldn \
    && install --directory --owner=ldn --group=ldn --mode=0700 /data \
    && python -m pip uninstall --yes pip
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LDN_DATABASE__DATA_FOLDER=/data
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["ldn-companion", "healthcheck"]
ENTRYPOINT ["ldn-companion"]
CMD ["run"]
