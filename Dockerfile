# One image for every party; docker-compose.yml chooses the command.
FROM python:3.11-slim AS paywright
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY gateway gateway
COPY simulator simulator
COPY conformance conformance
COPY merchant_receiver merchant_receiver
COPY sdk sdk
COPY dashboard dashboard
COPY paywright paywright
RUN pip install --constraint constraints.txt . && useradd --create-home paywright && mkdir /data && chown paywright /data
USER paywright
ENV HOST=0.0.0.0 STATE_DIR=/data
