#!/usr/bin/env bash
# The server is reached by its Service, is alive, and is ready.
set -euo pipefail

for path in /health/live /health/ready; do
  curl --silent --show-error --fail --max-time 10 --retry 5 --retry-delay 2 --retry-all-errors "$SERVER_URL$path"
  echo " is the answer of $path"
done
