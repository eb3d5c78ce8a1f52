#!/usr/bin/env bash
# The server's role reaches the database; the ledger is in order; the role cannot make chips.
set -euo pipefail

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"; }

version=$(ask 'select max(version) from schema_migrations')
echo "The schema is at version $version."
problems=$(ask 'select check_name, problem from verify_ledger(null, true) where not is_ok')
if [ -n "$problems" ]; then
  printf 'The ledger is not in order:\n%s\n' "$problems" >&2
  exit 1
fi
echo "The ledger is in order."
if words=$(ask 'update user_wallets set balance = balance + 1' 2>&1); then
  echo "The server's role may change balances: it is not the role that it should be." >&2
  exit 1
fi
case $words in
  *"permission denied"*) echo "The server's role cannot make chips." ;;
  *) printf 'An update was refused for another reason than a missing right:\n%s\n' "$words" >&2 && exit 1 ;;
esac
