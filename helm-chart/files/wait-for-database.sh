#!/usr/bin/env bash
# Waits until the database answers, WAIT_SECONDS at most; says every ten seconds why not yet.
set -euo pipefail

readonly limit=${WAIT_SECONDS:-300}
said=-10
until words=$(psql -X -q -A -t -c 'select 1' 2>&1); do
  if [ "$SECONDS" -ge "$limit" ]; then
    printf 'The database has not answered for %s s. Its last words:\n%s\n' "$limit" "$words" >&2
    exit 1
  fi
  if [ $((SECONDS - said)) -ge 10 ]; then
    printf 'Waiting for the database at %s: %s\n' "${PGHOST:-}" "$words"
    said=$SECONDS
  fi
  sleep 1
done
echo "The database answers."
