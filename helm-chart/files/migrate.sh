#!/usr/bin/env bash
# Brings the schema to this release, then gives the roles their passwords.
#
# After a rollback the schema is newer than this release: releases expand before they contract, so
# that is well, and nothing is to be done.
set -euo pipefail

if higgs migrate wait --timeout-seconds 1 >/dev/null 2>&1; then
  echo "The schema is at least at this release's version."
else
  higgs migrate up
fi

# A password stands in no command line, and, where we may say so, in no log of the server.
set_password() {
  HIGGS_ROLE=$1 HIGGS_PASSWORD=$2 psql -X -q -A -t -v ON_ERROR_STOP=1 <<'SQL'
\getenv role HIGGS_ROLE
\getenv password HIGGS_PASSWORD
select rolsuper as is_superuser from pg_roles where rolname = current_user \gset
\if :is_superuser
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
\endif
alter role :"role" password :'password';
SQL
  echo "$1 has the password of the Secret."
}

[ -z "${HIGGS_APP_PASSWORD:-}" ] || set_password "${HIGGS_APP_ROLE:-higgs_app}" "$HIGGS_APP_PASSWORD"
[ -z "${HIGGS_READONLY_PASSWORD:-}" ] || set_password higgs_readonly "$HIGGS_READONLY_PASSWORD"
