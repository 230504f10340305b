# Two stages: build tools stay in the first one. The second one runs without root and writes only to
# the data folder.
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/gongkai
# Semantic search is part of the image. Without it: --build-arg LOCK=requirements.lock (190 MB less).
ARG LOCK=requirements-semantic.lock
COPY requirements.lock requirements-semantic.lock ./
RUN /opt/gongkai/bin/pip install --no-cache-dir --require-hashes -r "$LOCK"
RUN python -m venv /opt/packing && /opt/packing/bin/pip install --no-cache-dir hatchling babel build
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY analyzers analyzers
COPY indexer indexer
COPY search_api search_api
COPY gongkai gongkai
COPY deploy deploy
RUN /opt/packing/bin/python -m build --wheel --no-isolation --outdir /tmp/wheel \
    && /opt/gongkai/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /home/gongkai gongkai \
    && install -d -o gongkai -g gongkai /var/lib/gongkai /var/log/gongkai
COPY --from=build /opt/gongkai /opt/gongkai
ENV PATH=/opt/gongkai/bin:$PATH PYTHONDONTWRITEBYTECODE=1 GONGKAI_DATA_DIR=/var/lib/gongkai
WORKDIR /var/lib/gongkai
USER gongkai
VOLUME /var/lib/gongkai
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
ENTRYPOINT ["gongkai"]
CMD ["serve", "--host", "0.0.0.0"]
