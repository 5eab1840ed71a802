-- Who may do what to the read models. Run once, as a superuser, before the first projector starts:
--
--   psql --set ON_ERROR_STOP=1 --file roles.sql postgres
--
-- Then give each user a password, which psql asks for and sends as a hash: \password traccia_projector, and so on.
-- Running it again changes nothing.

\set ON_ERROR_STOP 1

select format('create role %I nologin', name)
from (values ('traccia_owner'), ('traccia_read')) as wanted (name)
where not exists (select 1 from pg_roles where rolname = name)
\gexec

select format('create role %I login', name)
from (values ('traccia_projector'), ('traccia_api'), ('traccia_auditor')) as wanted (name)
where not exists (select 1 from pg_roles where rolname = name)
\gexec

-- Texts are compared byte by byte whatever the database's language is; UTF-8 is what the log holds.
select 'create database traccia owner traccia_owner encoding ''UTF8'' template template0'
where not exists (select 1 from pg_database where datname = 'traccia')
\gexec

\connect traccia

-- Nobody by default, not even to connect.
revoke all on database traccia from public;
revoke all on schema public from public;

-- Writes: it makes the schema `traccia` and one for each generation of the tables, and removes old ones. It owns those
-- schemas and nothing else. `traccia project` and `traccia rebuild`.
grant connect, create, temporary on database traccia to traccia_projector;

-- Reads what the projector makes, in whichever generation: rights are given as each schema and table is made.
grant connect, temporary on database traccia to traccia_read;
alter default privileges for role traccia_projector grant usage on schemas to traccia_read;
alter default privileges for role traccia_projector grant select on tables to traccia_read;

-- The API, `traccia verify` (folds again into temporary tables of its own and compares) and `traccia doctor`.
grant traccia_read to traccia_api;

-- An auditor's own queries. Which generation is in place: `select 'traccia_g' || generation from traccia.installation`.
-- Every row has `since` and `until`: what was known at a position is a `where` clause.
grant traccia_read to traccia_auditor;
alter role traccia_auditor connection limit 3;
alter role traccia_auditor in database traccia set default_transaction_read_only = on;
alter role traccia_auditor in database traccia set statement_timeout = '5min';
alter role traccia_auditor in database traccia set work_mem = '64MB';
