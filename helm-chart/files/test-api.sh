#!/usr/bin/env bash
# The API is the one of this release; the metrics are not where players are.
set -euo pipefail

ask() { curl --silent --show-error --max-time 10 --retry 5 --retry-delay 2 --retry-connrefused "$@"; }

answer=$(ask --fail "$SERVER_URL/v1/config")
case $answer in
  *"\"$EXPECTED_VERSION\""*) echo "GET /v1/config says version $EXPECTED_VERSION" ;;
  *) echo "GET /v1/config does not say version $EXPECTED_VERSION: $answer" >&2 && exit 1 ;;
esac
ask --fail --output /dev/null "$SERVER_URL/openapi.yaml"
echo "GET /openapi.yaml is answered"
status=$(ask --output /dev/null --write-out '%{http_code}' "$SERVER_URL/metrics")
if [ "$status" != 404 ]; then
  echo "GET /metrics on the public port answers $status; it must be 404 there" >&2
  exit 1
fi
echo "GET /metrics is not on the public port"
