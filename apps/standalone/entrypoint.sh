#!/bin/sh
# What the image runs: the first word of the command names it, the rest goes to it. `exec` makes it process 1, which gets the signals.
set -eu
command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  control-plane) exec node apps/control-plane/dist/main.js "$@" ;;
  # Requests die young: a larger young generation is cheaper to keep clean.
  data-plane) exec node --max-semi-space-size=32 apps/data-plane/dist/main.js "$@" ;;
  migrate) exec node apps/control-plane/dist/migrate.js "$@" ;;
  sample-backend) exec node apps/standalone/dist/sample-backend-main.js "$@" ;;
  example) exec node apps/standalone/dist/example-main.js "$@" ;;
  *)
    echo "usage: control-plane | data-plane | migrate | sample-backend [port] [host] | example" >&2
    exit 64
    ;;
esac
