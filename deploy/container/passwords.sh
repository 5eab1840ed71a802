#!/bin/sh
# Runs once in the database's container, after roles.sql: gives the users their passwords. It may be read by another shell
# instead of being run, so it keeps to itself.
(
    set -eu
    for user in projector api auditor; do
        psql --quiet --set ON_ERROR_STOP=1 --set name="traccia_$user" \
            --set word="$(cat "/run/secrets/tables-$user")" --username postgres --dbname postgres <<'SQL'
alter role :"name" password :'word';
SQL
    done
)
