#!/bin/sh
# Writes the secrets of docker-compose.yml into ./.env, once: sh apps/standalone/compose-secrets.sh
set -eu
umask 077
random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
if [ -e .env ]; then
  echo ".env exists and stays as it is" >&2
  exit 1
fi
cat >.env <<EOF
POSTGRES_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
# Seals every secret in the database: without it they are lost. Keep a copy elsewhere.
CAUSEWAY_MASTER_KEY=k1:$(head -c 32 /dev/urandom | base64)
CAUSEWAY_ADMIN_TOKEN=cwt_$(random 32)
CAUSEWAY_NODE_TOKEN=cwn_$(random 32)
EOF
