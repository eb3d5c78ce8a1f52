#!/usr/bin/env bash
# Makes the Secrets that are missing, by the API server, with the right to create and no other.
# What exists is kept: the answer "exists" is a good one.
#
# SECRETS has a line for each:
#   key-ring NAME KEY                   a new key ring
#   passwords NAME KEY…                 a random password under each key
#   tls NAME DNS-NAME,…                 tls.crt and tls.key for the names, and ca.crt
#   redis NAME SCHEME HOST:PORT/NUMBER  password, and the url with it
#   grafana NAME                        admin-user and admin-password
set -euo pipefail
umask 077

readonly account=${ACCOUNT_FOLDER:-/var/run/secrets/kubernetes.io/serviceaccount}
readonly certificate_days=3650
readonly request_seconds=20
readonly tries=5

main() {
  local program
  for program in curl openssl higgs; do
    command -v "$program" >/dev/null || fail "the image of the database has no $program"
  done
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  server=$(api_server)
  namespace=$(<"$account/namespace")
  printf 'Authorization: Bearer %s\n' "$(<"$account/token")" >"$work/header"
  local kind name words
  while read -r kind name words; do
    [ -n "$kind" ] || continue
    data=$work/data
    rm -rf "$data"
    mkdir "$data"
    # shellcheck disable=SC2086  # the words of a line are separate arguments
    make_"${kind//-/_}" $words
    create "$name"
  done <<<"$SECRETS"
}

fail() {
  printf 'make-secrets: %s\n' "$@" >&2
  exit 1
}

# The address that every pod is told; one of version 6 needs brackets.
api_server() {
  local host=${KUBERNETES_SERVICE_HOST:?is not set: is this a pod?}
  case $host in *:*) host="[$host]" ;; esac
  printf 'https://%s:%s' "$host" "${KUBERNETES_SERVICE_PORT:?is not set}"
}

# 32 random bytes in hexadecimal: safe in a URL and in every shell.
random_password() { od -An -N32 -v -tx1 /dev/urandom | tr -d ' \n'; }

make_key_ring() { higgs keys make >"$data/$1"; }

make_passwords() {
  local key
  for key in "$@"; do random_password >"$data/$key"; done
}

make_redis() {
  local password
  password=$(random_password)
  printf '%s' "$password" >"$data/password"
  printf '%s://:%s@%s' "$1" "$password" "$2" >"$data/url"
}

make_grafana() {
  printf admin >"$data/admin-user"
  random_password >"$data/admin-password"
}

# An authority that signs one certificate and is then forgotten.
make_tls() {
  local first=${1%%,*} key_options=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  openssl req -x509 "${key_options[@]}" -days "$certificate_days" -subj "/CN=$first CA" \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$work/ca.key" -out "$data/ca.crt" 2>"$work/words" || fail "$(<"$work/words")"
  openssl req -new "${key_options[@]}" -subj "/CN=${first:0:64}" \
    -keyout "$data/tls.key" -out "$work/request" 2>"$work/words" || fail "$(<"$work/words")"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "DNS:${1//,/,DNS:}" >"$work/extensions"
  openssl x509 -req -in "$work/request" -CA "$data/ca.crt" -CAkey "$work/ca.key" \
    -set_serial "0x$(od -An -N15 -tx1 /dev/urandom | tr -d ' \n')" -days "$certificate_days" \
    -extfile "$work/extensions" -out "$data/tls.crt" 2>"$work/words" || fail "$(<"$work/words")"
  rm -f "$work/ca.key"
}

# The Secret as JSON. All that goes in is base64, or a name that the chart has made.
document() {
  local file separator=''
  printf '{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"%s",' "$1"
  printf '"labels":%s},"data":{' "$LABELS"
  for file in "$data"/*; do
    [ -s "$file" ] || fail "$1: nothing was made for ${file##*/}"
    printf '%s"%s":"%s"' "$separator" "${file##*/}" "$(base64 -w0 <"$file")"
    separator=,
  done
  printf '}}'
}

create() {
  local status
  document "$1" >"$work/document"
  status=$(curl --silent --show-error --cacert "$account/ca.crt" --max-time "$request_seconds" \
    --retry "$tries" --retry-delay 2 --retry-all-errors --header "@$work/header" \
    --header 'Content-Type: application/json' --data-binary "@$work/document" \
    --output "$work/answer" --write-out '%{http_code}' \
    "$server/api/v1/namespaces/$namespace/secrets") || fail "$1: the API server did not answer"
  case $status in
    201) echo "$1: made" ;;
    409) echo "$1: is there and stays as it is" ;;
    *) fail "$1: the API server answered $status:" "$(<"$work/answer")" ;;
  esac
}

main "$@"
