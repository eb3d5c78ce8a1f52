-- Generated from database/migrations by `make generate`; edit those, not this file.
--
-- Sets up or upgrades a Higgs Domino database (PostgreSQL 15 or newer), from any directory:
--
--   createdb higgs_domino
--   psql -d higgs_domino -f database/setup.sql
--
-- Runs as a superuser, or as a role with CREATEROLE that owns the database. Each migration and its
-- record are one transaction: stopped at any moment, it leaves whole migrations only, and the next
-- run goes on from there. A second run changes nothing. Like `higgs migrate up` it holds an
-- advisory lock of its session, so give it a direct connection rather than a transaction pooler.
-- To wait another time than ten minutes for a run elsewhere: psql -v lock_wait_seconds=60 …

\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set ECHO none
\set QUIET on
\set SHOW_CONTEXT never
\set VERBOSITY default
\timing off
\pset pager off
\pset format aligned
\pset tuples_only off
\if :{?lock_wait_seconds}
\else
  \set lock_wait_seconds 600
\endif

set application_name = 'higgs setup.sql';
set client_encoding = 'UTF8';
set client_min_messages = warning;
set standard_conforming_strings = on;
set search_path = public;
set timezone = 'UTC';
set statement_timeout = 0;
set lock_timeout = '10s';  -- a migration that waits longer would make everyone behind it wait
set idle_in_transaction_session_timeout = 0;
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = off;
set synchronous_commit = on;
set default_tablespace = '';
set check_function_bodies = on;
select set_config('higgs.lock_wait_seconds', :'lock_wait_seconds', false) as higgs_ignored \gset

-- Can this server and this database be used at all?
do $check$
begin
  if current_setting('server_version_num')::integer < 150000 then
    raise exception 'PostgreSQL % is too old', current_setting('server_version')
      using hint = 'Use PostgreSQL 15 or newer.';
  end if;
  if pg_is_in_recovery() then
    raise exception 'this server is a standby and takes no changes'
      using hint = 'Connect to the primary.';
  end if;
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'database % has the encoding %', current_database(),
      current_setting('server_encoding')
      using hint = 'Make it with: createdb --template=template0 --encoding=UTF8 NAME';
  end if;
  if not has_schema_privilege('public', 'usage') then
    raise exception '% may not use schema public of this database', current_user
      using hint = format('As a superuser run: grant higgs_owner to %I;', current_user);
  end if;
end
$check$;

-- One run at a time: asks again and again rather than waiting inside PostgreSQL, where a waiting
-- transaction could block the very run that it waits for.
do $lock$
declare
  poll_seconds constant double precision := 0.2;
  wait_seconds constant double precision := current_setting('higgs.lock_wait_seconds');
  deadline constant timestamptz := clock_timestamp() + make_interval(secs => wait_seconds);
  said boolean := false;
begin
  while not pg_try_advisory_lock(7162653105347891) loop
    if clock_timestamp() > deadline then
      raise exception 'another migration of this database has been at work for over % seconds',
        wait_seconds
        using hint = 'See who holds the lock: select a.* from pg_locks l join pg_stat_activity a '
          'using (pid) where l.locktype = ''advisory'' and l.granted; then run this again.';
    end if;
    if not said then
      raise info 'Another migration of this database is at work; waiting up to % seconds for it.',
        wait_seconds;
      said := true;
    end if;
    perform pg_sleep(poll_seconds);
    commit;
  end loop;
end
$lock$;

-- Does what is recorded fit these files?
select to_regclass('public.schema_migrations') is not null as higgs_has_record \gset
select set_config('higgs.files', $files$
[
  {"version": 1, "name": "initial_setup", "sha256": "bb280e15e055f26b5355dce134c54a15a2d48f83aef2bde397b0f4fa1aeabcfd"},
  {"version": 2, "name": "game_features", "sha256": "c5f65fcca26ff60e3a7e8c1c525ff54401e010f55c26d0928e2e3715691e43c0"},
  {"version": 3, "name": "social_features", "sha256": "ea9c2eeea39863c942122b2170d080dca0413d296aa9ba314b3187ce56580ba9"},
  {"version": 4, "name": "views_and_final_setup", "sha256": "ada6ddcbc4485a27d2749b725da4e6370d7073cfe4ee0178c13714237d922a1e"},
  {"version": 5, "name": "ledger_integrity", "sha256": "0f9b2697cab9a8cab899692bc746d69f08a653c75ea2ccb7db9c798bcaaeb070"},
  {"version": 6, "name": "player_protection", "sha256": "e1ae055ad46b31d453ff9778bd92b272e06abe4bc40ed4c9d3ca3ef586e86818"},
  {"version": 7, "name": "hosting_and_journal", "sha256": "6b1864ec94ee1b2db30e82a15f8afeeb2e98f8105f65d68ba42921e1c8e305e3"},
  {"version": 8, "name": "idempotency_keys", "sha256": "31369c2fa935cd9fe48e946398a7195c669c64d8ffc352b3d1372720a15520d9"},
  {"version": 9, "name": "live_tables", "sha256": "9ac98e48e6fc34a3c64a4943fe24dbdfe5ef5509fd2ec75cd74564f1e89207a8"},
  {"version": 10, "name": "hands_in_batches", "sha256": "aa981c8b240d14df3903559591b6fe21a0772f2469b0f637d5ec76ab8011358c"},
  {"version": 11, "name": "leaner_posting", "sha256": "f0a9171e5cdece44c0d3278a98840759649ff80ac5b54a8ec7b285bf9ee2135a"},
  {"version": 12, "name": "clearer_refusals", "sha256": "d32b015ae467f4c60e439709ab2f84947ba814107f4283b5793e3b0df752e470"}
]
$files$, false) as higgs_ignored \gset

do $check$
declare
  recorded record;
  newest_file integer := 12;
  newest_recorded integer;
  is_recorded boolean := to_regclass('public.schema_migrations') is not null;
begin
  if is_recorded then
    select exists (select from public.schema_migrations) into is_recorded;
  end if;
  if not is_recorded then
    if to_regclass('public.user_wallets') is not null then
      raise exception 'database % has the tables, but no record of migrations', current_database()
        using hint = 'If its schema is that of a release, adopt it: higgs migrate baseline';
    end if;
    return;
  end if;
  if not pg_has_role('higgs_owner', 'usage') then
    raise exception '% may not migrate this database', current_user
      using hint = format('As a superuser, or as the role that installed it, run: '
        'grant higgs_owner to %I;', current_user);
  end if;
  for recorded in
    select m.version, m.name, m.sha256, f.name as file_name, f.sha256 as file_sha256
    from public.schema_migrations as m
    left join json_to_recordset(current_setting('higgs.files')::json)
      as f (version integer, name text, sha256 text) using (version)
    order by m.version
  loop
    if recorded.file_sha256 <> recorded.sha256 then
      raise exception '%_%.sql is not the file that was applied to this database',
        to_char(recorded.version, 'FM000'), recorded.file_name
        using detail = format('Applied: %s. In this setup.sql: %s.',
          recorded.sha256, recorded.file_sha256),
        hint = 'A migration never changes once it is applied: take back the change, and put it '
          'into a new migration.';
    end if;
  end loop;
  select max(version) into newest_recorded from public.schema_migrations;
  if (select count(*) from public.schema_migrations) <> coalesce(newest_recorded, 0) then
    raise exception 'the record in public.schema_migrations has gaps'
      using hint = 'Compare database and files: higgs migrate verify';
  end if;
  if newest_recorded > newest_file then
    raise warning 'this database is at %, and this setup.sql ends at %: it is of an older release',
      to_char(newest_recorded, 'FM000'), to_char(newest_file, 'FM000');
  end if;
end
$check$;

\set higgs_changed false

-- 001_initial_setup.sql ---------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 1)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '001_initial_setup.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 001 Initial setup: roles, identifiers, accounts, VIP levels, wallets, games.
--
-- Runs as a superuser, or as a role with CREATEROLE that owns the database. Repeating the
-- roles block is harmless: roles belong to the whole server and may exist already.

do $roles$
declare
  role_name text;
  attributes text;
  is_superuser boolean := current_setting('is_superuser')::boolean;
begin
  foreach role_name in array array['higgs_owner', 'higgs_app', 'higgs_readonly'] loop
    if not exists (select from pg_catalog.pg_roles r where r.rolname = role_name) then
      -- The login roles have no password: the operator sets one, or a certificate or peer map.
      attributes := case when role_name = 'higgs_owner' then 'nologin' else 'login' end;
      begin
        execute format('create role %I %s', role_name, attributes);
      exception
        when insufficient_privilege then
          raise exception 'role % is missing and % may not create it', role_name, current_user
            using errcode = 'insufficient_privilege',
              hint = format('As a superuser run: alter role %I createrole;', current_user);
        when duplicate_object or unique_violation then
          null;  -- another installer made it between the look and the statement
      end;
    end if;
  end loop;
  if not is_superuser and not pg_has_role(current_user, 'higgs_owner', 'usage') then
    begin
      execute format('grant higgs_owner to %I', current_user);
    exception when insufficient_privilege then
      -- From PostgreSQL 16 on only who made a role, or has it with ADMIN OPTION, may grant it.
      raise exception '% is not a member of higgs_owner', current_user
        using errcode = 'insufficient_privilege',
          hint = format('As %s run: grant higgs_owner to %I;', (
            select string_agg(a.name, ' or ' order by a.ordinal)
            from (
              select 'a superuser' as name, 0::bigint as ordinal
              union all
              select quote_ident(r.rolname), row_number() over (order by r.rolname)
              from pg_catalog.pg_auth_members as m
              join pg_catalog.pg_roles as r on r.oid = m.member and not r.rolsuper
              where m.roleid = 'higgs_owner'::regrole and m.admin_option
            ) as a), current_user);
    end;
  end if;
  -- Looked at first, so that a second installation in the same server changes nothing.
  if not exists (
    select from pg_catalog.pg_db_role_setting as s
    join pg_catalog.pg_roles as r on r.oid = s.setrole
    where r.rolname = 'higgs_app' and s.setdatabase = 0
      and 'synchronous_commit=on' = any (s.setconfig)
  ) then
    begin
      execute 'alter role higgs_app set synchronous_commit = on';
    exception when insufficient_privilege then
      raise exception 'synchronous_commit is not pinned on role higgs_app'
        using errcode = 'insufficient_privilege',
          hint = 'As a superuser run: alter role higgs_app set synchronous_commit = on;';
    end;
  end if;
end
$roles$;

do $rights$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to higgs_owner, higgs_app, higgs_readonly', current_database());
  execute 'revoke all on schema public from public';
  execute 'grant usage, create on schema public to higgs_owner';
  execute 'grant usage on schema public to higgs_app, higgs_readonly';
  if not has_schema_privilege('higgs_owner', 'public', 'create') then
    raise exception 'higgs_owner may not create objects in schema public'
      using errcode = 'insufficient_privilege',
        hint = format(
          'As a superuser or as the owner of the database run: '
          'grant usage, create on schema public to higgs_owner; '
          'or: alter database %I owner to %I;', current_database(), current_user);
  end if;
end
$rights$;

set role higgs_owner;

alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;

create table public.schema_migrations (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now(),
  applied_by text not null default session_user,
  duration_ms integer not null,
  constraint schema_migrations_pkey primary key (version),
  constraint schema_migrations_version_positive check (version > 0),
  constraint schema_migrations_name_length check (length(name) between 1 and 100),
  constraint schema_migrations_sha256_format check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint schema_migrations_applied_by_length check (length(applied_by) between 1 and 63),
  constraint schema_migrations_duration_not_negative check (duration_ms >= 0)
);
comment on table public.schema_migrations is
  'One row for each migration that has been applied; written by setup.sql and by higgs migrate.';
comment on column public.schema_migrations.version is 'Number in front of the file name.';
comment on column public.schema_migrations.name is 'File name without number and ending.';
comment on column public.schema_migrations.sha256 is
  'SHA-256 of the file''s bytes, as 64 hexadecimal digits.';
comment on column public.schema_migrations.applied_at is 'When it was applied.';
comment on column public.schema_migrations.applied_by is 'Database user who applied it.';
comment on column public.schema_migrations.duration_ms is 'How long it took, in milliseconds.';

-- Identifiers ------------------------------------------------------------------------------------

create function public.refuse_id_time(event_time timestamptz)
returns uuid
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception '% is no time that an identifier can hold', event_time
    using errcode = 'datetime_field_overflow',
      hint = 'It has 48 bits of milliseconds: give a time from 1970 to 10889. Where every '
        'identifier is meant, compare with 00000000-0000-0000-0000-000000000000.';
end
$function$;
comment on function public.refuse_id_time(timestamptz) is
  'The error of a time before 1970 or after 10889, which would come out as another time: what
id_at(), id_lower_bound() and derive_id() call then.
Example: select public.refuse_id_time(created_at) from users where false;';

-- These are not declared strict, which would keep a CASE from being inlined; null still gives null.
create function public.id_at(event_time timestamptz)
returns uuid
language sql
volatile
parallel safe
return case
  when event_time >= '1970-01-01 00:00:00+00'::timestamptz
    and event_time < '10889-08-02 05:31:50.656+00'::timestamptz
    then encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send(floor(extract(epoch from event_time) * 1000)::bigint) from 3)
          from 1 for 6),
        52, 1), 53, 1),
      'hex')::uuid
  else public.refuse_id_time(event_time)
end;
comment on function public.id_at(timestamptz) is
  'A new version-7 identifier (RFC 9562): 48 bits of milliseconds since 1970, then random bits.
Example: select public.id_at(now());';

create function public.new_id()
returns uuid
language sql
volatile
parallel safe
return encode(
  set_bit(set_bit(
    overlay(
      uuid_send(gen_random_uuid())
      placing substring(
        int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
      from 1 for 6),
    52, 1), 53, 1),
  'hex')::uuid;
comment on function public.new_id() is
  'A new version-7 identifier for this moment; the default of every uuid key.
Example: select public.new_id();';

create function public.id_lower_bound(event_time timestamptz)
returns uuid
language sql
immutable
parallel safe
return case
  when event_time >= '1970-01-01 00:00:00+00'::timestamptz
    and event_time < '10889-08-02 05:31:50.656+00'::timestamptz
    then (
      encode(
        substring(
          int8send(floor(
            extract(epoch from event_time - '1970-01-01 00:00:00+00'::timestamptz)
            * 1000)::bigint)
          from 3), 'hex')
      || '00000000000000000000')::uuid
  else public.refuse_id_time(event_time)
end;
comment on function public.id_lower_bound(timestamptz) is
  'The smallest 128-bit value with the time''s 48 bits: every version-7 identifier made at or
after that millisecond is greater. Bounds of partitions and of time ranges.
Example: select * from transactions where id >= id_lower_bound(now() - interval ''1 hour'');';

create function public.id_time(id uuid)
returns timestamptz
language sql
immutable
strict
parallel safe
return to_timestamp(
  ('x' || encode(substring(uuid_send(id) from 1 for 6), 'hex'))::bit(48)::bigint / 1000.0);
comment on function public.id_time(uuid) is
  'The moment that a version-7 identifier carries, to the millisecond.
Example: select public.id_time(public.new_id());';

create function public.derive_id(
  event_time timestamptz, source text, purpose text, ordinal integer)
returns uuid
language sql
immutable
parallel safe
return case
  when event_time >= '1970-01-01 00:00:00+00'::timestamptz
    and event_time < '10889-08-02 05:31:50.656+00'::timestamptz
    then encode(
      set_bit(set_bit(set_bit(set_bit(set_bit(set_bit(
        substring(int8send(floor(extract(epoch from event_time) * 1000)::bigint) from 3)
        || substring(
          sha256(
            int4send(octet_length(source)) || convert_to(source, 'UTF8')
            || int4send(octet_length(purpose)) || convert_to(purpose, 'UTF8')
            || int4send(ordinal))
          from 1 for 10),
        55, 0), 54, 1), 53, 1), 52, 1), 71, 1), 70, 0),
      'hex')::uuid
  else public.refuse_id_time(event_time)
end;
comment on function public.derive_id(timestamptz, text, text, integer) is
  'The version-7 identifier that follows from an event: its stored time and a hash of (source,
purpose, ordinal). The same event always gives the same identifier, so that posting it twice
cannot pay twice. The time must be one that is stored once, such as the end of a tournament.
Example: select public.derive_id(finished_at, id::text, ''prize'', 1) from tournaments;';

create function public.reserved_id(
  event_time timestamptz, source text, purpose text, ordinal integer)
returns uuid
language sql
immutable
parallel safe
return encode(
  set_bit(set_bit(set_bit(set_bit(
    uuid_send(public.derive_id(event_time, source, purpose, ordinal)),
    55, 1), 54, 0), 53, 0), 52, 0),
  'hex')::uuid;
comment on function public.reserved_id(timestamptz, text, text, integer) is
  'As derive_id(), but of version 8 (RFC 9562): the identifiers under which the database''s own
functions post (buy-ins, settlements, cash-outs, bonuses). post_transactions takes version 7 only,
so that nobody can use one of these up beforehand.
Example: select public.reserved_id(started_at, id::text, ''settlement'', 1) from game_hands;';

create function public.is_version_7(id uuid)
returns boolean
language sql
immutable
parallel safe
return get_byte(uuid_send(id), 6) >> 4 = 7;
comment on function public.is_version_7(uuid) is
  'Whether an identifier is of version 7 (RFC 9562), as those that callers choose must be: by the
digit that says so.
Example: select public.is_version_7(public.new_id());';

-- Accounts ---------------------------------------------------------------------------------------

create table public.users (
  id uuid not null default public.new_id(),
  username text not null,
  account_type text not null default 'guest',
  role text not null default 'player',
  status text not null default 'active',
  suspended_until timestamptz,
  password_hash text,
  guest_secret_hash bytea,
  email_encrypted bytea,
  email_lookup bytea,
  email_verified_at timestamptz,
  phone_encrypted bytea,
  phone_lookup bytea,
  key_id bytea,
  failed_logins smallint not null default 0,
  locked_until timestamptz,
  self_excluded_until timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint users_pkey primary key (id),
  constraint users_username_format check (username ~ '^[A-Za-z0-9_.-]{3,24}$'),
  constraint users_account_type_known check (account_type in ('guest', 'registered', 'bot')),
  constraint users_role_known
    check (role in ('player', 'moderator', 'economist', 'auditor', 'admin')),
  constraint users_status_known check (status in ('active', 'suspended', 'banned', 'closed')),
  constraint users_suspension_has_end
    check (status <> 'suspended' or suspended_until is not null),
  constraint users_password_hash_format
    check (length(password_hash) = 60 and password_hash ~ '^\$2[aby]\$[0-9]{2}\$'),
  constraint users_guest_secret_hash_size check (octet_length(guest_secret_hash) = 32),
  constraint users_email_encrypted_size
    check (octet_length(email_encrypted) between 29 and 1024),
  constraint users_email_lookup_size check (octet_length(email_lookup) = 32),
  constraint users_phone_encrypted_size check (octet_length(phone_encrypted) between 29 and 256),
  constraint users_phone_lookup_size check (octet_length(phone_lookup) = 32),
  constraint users_key_id_size check (octet_length(key_id) between 1 and 32),
  constraint users_encrypted_fields_have_key
    check (key_id is not null or (email_encrypted is null and phone_encrypted is null)),
  constraint users_email_whole check ((email_encrypted is null) = (email_lookup is null)),
  constraint users_phone_whole check ((phone_encrypted is null) = (phone_lookup is null)),
  constraint users_failed_logins_not_negative check (failed_logins >= 0)
);
comment on table public.users is
  'An account: a player, a bot, or a member of staff. Contact data is stored encrypted only.';
comment on column public.users.id is 'Version-7 identifier.';
comment on column public.users.username is 'Public name; unique without regard to case.';
comment on column public.users.account_type is
  'guest (a device''s secret), registered (password or sign-in provider), bot.';
comment on column public.users.role is 'player, moderator, economist, auditor or admin.';
comment on column public.users.status is
  'active, suspended (until suspended_until), banned, closed.';
comment on column public.users.suspended_until is
  'When a suspension ends; null while not suspended.';
comment on column public.users.password_hash is 'bcrypt hash ($2b$); null without a password.';
comment on column public.users.guest_secret_hash is
  'SHA-256 of the random secret that the server issued to a guest.';
comment on column public.users.email_encrypted is
  'E-mail address under AES-GCM; there is no plain copy anywhere.';
comment on column public.users.email_lookup is
  'Keyed hash of the normalised e-mail address, to find the account by it.';
comment on column public.users.email_verified_at is 'When the address was confirmed.';
comment on column public.users.phone_encrypted is 'Telephone number under AES-GCM.';
comment on column public.users.phone_lookup is 'Keyed hash of the telephone number.';
comment on column public.users.key_id is 'Which key of the key ring encrypted this row''s fields.';
comment on column public.users.failed_logins is 'Failed sign-ins since the last good one.';
comment on column public.users.locked_until is
  'Sign-in is refused until then after too many failures.';
comment on column public.users.self_excluded_until is
  'The player asked not to be let play until then.';
comment on column public.users.last_seen_at is 'Last sign of life, to the minute.';
comment on column public.users.created_at is 'When the account was made.';
comment on column public.users.updated_at is 'When the row last changed.';
comment on column public.users.closed_at is 'When the account was closed; its ledger stays.';
create unique index users_username_lower_key on public.users (lower(username));
create unique index users_email_lookup_key on public.users (email_lookup)
  where email_lookup is not null;
create unique index users_phone_lookup_key on public.users (phone_lookup)
  where phone_lookup is not null;
create unique index users_guest_secret_hash_key on public.users (guest_secret_hash)
  where guest_secret_hash is not null;
create index users_staff_idx on public.users (role) where role <> 'player';

create table public.user_profiles (
  user_id uuid not null,
  display_name text not null,
  avatar text not null default 'tile-0-0',
  bio text,
  country text,
  locale text not null default 'id',
  time_zone text not null default 'Asia/Jakarta',
  next_time_zone text,
  time_zone_changes_at timestamptz,
  show_online boolean not null default true,
  allow_messages text not null default 'friends',
  experience bigint not null default 0,
  updated_at timestamptz not null default now(),
  constraint user_profiles_pkey primary key (user_id),
  constraint user_profiles_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_profiles_display_name_length check (length(display_name) between 1 and 32),
  constraint user_profiles_avatar_format check (avatar ~ '^[a-z0-9-]{1,40}$'),
  constraint user_profiles_bio_length check (length(bio) <= 280),
  constraint user_profiles_country_format check (country ~ '^[A-Z]{2}$'),
  constraint user_profiles_locale_length check (length(locale) <= 35),
  constraint user_profiles_locale_format check (locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  constraint user_profiles_time_zone_length check (length(time_zone) between 1 and 64),
  constraint user_profiles_next_time_zone_length check (length(next_time_zone) between 1 and 64),
  constraint user_profiles_time_zone_change_whole
    check ((next_time_zone is null) = (time_zone_changes_at is null)),
  constraint user_profiles_allow_messages_known
    check (allow_messages in ('everyone', 'friends', 'nobody')),
  constraint user_profiles_experience_not_negative check (experience >= 0)
);
comment on table public.user_profiles is
  'What a player shows to others and how the game is set up for them.';
comment on column public.user_profiles.user_id is 'The account.';
comment on column public.user_profiles.display_name is 'Name shown at the table.';
comment on column public.user_profiles.avatar is 'Name of a picture that the clients carry.';
comment on column public.user_profiles.bio is 'A few words about oneself.';
comment on column public.user_profiles.country is 'ISO 3166-1 code of two letters.';
comment on column public.user_profiles.locale is 'BCP 47 language tag of the interface.';
comment on column public.user_profiles.time_zone is
  'IANA time zone; the player''s day starts at its midnight.';
comment on column public.user_profiles.next_time_zone is
  'A changed zone, in force from time_zone_changes_at, so that no day is lived twice.';
comment on column public.user_profiles.time_zone_changes_at is
  'Start of the player''s next day, when next_time_zone comes into force.';
comment on column public.user_profiles.show_online is 'Whether friends see the player online.';
comment on column public.user_profiles.allow_messages is
  'Who may send private messages: everyone, friends, nobody.';
comment on column public.user_profiles.experience is
  'Experience points; the level follows from them.';
comment on column public.user_profiles.updated_at is 'When the row last changed.';

create table public.user_mfa_factors (
  id uuid not null default public.new_id(),
  user_id uuid not null,
  kind text not null,
  secret_encrypted bytea,
  key_id bytea,
  code_hash bytea,
  last_used_step bigint,
  confirmed_at timestamptz,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint user_mfa_factors_pkey primary key (id),
  constraint user_mfa_factors_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_mfa_factors_kind_known check (kind in ('totp', 'recovery_code')),
  constraint user_mfa_factors_totp_whole check (
    (kind = 'totp') = (secret_encrypted is not null) and (kind = 'totp') = (key_id is not null)),
  constraint user_mfa_factors_recovery_code_whole check (
    (kind = 'recovery_code') = (code_hash is not null)),
  constraint user_mfa_factors_secret_size check (octet_length(secret_encrypted) between 29 and 256),
  constraint user_mfa_factors_key_id_size check (octet_length(key_id) between 1 and 32),
  constraint user_mfa_factors_code_hash_size check (octet_length(code_hash) = 32)
);
comment on table public.user_mfa_factors is
  'Second factors of sign-in: an authenticator''s secret, and recovery codes.';
comment on column public.user_mfa_factors.id is 'Version-7 identifier.';
comment on column public.user_mfa_factors.user_id is 'The account.';
comment on column public.user_mfa_factors.kind is 'totp or recovery_code.';
comment on column public.user_mfa_factors.secret_encrypted is
  'TOTP secret under AES-GCM; null for a recovery code.';
comment on column public.user_mfa_factors.key_id is
  'Which key of the key ring encrypted the secret.';
comment on column public.user_mfa_factors.code_hash is 'SHA-256 of a recovery code; null for TOTP.';
comment on column public.user_mfa_factors.last_used_step is
  'Last accepted TOTP time step, so that a code works once.';
comment on column public.user_mfa_factors.confirmed_at is
  'When the player proved to have it; unconfirmed factors do not count.';
comment on column public.user_mfa_factors.used_at is 'When a recovery code was spent.';
comment on column public.user_mfa_factors.created_at is 'When it was added.';
create index user_mfa_factors_user_id_idx on public.user_mfa_factors (user_id);

create table public.user_sessions (
  id uuid not null default public.new_id(),
  user_id uuid not null,
  refresh_token_hash bytea not null,
  previous_token_hash bytea,
  device_name text,
  address inet,
  created_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  constraint user_sessions_pkey primary key (id),
  constraint user_sessions_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_sessions_refresh_token_hash_size check (octet_length(refresh_token_hash) = 32),
  constraint user_sessions_previous_token_hash_size
    check (octet_length(previous_token_hash) = 32),
  constraint user_sessions_device_name_length check (length(device_name) between 1 and 100),
  constraint user_sessions_expires_after_start check (expires_at > created_at),
  constraint user_sessions_revocation_whole check ((revoked_at is null) = (revoked_reason is null)),
  constraint user_sessions_revoked_reason_known check (revoked_reason in
    ('signed_out', 'reuse_detected', 'password_changed', 'by_staff', 'expired'))
);
comment on table public.user_sessions is
  'A sign-in on one device: a family of rotating refresh tokens, revocable at once.';
comment on column public.user_sessions.id is 'Version-7 identifier; the access tokens carry it.';
comment on column public.user_sessions.user_id is 'The account.';
comment on column public.user_sessions.refresh_token_hash is
  'SHA-256 of the refresh token that is valid now.';
comment on column public.user_sessions.previous_token_hash is
  'SHA-256 of the one before; its use again means theft, and revokes the session.';
comment on column public.user_sessions.device_name is 'What the client calls itself.';
comment on column public.user_sessions.address is 'Network address at sign-in.';
comment on column public.user_sessions.created_at is 'When the player signed in.';
comment on column public.user_sessions.refreshed_at is 'When the token was last rotated.';
comment on column public.user_sessions.expires_at is 'When the refresh token ends.';
comment on column public.user_sessions.revoked_at is 'When it was revoked; null while valid.';
comment on column public.user_sessions.revoked_reason is
  'signed_out, reuse_detected, password_changed, by_staff, expired.';
create unique index user_sessions_refresh_token_hash_key
  on public.user_sessions (refresh_token_hash);
create unique index user_sessions_previous_token_hash_key
  on public.user_sessions (previous_token_hash) where previous_token_hash is not null;
create index user_sessions_user_id_idx on public.user_sessions (user_id);
create index user_sessions_live_expires_at_idx on public.user_sessions (expires_at)
  where revoked_at is null;
create index user_sessions_revoked_at_idx on public.user_sessions (revoked_at)
  where revoked_at is not null;

-- VIP --------------------------------------------------------------------------------------------

create table public.vip_levels (
  level smallint not null,
  name text not null,
  required_points bigint not null,
  bonus_percent smallint not null,
  rake_discount_bps smallint not null,
  friends_max integer not null,
  constraint vip_levels_pkey primary key (level),
  constraint vip_levels_level_range check (level between 0 and 99),
  constraint vip_levels_name_length check (length(name) between 1 and 32),
  constraint vip_levels_required_points_not_negative check (required_points >= 0),
  constraint vip_levels_bonus_percent_range check (bonus_percent between 0 and 1000),
  constraint vip_levels_rake_discount_bps_range check (rake_discount_bps between 0 and 10000),
  constraint vip_levels_friends_max_positive check (friends_max > 0),
  constraint vip_levels_name_key unique (name),
  constraint vip_levels_required_points_key unique (required_points)
);
comment on table public.vip_levels is
  'The VIP levels and what each is worth. Reference data.';
comment on column public.vip_levels.level is '0 for everyone, then rising.';
comment on column public.vip_levels.name is 'Name shown to players.';
comment on column public.vip_levels.required_points is
  'VIP points from which the level is reached.';
comment on column public.vip_levels.bonus_percent is 'Added to the daily bonus, in percent.';
comment on column public.vip_levels.rake_discount_bps is
  'Taken off the rake, in basis points of it.';
comment on column public.vip_levels.friends_max is 'How many friends the level may have.';

create table public.user_vip_status (
  user_id uuid not null,
  level smallint not null default 0,
  points bigint not null default 0,
  level_since timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_vip_status_pkey primary key (user_id),
  constraint user_vip_status_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_vip_status_level_fkey foreign key (level) references public.vip_levels (level),
  constraint user_vip_status_points_not_negative check (points >= 0)
);
comment on table public.user_vip_status is
  'Where each player stands on the VIP ladder.';
comment on column public.user_vip_status.user_id is 'The account.';
comment on column public.user_vip_status.level is 'Level held now.';
comment on column public.user_vip_status.points is 'VIP points gathered.';
comment on column public.user_vip_status.level_since is 'When the level was reached.';
comment on column public.user_vip_status.updated_at is 'When the row last changed.';
create index user_vip_status_level_idx on public.user_vip_status (level);

-- Wallets ----------------------------------------------------------------------------------------

create table public.user_wallets (
  id bigint generated always as identity,
  kind text not null,
  user_id uuid,
  room_id bigint,
  seat smallint,
  code text,
  currency text not null,
  balance bigint,
  frozen_at timestamptz,
  frozen_reason text,
  created_at timestamptz not null default now(),
  constraint user_wallets_pkey primary key (id),
  constraint user_wallets_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_wallets_kind_known check (kind in ('player', 'seat', 'pool', 'system')),
  constraint user_wallets_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint user_wallets_balance_range check (balance between 0 and 9007199254740991),
  constraint user_wallets_balance_by_kind check ((kind = 'system') = (balance is null)),
  constraint user_wallets_owner_by_kind check (
    case kind
      when 'player' then
        user_id is not null and room_id is null and seat is null and code is null
      when 'seat' then
        user_id is null and room_id is not null and seat is not null and code is null
      else user_id is null and room_id is null and seat is null and code is not null
    end),
  constraint user_wallets_seat_range check (seat between 0 and 7),
  constraint user_wallets_code_format check (code ~ '^[a-z][a-z0-9_:-]{0,62}$'),
  constraint user_wallets_frozen_reason_length check (length(frozen_reason) between 1 and 200),
  constraint user_wallets_freeze_whole check ((frozen_at is null) = (frozen_reason is null)),
  constraint user_wallets_system_not_frozen check (kind <> 'system' or frozen_at is null)
)
with (fillfactor = 80);
comment on table public.user_wallets is
  'Every chip is in exactly one wallet. Written by the ledger''s functions only.';
comment on column public.user_wallets.id is 'Number of the wallet.';
comment on column public.user_wallets.kind is
  'player; seat (the chips in front of a player); pool (prizes, bonus budgets, jackpots); system
(issue, rake, burn).';
comment on column public.user_wallets.user_id is 'Owner of a player''s wallet; null otherwise.';
comment on column public.user_wallets.room_id is 'Room of a seat''s wallet; null otherwise.';
comment on column public.user_wallets.seat is
  'Seat number of a seat''s wallet, from 0; null otherwise.';
comment on column public.user_wallets.code is
  'Name of a pool or system wallet, such as issue or rake; null otherwise.';
comment on column public.user_wallets.currency is 'COINS, GEMS or TOKENS.';
comment on column public.user_wallets.balance is
  'Whole units, never negative; null for a system wallet, whose balance is its rollup and the
rows since.';
comment on column public.user_wallets.frozen_at is
  'Set while nothing may be taken from or added to it except what a running hand owes.';
comment on column public.user_wallets.frozen_reason is 'Why it is frozen.';
comment on column public.user_wallets.created_at is 'When the wallet was made.';
create unique index user_wallets_user_id_currency_key
  on public.user_wallets (user_id, currency) where user_id is not null;
create unique index user_wallets_room_id_seat_currency_key
  on public.user_wallets (room_id, seat, currency) where room_id is not null;
create unique index user_wallets_code_currency_key
  on public.user_wallets (code, currency) where code is not null;

-- Games ------------------------------------------------------------------------------------------

create table public.games (
  id text not null,
  name text not null,
  seats_min smallint not null,
  seats_max smallint not null,
  rules_version integer not null,
  rules jsonb not null,
  is_enabled boolean not null default true,
  constraint games_pkey primary key (id),
  constraint games_id_format check (id ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint games_name_length check (length(name) between 1 and 32),
  constraint games_seats_range check (seats_min >= 2 and seats_min <= seats_max and seats_max <= 8),
  constraint games_rules_version_positive check (rules_version > 0),
  constraint games_rules_object check (jsonb_typeof(rules) = 'object')
);
comment on table public.games is
  'The games that can be played, with the default options of each. Reference data.';
comment on column public.games.id is
  'Short name: gaple, qiuqiu, bandar_qq, block, draw, all_fives.';
comment on column public.games.name is 'Name shown to players.';
comment on column public.games.seats_min is 'Fewest players of a hand.';
comment on column public.games.seats_max is 'Most players of a hand.';
comment on column public.games.rules_version is
  'Version of the rules that new hands are played by.';
comment on column public.games.rules is 'Default options; a room may set others.';
comment on column public.games.is_enabled is 'Whether new rooms may be opened.';

-- Reference data ---------------------------------------------------------------------------------

insert into public.vip_levels
  (level, name, required_points, bonus_percent, rake_discount_bps, friends_max)
values
  (0, 'Member', 0, 0, 0, 100),
  (1, 'Bronze', 1000, 5, 200, 150),
  (2, 'Silver', 5000, 10, 400, 200),
  (3, 'Gold', 20000, 20, 700, 300),
  (4, 'Platinum', 75000, 30, 1000, 400),
  (5, 'Diamond', 250000, 50, 1500, 500),
  (6, 'Crown', 1000000, 75, 2000, 750),
  (7, 'Legend', 5000000, 100, 2500, 1000);

insert into public.games (id, name, seats_min, seats_max, rules_version, rules)
values
  ('gaple', 'Gaple', 2, 4, 1,
    '{"opening": "highestDouble", "passPayment": "lastPlacer", "payment": "flat"}'),
  ('qiuqiu', 'QiuQiu', 2, 7, 1,
    '{"settlement": "highThenLow", "betting": "noLimit"}'),
  ('bandar_qq', 'Bandar QQ', 2, 8, 1,
    '{"ties": "push", "ninePaysDouble": false, "rotatingBanker": true}'),
  ('block', 'Block', 2, 4, 1,
    '{"lessOwnPips": false, "targetScore": 100}'),
  ('draw', 'Draw', 2, 4, 1,
    '{"undrawnTiles": 0, "lessOwnPips": false, "targetScore": 100}'),
  ('all_fives', 'All Fives', 2, 4, 1,
    '{"targetScore": 100, "pointsDividedByFive": false}');

insert into public.user_wallets (kind, code, currency)
select 'system', c.code, u.currency
from (values ('issue'), ('rake'), ('burn')) as c (code)
cross join (values ('COINS'), ('GEMS'), ('TOKENS')) as u (currency)
order by c.code, u.currency;

insert into public.user_wallets (kind, code, currency, balance)
select 'pool', 'bonus', u.currency, 0
from (values ('COINS'), ('GEMS'), ('TOKENS')) as u (currency)
order by u.currency;

-- Rights -----------------------------------------------------------------------------------------
-- The server signs players in, so it reads secrets; it never writes wallets or reference data.

grant select on
  public.schema_migrations, public.users, public.user_profiles, public.user_mfa_factors,
  public.user_sessions, public.vip_levels, public.user_vip_status, public.user_wallets,
  public.games
to higgs_app;
grant insert, update on public.user_profiles, public.user_sessions to higgs_app;
-- Role, status, suspension and self-exclusion are changed by audited functions only.
grant insert (
  id, username, account_type, password_hash, guest_secret_hash, email_encrypted, email_lookup,
  email_verified_at, phone_encrypted, phone_lookup, key_id, last_seen_at
) on public.users to higgs_app;
grant update (
  username, account_type, password_hash, guest_secret_hash, email_encrypted, email_lookup,
  email_verified_at, phone_encrypted, phone_lookup, key_id, failed_logins, locked_until,
  last_seen_at, updated_at
) on public.users to higgs_app;
grant insert, update, delete on public.user_mfa_factors to higgs_app;
grant execute on function
  public.id_at(timestamptz), public.new_id(), public.id_lower_bound(timestamptz),
  public.id_time(uuid), public.derive_id(timestamptz, text, text, integer),
  public.reserved_id(timestamptz, text, text, integer), public.is_version_7(uuid),
  public.refuse_id_time(timestamptz)
to higgs_app, higgs_readonly;

grant select on public.schema_migrations, public.vip_levels, public.games to higgs_readonly;
grant select (
  id, username, account_type, role, status, suspended_until, self_excluded_until, last_seen_at,
  created_at, closed_at
) on public.users to higgs_readonly;
grant select (
  user_id, display_name, avatar, country, locale, time_zone, experience, updated_at
) on public.user_profiles to higgs_readonly;
grant select (user_id, level, points, level_since, updated_at)
  on public.user_vip_status to higgs_readonly;
grant select (
  id, kind, user_id, room_id, seat, code, currency, balance, frozen_at, created_at
) on public.user_wallets to higgs_readonly;
grant select (id, user_id, created_at, refreshed_at, expires_at, revoked_at, revoked_reason)
  on public.user_sessions to higgs_readonly;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  1, 'initial_setup', 'bb280e15e055f26b5355dce134c54a15a2d48f83aef2bde397b0f4fa1aeabcfd', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 002_game_features.sql ---------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 2)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '002_game_features.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 002 Game features: rooms, seats, hands, moves, statistics; the ledger and its posting function;
-- bonuses, achievements, tournaments.

set role higgs_owner;

-- Guards and partitions --------------------------------------------------------------------------

create function public.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception '% on %: the table is append-only', tg_op, tg_table_name
    using errcode = 'insufficient_privilege',
      hint = 'History is never changed. To undo a payment post its reversal.';
end
$function$;
comment on function public.refuse_change() is
  'Trigger of the append-only tables: refuses UPDATE, DELETE and TRUNCATE, the owner''s included.
Example: create trigger guard before update on t for each row execute function refuse_change();';

create function public.month_start(month_of timestamptz)
returns timestamptz
language sql
stable
strict
parallel safe
return date_trunc('month', month_of at time zone 'UTC') at time zone 'UTC';
comment on function public.month_start(timestamptz) is
  'The first moment, in UTC, of the month that a time lies in: the bounds of partitions.
Example: select public.month_start(now());';

create function public.ensure_month_partition(parent regclass, month_of timestamptz)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $function$
declare
  attempts_max constant integer := 10;
  month timestamptz := public.month_start(month_of);
  -- A month is added to the UTC wall clock: the session's time zone would shift the bound.
  month_end timestamptz := ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  parent_name text;
  parent_schema text;
  leaf text;
  attempt integer := 0;
begin
  select c.relname, n.nspname into strict parent_name, parent_schema
  from pg_catalog.pg_class as c
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.oid = parent;
  leaf := parent_name || to_char(month at time zone 'UTC', '"_y"YYYY"m"MM');
  loop
    if to_regclass(format('%I.%I', parent_schema, leaf)) is not null then
      return false;
    end if;
    attempt := attempt + 1;
    begin
      -- Attaching takes a lock that lets posting go on; "create table … partition of" would queue
      -- behind an open poster and stop everyone after it.
      execute format('create table %I.%I (like %s including all)', parent_schema, leaf, parent);
      execute format('alter table %I.%I owner to higgs_owner', parent_schema, leaf);
      execute format('comment on table %I.%I is %L', parent_schema, leaf, format(
        'The rows of %s of %s (UTC).', parent_name, to_char(month at time zone 'UTC', 'YYYY-MM')));
      execute format(
        'alter table %s attach partition %I.%I for values from (%L) to (%L)',
        parent, parent_schema, leaf,
        public.id_lower_bound(month), public.id_lower_bound(month_end));
      if exists (
        select from pg_catalog.pg_trigger as g
        where g.tgrelid = parent and g.tgfoid = 'public.refuse_change()'::regprocedure
      ) then
        execute format(
          'create trigger refuse_truncate before truncate on %I.%I '
          'for each statement execute function public.refuse_change()', parent_schema, leaf);
        execute format(
          'alter table %I.%I enable always trigger refuse_truncate', parent_schema, leaf);
      end if;
      return true;
    exception
      when lock_not_available then
        if attempt >= attempts_max then
          raise exception 'partition % was not made: a lock was not to be had in % tries',
            leaf, attempts_max
            using errcode = 'lock_not_available',
              hint = 'Find the long transaction in pg_stat_activity, then run ensure_partitions().';
        end if;
        perform pg_sleep(0.1 * attempt);
      when duplicate_table then
        null;  -- another session made it; the next round sees it
    end;
  end loop;
end
$function$;
comment on function public.ensure_month_partition(regclass, timestamptz) is
  'Makes the partition of a month where it is missing and guards it like its parent; true when it
was made. Locks: SHARE UPDATE EXCLUSIVE on the parent, for at most a second a try.
Example: select public.ensure_month_partition(''transactions'', now() + interval ''5 months'');';

create function public.ensure_partitions(months_ahead integer default 4)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  months_ahead_max constant integer := 24;
  id_window_days constant integer := 35;
  parent regclass;
  month timestamptz;
  made integer := 0;
begin
  if months_ahead is null or months_ahead not between 1 and months_ahead_max then
    raise exception 'months_ahead is %, not between 1 and %', months_ahead, months_ahead_max
      using errcode = 'invalid_parameter_value';
  end if;
  for parent in
    select c.oid::regclass
    from pg_catalog.pg_class as c
    join pg_catalog.pg_partitioned_table as p on p.partrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and p.partstrat = 'r'
    order by c.relname
  loop
    for month in
      select s.month
      from generate_series(
        public.month_start(now() - make_interval(days => id_window_days)) at time zone 'UTC',
        (public.month_start(now()) at time zone 'UTC') + make_interval(months => months_ahead),
        interval '1 month') as t (wall)
      cross join lateral (select t.wall at time zone 'UTC' as month) as s
    loop
      made := made + public.ensure_month_partition(parent, month)::integer;
    end loop;
  end loop;
  return made;
end
$function$;
comment on function public.ensure_partitions(integer) is
  'Makes the missing monthly partitions of every partitioned table, from the oldest month that the
id window reaches to months_ahead from now; returns how many were made. Run daily.
Example: do $partitions$ begin perform public.ensure_partitions(); end $partitions$;';

-- Play -------------------------------------------------------------------------------------------

create table public.tournaments (
  id uuid not null default public.new_id(),
  name text not null,
  game_id text not null,
  format text not null,
  status text not null default 'announced',
  currency text not null,
  entry_fee bigint not null default 0,
  pool_wallet_id bigint not null,
  prize_shares integer[] not null,
  seats_min integer not null,
  seats_max integer not null,
  registration_opens_at timestamptz not null,
  starts_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint tournaments_pkey primary key (id),
  constraint tournaments_game_id_fkey foreign key (game_id) references public.games (id),
  constraint tournaments_pool_wallet_id_fkey
    foreign key (pool_wallet_id) references public.user_wallets (id),
  constraint tournaments_created_by_fkey foreign key (created_by) references public.users (id),
  constraint tournaments_name_length check (length(name) between 1 and 80),
  constraint tournaments_format_known check (format in ('knockout', 'rounds', 'ladder')),
  constraint tournaments_status_known check (
    status in ('announced', 'registering', 'running', 'finished', 'cancelled')),
  constraint tournaments_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint tournaments_entry_fee_range check (entry_fee between 0 and 1000000000000000),
  constraint tournaments_prize_shares_count check (cardinality(prize_shares) between 1 and 1000),
  constraint tournaments_prize_shares_positive check (0 < all (prize_shares)),
  constraint tournaments_seats_range check (seats_min between 2 and seats_max),
  constraint tournaments_times_in_order check (registration_opens_at < starts_at),
  constraint tournaments_finish_whole check ((status = 'finished') = (finished_at is not null))
);
comment on table public.tournaments is
  'A tournament from its announcement to its prizes.';
comment on column public.tournaments.id is 'Version-7 identifier.';
comment on column public.tournaments.name is 'Name shown to players.';
comment on column public.tournaments.game_id is 'Game that is played.';
comment on column public.tournaments.format is 'knockout, rounds or ladder.';
comment on column public.tournaments.status is
  'announced, registering, running, finished, cancelled.';
comment on column public.tournaments.currency is 'Currency of entry and prizes.';
comment on column public.tournaments.entry_fee is 'What a player pays to enter, into the pool.';
comment on column public.tournaments.pool_wallet_id is 'The pool that holds entries and prizes.';
comment on column public.tournaments.prize_shares is
  'Share of the pool by final place, in basis points.';
comment on column public.tournaments.seats_min is
  'Fewest participants; fewer at the start cancel it with refunds.';
comment on column public.tournaments.seats_max is 'Most participants.';
comment on column public.tournaments.registration_opens_at is 'When players may enter.';
comment on column public.tournaments.starts_at is 'When it starts.';
comment on column public.tournaments.started_at is 'When it did start.';
comment on column public.tournaments.finished_at is
  'Stored once when it ended; the prizes'' identifiers follow from it.';
comment on column public.tournaments.created_by is 'Member of staff who made it.';
comment on column public.tournaments.created_at is 'When it was made.';
create index tournaments_game_id_idx on public.tournaments (game_id);
create unique index tournaments_pool_wallet_id_key on public.tournaments (pool_wallet_id);
create index tournaments_created_by_idx on public.tournaments (created_by)
  where created_by is not null;
create index tournaments_upcoming_starts_at_idx on public.tournaments (starts_at)
  where status in ('announced', 'registering', 'running');

create table public.tournament_participants (
  tournament_id uuid not null,
  user_id uuid not null,
  entry_transaction_id uuid,
  status text not null default 'registered',
  score bigint not null default 0,
  place integer,
  prize bigint not null default 0,
  prize_transaction_id uuid,
  registered_at timestamptz not null default now(),
  constraint tournament_participants_pkey primary key (tournament_id, user_id),
  constraint tournament_participants_tournament_id_fkey
    foreign key (tournament_id) references public.tournaments (id),
  constraint tournament_participants_user_id_fkey
    foreign key (user_id) references public.users (id),
  constraint tournament_participants_status_known
    check (status in ('registered', 'playing', 'out', 'withdrawn', 'finished')),
  constraint tournament_participants_place_positive check (place > 0),
  constraint tournament_participants_prize_not_negative check (prize >= 0)
);
comment on table public.tournament_participants is
  'A player''s part in a tournament.';
comment on column public.tournament_participants.tournament_id is 'The tournament.';
comment on column public.tournament_participants.user_id is 'The player.';
comment on column public.tournament_participants.entry_transaction_id is
  'The payment of the entry; null where it was free.';
comment on column public.tournament_participants.status is
  'registered, playing, out, withdrawn, finished.';
comment on column public.tournament_participants.score is 'Points or chips that rank the player.';
comment on column public.tournament_participants.place is 'Final place, from 1; null until known.';
comment on column public.tournament_participants.prize is 'Prize that was paid.';
comment on column public.tournament_participants.prize_transaction_id is
  'The payment of the prize.';
comment on column public.tournament_participants.registered_at is 'When the player entered.';
create index tournament_participants_user_id_idx on public.tournament_participants (user_id);

create table public.game_rooms (
  id bigint generated always as identity,
  name text not null,
  game_id text not null,
  visibility text not null default 'public',
  join_code text,
  tournament_id uuid,
  currency text not null,
  base_bet bigint not null,
  buy_in_min bigint not null,
  buy_in_max bigint not null,
  seats smallint not null,
  rake_bps smallint not null default 0,
  rake_cap bigint not null default 0,
  options jsonb not null default '{}',
  status text not null default 'open',
  host_node bigint,
  fence bigint not null default 0,
  hands_started integer not null default 0,
  current_hand_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint game_rooms_pkey primary key (id),
  constraint game_rooms_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_rooms_tournament_id_fkey
    foreign key (tournament_id) references public.tournaments (id),
  constraint game_rooms_created_by_fkey foreign key (created_by) references public.users (id),
  constraint game_rooms_name_length check (length(name) between 1 and 60),
  constraint game_rooms_visibility_known
    check (visibility in ('public', 'private', 'tournament')),
  constraint game_rooms_join_code_format check (join_code ~ '^[A-Z0-9]{4,12}$'),
  constraint game_rooms_private_has_code check ((visibility = 'private') = (join_code is not null)),
  constraint game_rooms_tournament_has_id
    check ((visibility = 'tournament') = (tournament_id is not null)),
  constraint game_rooms_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_rooms_base_bet_range check (base_bet between 1 and 1000000000000),
  constraint game_rooms_buy_in_range
    check (buy_in_min >= 1 and buy_in_min <= buy_in_max and buy_in_max <= 1000000000000000),
  constraint game_rooms_seats_range check (seats between 2 and 8),
  constraint game_rooms_rake_bps_range check (rake_bps between 0 and 2000),
  constraint game_rooms_rake_cap_range check (rake_cap between 0 and 1000000000000000),
  constraint game_rooms_options_object check (jsonb_typeof(options) = 'object'),
  constraint game_rooms_status_known check (status in ('open', 'closing', 'closed')),
  constraint game_rooms_fence_not_negative check (fence >= 0),
  constraint game_rooms_hands_started_not_negative check (hands_started >= 0),
  constraint game_rooms_closed_whole check ((status = 'closed') = (closed_at is not null)),
  constraint game_rooms_closed_has_no_hand check (status <> 'closed' or current_hand_id is null)
)
with (fillfactor = 80);
comment on table public.game_rooms is
  'A table that players sit at, with its stakes and the node that hosts it.';
comment on column public.game_rooms.id is 'Number of the room; also the key of its advisory lock.';
comment on column public.game_rooms.name is 'Name shown in the lobby.';
comment on column public.game_rooms.game_id is 'Game that is played.';
comment on column public.game_rooms.visibility is
  'public, private (by its join code) or tournament.';
comment on column public.game_rooms.join_code is 'What a player types to find a private room.';
comment on column public.game_rooms.tournament_id is 'The tournament that the room belongs to.';
comment on column public.game_rooms.currency is 'Currency of the chips on the table.';
comment on column public.game_rooms.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.game_rooms.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.game_rooms.buy_in_max is 'Most chips to sit down with.';
comment on column public.game_rooms.seats is 'How many seats.';
comment on column public.game_rooms.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.game_rooms.rake_cap is 'Most rake of one hand.';
comment on column public.game_rooms.options is 'Rules that differ from the game''s defaults.';
comment on column public.game_rooms.status is 'open, closing (no new hands) or closed.';
comment on column public.game_rooms.host_node is 'Node that hosts the room; null while none does.';
comment on column public.game_rooms.fence is
  'Rises whenever the host changes; an old host''s writes carry an old fence.';
comment on column public.game_rooms.hands_started is 'Number of the last hand that was started.';
comment on column public.game_rooms.current_hand_id is 'The hand that runs; null between hands.';
comment on column public.game_rooms.created_by is 'Player who opened it; null for the house.';
comment on column public.game_rooms.created_at is 'When it was opened.';
comment on column public.game_rooms.closed_at is 'When it was closed.';
create index game_rooms_game_id_idx on public.game_rooms (game_id);
create index game_rooms_tournament_id_idx on public.game_rooms (tournament_id)
  where tournament_id is not null;
create index game_rooms_created_by_idx on public.game_rooms (created_by)
  where created_by is not null;
create unique index game_rooms_join_code_key on public.game_rooms (join_code)
  where join_code is not null and status <> 'closed';
create index game_rooms_lobby_idx on public.game_rooms (game_id, base_bet)
  where status = 'open' and visibility = 'public';
create index game_rooms_host_node_idx on public.game_rooms (host_node)
  where host_node is not null;

alter table public.user_wallets
  add constraint user_wallets_room_id_fkey foreign key (room_id) references public.game_rooms (id);

create table public.game_sessions (
  id uuid not null,
  room_id bigint not null,
  seat smallint not null,
  user_id uuid not null,
  seat_wallet_id bigint not null,
  bought_in bigint not null default 0,
  cashed_out bigint,
  leave_requested_at timestamptz,
  first_hand integer,
  last_hand integer,
  sat_down_at timestamptz not null default now(),
  stood_up_at timestamptz,
  constraint game_sessions_pkey primary key (id),
  constraint game_sessions_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint game_sessions_user_id_fkey foreign key (user_id) references public.users (id),
  constraint game_sessions_seat_wallet_id_fkey
    foreign key (seat_wallet_id) references public.user_wallets (id),
  constraint game_sessions_seat_range check (seat between 0 and 7),
  constraint game_sessions_bought_in_not_negative check (bought_in >= 0),
  constraint game_sessions_cashed_out_not_negative check (cashed_out >= 0),
  constraint game_sessions_end_whole check ((stood_up_at is null) = (cashed_out is null))
)
with (fillfactor = 85);
comment on table public.game_sessions is
  'A player''s stay in a seat, from the buy-in to the cash-out.';
comment on column public.game_sessions.id is
  'Version-7 identifier, chosen by the caller: sitting down twice with it is once.';
comment on column public.game_sessions.room_id is 'The room.';
comment on column public.game_sessions.seat is 'Seat number, from 0.';
comment on column public.game_sessions.user_id is 'The player.';
comment on column public.game_sessions.seat_wallet_id is
  'The wallet that holds the chips in front of the player.';
comment on column public.game_sessions.bought_in is 'Chips brought to the table, in all.';
comment on column public.game_sessions.cashed_out is
  'Chips taken away at the end; null while seated.';
comment on column public.game_sessions.leave_requested_at is
  'The player wants to stand up when the hand is over.';
comment on column public.game_sessions.first_hand is 'Number of the first hand played.';
comment on column public.game_sessions.last_hand is 'Number of the last hand played.';
comment on column public.game_sessions.sat_down_at is 'When the player sat down.';
comment on column public.game_sessions.stood_up_at is
  'When the player stood up; null while seated.';
create unique index game_sessions_seated_seat_key on public.game_sessions (room_id, seat)
  where stood_up_at is null;
create unique index game_sessions_seated_user_key on public.game_sessions (user_id, room_id)
  where stood_up_at is null;
create index game_sessions_room_id_idx on public.game_sessions (room_id);
create index game_sessions_user_id_idx on public.game_sessions (user_id, sat_down_at desc);
create index game_sessions_seat_wallet_id_idx on public.game_sessions (seat_wallet_id);

create table public.game_hands (
  id uuid not null,
  room_id bigint not null,
  number integer not null,
  game_id text not null,
  rules_version integer not null,
  options jsonb not null,
  currency text not null,
  base_bet bigint not null,
  rake_bps smallint not null,
  rake_cap bigint not null,
  opener_seat smallint,
  status text not null default 'playing',
  server_seed_commit bytea not null,
  server_seed_encrypted bytea,
  key_id bytea,
  server_seed bytea,
  started_at timestamptz not null,
  ended_at timestamptz,
  rake bigint not null default 0,
  result jsonb,
  void_reason text,
  constraint game_hands_pkey primary key (id),
  constraint game_hands_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint game_hands_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_hands_room_id_number_key unique (room_id, number),
  constraint game_hands_number_positive check (number > 0),
  constraint game_hands_rules_version_positive check (rules_version > 0),
  constraint game_hands_options_object check (jsonb_typeof(options) = 'object'),
  constraint game_hands_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_hands_base_bet_positive check (base_bet > 0),
  constraint game_hands_rake_bps_range check (rake_bps between 0 and 2000),
  constraint game_hands_rake_cap_not_negative check (rake_cap >= 0),
  constraint game_hands_opener_seat_range check (opener_seat between 0 and 7),
  constraint game_hands_status_known check (status in ('playing', 'settled', 'voided')),
  constraint game_hands_server_seed_commit_size check (octet_length(server_seed_commit) = 32),
  constraint game_hands_server_seed_encrypted_size
    check (octet_length(server_seed_encrypted) between 29 and 256),
  constraint game_hands_key_id_size check (octet_length(key_id) between 1 and 32),
  constraint game_hands_server_seed_size check (octet_length(server_seed) = 32),
  constraint game_hands_server_seed_matches_commit
    check (sha256(server_seed) = server_seed_commit),
  constraint game_hands_playing_is_sealed
    check (status <> 'playing' or (server_seed is null and server_seed_encrypted is not null)),
  constraint game_hands_started_at_is_id_time check (started_at = public.id_time(id)),
  constraint game_hands_end_whole check ((status = 'playing') = (ended_at is null)),
  constraint game_hands_result_whole check ((status = 'settled') = (result is not null)),
  constraint game_hands_void_whole check ((status = 'voided') = (void_reason is not null)),
  constraint game_hands_void_reason_length check (length(void_reason) between 1 and 200),
  constraint game_hands_rake_not_negative check (rake >= 0)
)
with (fillfactor = 85);
comment on table public.game_hands is
  'One hand (one deal) with all that was frozen at its start, and how it ended.';
comment on column public.game_hands.id is
  'Version-7 identifier; its time is the hand''s start, from which all derived identifiers
follow.';
comment on column public.game_hands.room_id is 'The room.';
comment on column public.game_hands.number is
  'Number at its table, from 1; also the nonce of the deal.';
comment on column public.game_hands.game_id is 'Game that is played.';
comment on column public.game_hands.rules_version is
  'Version of the rules that the hand is played by.';
comment on column public.game_hands.options is 'All options of the rules, frozen.';
comment on column public.game_hands.currency is 'Currency of the stakes.';
comment on column public.game_hands.base_bet is 'Stake, frozen.';
comment on column public.game_hands.rake_bps is 'Rake in basis points, frozen.';
comment on column public.game_hands.rake_cap is 'Most rake, frozen.';
comment on column public.game_hands.opener_seat is
  'Seat that opens or holds the button; null where the tiles decide.';
comment on column public.game_hands.status is 'playing, settled or voided.';
comment on column public.game_hands.server_seed_commit is
  'SHA-256 of the server seed, published before the deal.';
comment on column public.game_hands.server_seed_encrypted is
  'Server seed under AES-GCM; null once it is revealed.';
comment on column public.game_hands.key_id is 'Which key of the key ring encrypted the seed.';
comment on column public.game_hands.server_seed is 'The seed, once it may be known.';
comment on column public.game_hands.started_at is 'Start: the time in the identifier.';
comment on column public.game_hands.ended_at is 'When it was settled or voided.';
comment on column public.game_hands.rake is 'Rake that was taken.';
comment on column public.game_hands.result is
  'How it ended, in public terms: winner, reason, payments.';
comment on column public.game_hands.void_reason is 'Why it was voided.';
create index game_hands_game_id_idx on public.game_hands (game_id, id);
create unique index game_hands_playing_room_id_key on public.game_hands (room_id)
  where status = 'playing';

alter table public.game_rooms
  add constraint game_rooms_current_hand_id_fkey
  foreign key (current_hand_id) references public.game_hands (id);
create unique index game_rooms_current_hand_id_key on public.game_rooms (current_hand_id)
  where current_hand_id is not null;

create table public.game_moves (
  hand_id uuid not null,
  no integer not null,
  seat smallint not null,
  actor text not null,
  move bytea not null,
  ref text,
  time_bank_ms integer not null default 0,
  trustee boolean not null default false,
  made_at timestamptz not null default clock_timestamp(),
  constraint game_moves_pkey primary key (hand_id, no),
  constraint game_moves_no_range check (no between 1 and 2000),
  constraint game_moves_seat_range check (seat between 0 and 7),
  constraint game_moves_actor_known
    check (actor in ('player', 'bot', 'timeout', 'trustee', 'rules')),
  constraint game_moves_move_size check (octet_length(move) between 1 and 64),
  constraint game_moves_ref_length check (length(ref) between 1 and 64),
  constraint game_moves_time_bank_ms_not_negative check (time_bank_ms >= 0)
) partition by range (hand_id);
comment on table public.game_moves is
  'The journal: each decision of each hand, in order. Append-only; hidden tiles are never in it.';
comment on column public.game_moves.hand_id is
  'The hand. No foreign key, which would cost more than the move; verify_journal() looks for
orphans.';
comment on column public.game_moves.no is 'Number of the move in its hand, from 1, without gaps.';
comment on column public.game_moves.seat is 'Seat that moved.';
comment on column public.game_moves.actor is
  'Who decided: player, bot, timeout, trustee, or rules for a forced pass.';
comment on column public.game_moves.move is 'The decision, encoded by the rules (docs/formats.md).';
comment on column public.game_moves.ref is
  'The client''s reference, so that a resend gets the first answer.';
comment on column public.game_moves.time_bank_ms is
  'What is left of the seat''s time bank, in milliseconds.';
comment on column public.game_moves.trustee is 'Whether the seat is on auto-play after this move.';
comment on column public.game_moves.made_at is 'When it was written.';
create trigger refuse_change before update or delete on public.game_moves
  for each row execute function public.refuse_change();
alter table public.game_moves enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.game_moves
  for each statement execute function public.refuse_change();
alter table public.game_moves enable always trigger refuse_truncate;

create table public.game_statistics (
  user_id uuid not null,
  game_id text not null,
  currency text not null,
  hands_played bigint not null default 0,
  hands_won bigint not null default 0,
  chips_won bigint not null default 0,
  chips_lost bigint not null default 0,
  rake_paid bigint not null default 0,
  biggest_win bigint not null default 0,
  streak integer not null default 0,
  best_streak integer not null default 0,
  last_played_at timestamptz,
  constraint game_statistics_pkey primary key (user_id, game_id, currency),
  constraint game_statistics_user_id_fkey foreign key (user_id) references public.users (id),
  constraint game_statistics_game_id_fkey foreign key (game_id) references public.games (id),
  constraint game_statistics_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint game_statistics_counts_in_range check (hands_won between 0 and hands_played),
  constraint game_statistics_sums_not_negative
    check (chips_won >= 0 and chips_lost >= 0 and rake_paid >= 0 and biggest_win >= 0)
)
with (fillfactor = 80);
comment on table public.game_statistics is
  'Running totals of a player in a game and currency; kept at every settlement.';
comment on column public.game_statistics.user_id is 'The player.';
comment on column public.game_statistics.game_id is 'The game.';
comment on column public.game_statistics.currency is 'Currency of the chips.';
comment on column public.game_statistics.hands_played is 'Hands played to their end.';
comment on column public.game_statistics.hands_won is 'Hands with a net win.';
comment on column public.game_statistics.chips_won is 'Sum of the net wins.';
comment on column public.game_statistics.chips_lost is
  'Sum of the net losses, as a positive number.';
comment on column public.game_statistics.rake_paid is 'Rake taken from this player''s wins.';
comment on column public.game_statistics.biggest_win is 'Largest net win of one hand.';
comment on column public.game_statistics.streak is 'Hands won in a row; negative: lost in a row.';
comment on column public.game_statistics.best_streak is 'Longest row of wins.';
comment on column public.game_statistics.last_played_at is 'End of the last hand.';
create index game_statistics_game_id_idx on public.game_statistics (game_id, currency);

-- The ledger -------------------------------------------------------------------------------------

create table public.transactions (
  id uuid not null,
  kind text not null,
  debit_wallet_id bigint not null,
  credit_wallet_id bigint not null,
  currency text not null,
  amount bigint not null,
  debit_balance_after bigint,
  credit_balance_after bigint,
  group_id uuid,
  group_size integer,
  reverses uuid,
  reference_type text,
  reference_id text,
  actor_id uuid,
  metadata jsonb,
  posted_at timestamptz not null default now(),
  posted_xid bigint not null,
  constraint transactions_pkey primary key (id),
  constraint transactions_kind_known check (kind in (
    'grant', 'bonus', 'reward', 'purchase', 'gift', 'transfer', 'burn', 'adjustment',
    'buy_in', 'cash_out', 'settlement', 'rake', 'refund',
    'tournament_entry', 'tournament_prize', 'reversal')),
  constraint transactions_wallets_differ check (debit_wallet_id <> credit_wallet_id),
  constraint transactions_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint transactions_amount_range check (amount between 1 and 1000000000000000),
  constraint transactions_debit_balance_not_negative check (debit_balance_after >= 0),
  constraint transactions_credit_balance_not_negative check (credit_balance_after >= 0),
  constraint transactions_group_whole
    check ((group_id is null) = (group_size is null) and group_size between 1 and 1000),
  constraint transactions_reversal_names_original
    check ((kind = 'reversal') = (reverses is not null)),
  constraint transactions_reference_type_length check (length(reference_type) between 1 and 32),
  constraint transactions_reference_id_length check (length(reference_id) between 1 and 64),
  constraint transactions_reference_whole
    check ((reference_type is null) = (reference_id is null)),
  constraint transactions_metadata_object
    check (jsonb_typeof(metadata) = 'object' and length(metadata::text) <= 2000),
  constraint transactions_posted_xid_positive check (posted_xid > 0)
) partition by range (id);
comment on table public.transactions is
  'The ledger: each row moves an amount from one wallet to another. Append-only.';
comment on column public.transactions.id is
  'Version-7 identifier, chosen by the caller: the key of exactly-once.';
comment on column public.transactions.kind is
  'What the payment is for; the list is in transactions_kind_known.';
comment on column public.transactions.debit_wallet_id is
  'Wallet that gives. No foreign key (measured: docs/decisions/ledger-variants.md); posting and
verify_ledger() check it.';
comment on column public.transactions.credit_wallet_id is 'Wallet that receives.';
comment on column public.transactions.currency is
  'COINS, GEMS or TOKENS; the currency of both wallets.';
comment on column public.transactions.amount is 'Whole units, above zero.';
comment on column public.transactions.debit_balance_after is
  'Balance of the giver after this row; null for a system wallet.';
comment on column public.transactions.credit_balance_after is
  'Balance of the receiver after this row; null for a system wallet.';
comment on column public.transactions.group_id is
  'Identifier of the first row of a group that was posted whole or not at all.';
comment on column public.transactions.group_size is 'How many rows the group has.';
comment on column public.transactions.reverses is
  'The transaction that this one undoes, wholly or in part.';
comment on column public.transactions.reference_type is
  'What it belongs to: hand, session, tournament, order and so on.';
comment on column public.transactions.reference_id is 'Identifier of that.';
comment on column public.transactions.actor_id is 'Who caused it; null for the house.';
comment on column public.transactions.metadata is
  'Anything more that the caller wants kept; never personal data.';
comment on column public.transactions.posted_at is 'When it was posted.';
comment on column public.transactions.posted_xid is
  'Ledger position of the posting transaction; seals and rollups go by it.';
create index transactions_debit_wallet_id_idx on public.transactions (debit_wallet_id, id);
create index transactions_credit_wallet_id_idx on public.transactions (credit_wallet_id, id);
create index transactions_posted_xid_idx on public.transactions (posted_xid);
create index transactions_reverses_idx on public.transactions (reverses)
  where reverses is not null;
create trigger refuse_change before update or delete on public.transactions
  for each row execute function public.refuse_change();
alter table public.transactions enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.transactions
  for each statement execute function public.refuse_change();
alter table public.transactions enable always trigger refuse_truncate;

create function public.ledger_xid()
returns bigint
language sql
volatile
return pg_current_xact_id()::text::bigint;
comment on function public.ledger_xid() is
  'Position in the ledger of the running transaction: it rises with every transaction and never
falls, also across dump and restore.
Example: select public.ledger_xid();';

create function public.rule_of(relation regclass, constraint_name text)
returns text
language sql
stable
strict
return (
  select pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint as k
  where k.conrelid = relation and k.conname = constraint_name);
comment on function public.rule_of(regclass, text) is
  'What a named constraint of a table demands, for the hints of errors; null: no such constraint.
Example: select public.rule_of(''transactions'', ''transactions_amount_range'');';

create function public.buy_in_allowed(player_id uuid, buy_in_currency text, buy_in bigint)
returns boolean
language sql
stable
return true;
comment on function public.buy_in_allowed(uuid, text, bigint) is
  'Whether a player''s own limits allow a buy-in of that many chips now. The caller holds the lock
of the player''s wallet.
Example: select public.buy_in_allowed(id, ''COINS'', 5000) from users where username = ''ayu'';';

-- Bonuses and achievements -----------------------------------------------------------------------

create table public.daily_bonuses (
  user_id uuid not null,
  claimed_on date not null,
  claimed_at timestamptz not null default now(),
  streak integer not null,
  currency text not null,
  amount bigint not null,
  transaction_id uuid not null,
  constraint daily_bonuses_pkey primary key (user_id, claimed_on),
  constraint daily_bonuses_user_id_fkey foreign key (user_id) references public.users (id),
  constraint daily_bonuses_streak_positive check (streak > 0),
  constraint daily_bonuses_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint daily_bonuses_amount_positive check (amount > 0)
);
comment on table public.daily_bonuses is
  'Daily bonuses that were claimed.';
comment on column public.daily_bonuses.user_id is 'The player.';
comment on column public.daily_bonuses.claimed_on is
  'The player''s own day, by the time zone of the profile.';
comment on column public.daily_bonuses.claimed_at is
  'When; two claims are at least 20 hours apart.';
comment on column public.daily_bonuses.streak is 'Days claimed in a row, this one included.';
comment on column public.daily_bonuses.currency is 'Currency of the bonus.';
comment on column public.daily_bonuses.amount is 'What was paid.';
comment on column public.daily_bonuses.transaction_id is 'The payment.';

create table public.achievements (
  id text not null,
  name text not null,
  description text not null,
  goal bigint not null,
  reward_currency text,
  reward_amount bigint not null default 0,
  vip_points bigint not null default 0,
  is_hidden boolean not null default false,
  constraint achievements_pkey primary key (id),
  constraint achievements_id_format check (id ~ '^[a-z][a-z0-9_]{0,47}$'),
  constraint achievements_name_length check (length(name) between 1 and 60),
  constraint achievements_description_length check (length(description) between 1 and 200),
  constraint achievements_goal_positive check (goal > 0),
  constraint achievements_reward_currency_known
    check (reward_currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint achievements_reward_whole
    check ((reward_currency is null) = (reward_amount = 0) and reward_amount >= 0),
  constraint achievements_vip_points_not_negative check (vip_points >= 0)
);
comment on table public.achievements is
  'What there is to achieve. Reference data.';
comment on column public.achievements.id is 'Short name.';
comment on column public.achievements.name is 'Name shown to players.';
comment on column public.achievements.description is 'What has to be done.';
comment on column public.achievements.goal is 'How much of it.';
comment on column public.achievements.reward_currency is
  'Currency of the reward; null without one.';
comment on column public.achievements.reward_amount is 'Reward in whole units.';
comment on column public.achievements.vip_points is 'VIP points that it brings.';
comment on column public.achievements.is_hidden is 'Shown only once it is reached.';

create table public.user_achievements (
  user_id uuid not null,
  achievement_id text not null,
  progress bigint not null default 0,
  unlocked_at timestamptz,
  reward_transaction_id uuid,
  updated_at timestamptz not null default now(),
  constraint user_achievements_pkey primary key (user_id, achievement_id),
  constraint user_achievements_user_id_fkey foreign key (user_id) references public.users (id),
  constraint user_achievements_achievement_id_fkey
    foreign key (achievement_id) references public.achievements (id),
  constraint user_achievements_progress_not_negative check (progress >= 0)
);
comment on table public.user_achievements is
  'How far each player has come with each achievement.';
comment on column public.user_achievements.user_id is 'The player.';
comment on column public.user_achievements.achievement_id is 'The achievement.';
comment on column public.user_achievements.progress is 'How much is done, up to the goal.';
comment on column public.user_achievements.unlocked_at is 'When the goal was reached.';
comment on column public.user_achievements.reward_transaction_id is 'The payment of the reward.';
comment on column public.user_achievements.updated_at is 'When the row last changed.';
create index user_achievements_achievement_id_idx on public.user_achievements (achievement_id);

insert into public.achievements
  (id, name, description, goal, reward_currency, reward_amount, vip_points)
values
  ('first_hand', 'First hand', 'Play a hand to its end.', 1, 'COINS', 1000, 10),
  ('first_win', 'First win', 'Win a hand.', 1, 'COINS', 2000, 20),
  ('hundred_hands', 'Regular', 'Play a hundred hands.', 100, 'COINS', 10000, 100),
  ('thousand_hands', 'Veteran', 'Play a thousand hands.', 1000, 'GEMS', 20, 1000),
  ('ten_streak', 'On fire', 'Win ten hands in a row.', 10, 'GEMS', 10, 500),
  ('week_of_bonuses', 'A whole week', 'Claim the daily bonus seven days in a row.', 7,
    'COINS', 15000, 70),
  ('ten_friends', 'Good company', 'Make ten friends.', 10, 'COINS', 5000, 50),
  ('tournament_winner', 'Champion', 'Win a tournament.', 1, 'GEMS', 50, 1000);

create function public.posting_rules()
returns table (kind text, giver text, receiver text, writer text)
language sql
immutable
parallel safe
begin atomic
  with rule (kind, giver, receiver, writer) as (
    values
      ('grant', 'issue', 'player', 'caller'),
      ('grant', 'issue', 'pool', 'caller'),
      ('bonus', 'issue', 'player', 'caller'),
      ('bonus', 'pool', 'player', 'caller'),
      ('reward', 'issue', 'player', 'caller'),
      ('reward', 'pool', 'player', 'caller'),
      ('purchase', 'issue', 'player', 'caller'),
      ('gift', 'player', 'player', 'caller'),
      ('gift', 'player', 'pool', 'caller'),
      ('gift', 'pool', 'player', 'caller'),
      ('transfer', 'player', 'player', 'caller'),
      ('transfer', 'player', 'pool', 'caller'),
      ('transfer', 'pool', 'pool', 'caller'),
      ('burn', 'player', 'burn', 'caller'),
      ('burn', 'pool', 'burn', 'caller'),
      ('adjustment', 'issue', 'player', 'caller'),
      ('adjustment', 'issue', 'pool', 'caller'),
      ('adjustment', 'player', 'issue', 'caller'),
      ('adjustment', 'pool', 'issue', 'caller'),
      ('rake', 'pool', 'rake', 'caller'),
      ('refund', 'pool', 'player', 'caller'),
      ('tournament_entry', 'player', 'pool', 'caller'),
      ('tournament_prize', 'pool', 'player', 'caller'),
      -- The chips on a table: only the functions of tables move them.
      ('buy_in', 'player', 'seat', 'table'),
      ('cash_out', 'seat', 'player', 'table'),
      ('settlement', 'seat', 'seat', 'table'),
      ('rake', 'seat', 'rake', 'table'),
      ('refund', 'seat', 'player', 'table'),
      ('adjustment', 'seat', 'issue', 'table')
  )
  select r.kind, r.giver, r.receiver, r.writer
  from rule as r
  union
  select 'reversal' as kind, m.receiver as giver, m.giver as receiver, m.writer
  from rule as m
  where m.writer = 'caller';
end;
comment on function public.posting_rules() is
  'Which kind of payment may go from which kind of wallet to which: player, seat and pool by their
kind, system wallets by their code (issue, rake, burn). writer is caller for what post_transactions
takes, table for what the functions of tables alone write: nobody else touches a seat. A reversal
goes the other way round, so that nothing else comes out of rake or burn.
Example: select kind, giver, receiver, writer from posting_rules() order by kind, giver;';

create function public.posting_kinds()
returns text[]
language sql
immutable
parallel safe
begin atomic
  select array_agg(distinct r.kind order by r.kind) from public.posting_rules() as r;
end;
comment on function public.posting_kinds() is
  'Every kind of payment that there is. Internal.';

create function public.posting_place(place text, currency text)
returns integer
language sql
immutable
parallel safe
return
  case currency when 'COINS' then 8 when 'GEMS' then 16 when 'TOKENS' then 24 end
  + case place
    when 'player' then 0 when 'seat' then 1 when 'pool' then 2 when 'issue' then 3
    when 'rake' then 4 when 'burn' then 5
  end;
comment on function public.posting_place(text, text) is
  'A place of posting_rules() (the lowest three bits) in a currency (the others) as a number, since
an array of numbers is read at once where one of texts is read from its start. Null for what no rule
has. Internal.';

create function public.posting_masks(from_within boolean)
returns bigint[]
language sql
immutable
parallel safe
begin atomic
  select array_agg(m.mask order by m.ordinal)
  from (
    select
      k.ordinal,
      coalesce(bit_or(1::bigint << (8 * public.posting_place(r.giver, 'COINS') % 64
        + public.posting_place(r.receiver, 'COINS') % 8)), 0) as mask
    from unnest(public.posting_kinds()) with ordinality as k (kind, ordinal)
    left join public.posting_rules() as r
      on r.kind = k.kind and (r.writer = 'caller' or from_within)
    group by k.ordinal
  ) as m;
end;
comment on function public.posting_masks(boolean) is
  'posting_rules() for each of posting_kinds() as bits: bit 8 × giver + receiver is set where the
kind may go so; without what tables alone write unless from_within. With a constant argument it
becomes a constant of the plan: sessions see a changed rule when they connect again. Internal.';

create function public.posting_allowed(
  masks bigint[], kind text, currency text, giver integer, receiver integer)
returns boolean
language sql
immutable
parallel safe
return coalesce(
  masks[array_position(public.posting_kinds(), kind)]
    >> (8 * (giver & 7) + (receiver & 7)) & 1 = 1
  and giver >> 3 = receiver >> 3
  and giver >> 3 = case currency when 'COINS' then 1 when 'GEMS' then 2 when 'TOKENS' then 3 end,
  false);
comment on function public.posting_allowed(bigint[], text, text, integer, integer) is
  'Whether a kind of payment in a currency may go between two places, as posting_place() and
posting_masks() have them. Internal.';

create function public.posting_problem(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[]
)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
declare
  items_max constant integer := 1000;
  items integer := cardinality(ids);
  dimensions text := case when items > 0 then format('[1:%s]', items) end;
  array_name text;
  lengths integer[] := array[
    cardinality(kinds), cardinality(debit_wallet_ids), cardinality(credit_wallet_ids),
    cardinality(currencies), cardinality(amounts)];
  optional_lengths integer[] := array[
    cardinality(group_ids), cardinality(group_sizes), cardinality(reverses),
    cardinality(reference_types), cardinality(reference_ids), cardinality(actor_ids),
    cardinality(metadata)];
begin
  if items is null then
    return 'ids is null; give an array of version-7 identifiers';
  end if;
  if items > items_max then
    return format('%s items in one call, more than %s; split the batch', items, items_max);
  end if;
  if lengths <> array_fill(items, array[5]) or array_position(lengths, null) is not null then
    return format(
      'ids has %s items but kinds %s, debit_wallet_ids %s, credit_wallet_ids %s, currencies %s, '
      'amounts %s; all must be equally long', items,
      coalesce(lengths[1]::text, 'null'), coalesce(lengths[2]::text, 'null'),
      coalesce(lengths[3]::text, 'null'), coalesce(lengths[4]::text, 'null'),
      coalesce(lengths[5]::text, 'null'));
  end if;
  if array_remove(array_remove(optional_lengths, null), items) <> '{}' then
    return format('an optional array is neither null nor %s items long', items);
  end if;
  -- Items are also found by their subscript, so every array counts from 1. Empty and missing ones
  -- have no dimensions, which is a null here.
  if (array_dims(ids), array_dims(kinds), array_dims(debit_wallet_ids),
      array_dims(credit_wallet_ids), array_dims(currencies), array_dims(amounts))
    is distinct from (dimensions, dimensions, dimensions, dimensions, dimensions, dimensions)
    or array_dims(group_ids) <> dimensions or array_dims(group_sizes) <> dimensions
    or array_dims(reverses) <> dimensions or array_dims(reference_types) <> dimensions
    or array_dims(reference_ids) <> dimensions or array_dims(actor_ids) <> dimensions
    or array_dims(metadata) <> dimensions then
    return 'arrays must have one dimension that starts at 1';
  end if;
  array_name := case
    when array_position(ids, null) is not null then 'ids'
    when array_position(kinds, null) is not null then 'kinds'
    when array_position(debit_wallet_ids, null) is not null then 'debit_wallet_ids'
    when array_position(credit_wallet_ids, null) is not null then 'credit_wallet_ids'
    when array_position(currencies, null) is not null then 'currencies'
    when array_position(amounts, null) is not null then 'amounts'
  end;
  if array_name is not null then
    return format('%s holds a null; every item needs a value there', array_name);
  end if;
  return null;
end
$function$;
comment on function public.posting_problem(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[]) is
  'What is wrong with the shape of a batch for post_transactions, or null. Internal.';

create function public.write_postings(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[],
  outcomes text[],
  debit_afters bigint[],
  credit_afters bigint[],
  wallet_ids bigint[],
  wallet_balances bigint[],
  xid bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallets_wanted integer := cardinality(array_remove(wallet_balances, null));
  wallets_written integer;
begin
  insert into public.transactions (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
    credit_balance_after, group_id, group_size, reverses, reference_type, reference_id, actor_id,
    metadata, posted_xid)
  select
    i.id, i.kind, i.debit_wallet_id, i.credit_wallet_id, i.currency, i.amount, i.debit_after,
    i.credit_after, i.group_id, i.group_size, i.reverses, i.reference_type, i.reference_id,
    i.actor_id, i.metadata, xid
  from unnest(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata, debit_afters, credit_afters,
    outcomes
  ) as i (
    id, kind, debit_wallet_id, credit_wallet_id, currency, amount, group_id, group_size,
    reverses, reference_type, reference_id, actor_id, metadata, debit_after, credit_after,
    outcome)
  where outcomes is null or i.outcome = 'ok'
  order by i.id;

  update public.user_wallets as w
  set balance = n.balance
  from unnest(wallet_ids, wallet_balances) as n (id, balance)
  where w.id = n.id and n.balance is not null;
  get diagnostics wallets_written = row_count;
  if wallets_written <> wallets_wanted then
    raise exception 'post_transactions wrote % wallets of %', wallets_written, wallets_wanted
      using errcode = 'data_corrupted', hint = 'Nothing was posted. Run verify_ledger().';
  end if;
end
$function$;
comment on function public.write_postings(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[], text[], bigint[], bigint[], bigint[], bigint[], bigint) is
  'Writes decided postings in the order of their ids, and the balances that they lead to. The
caller holds the locks of the wallets. Internal.';

create function public.post_exactly(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[],
  group_sizes integer[],
  reverses uuid[],
  reference_types text[],
  reference_ids text[],
  actor_ids uuid[],
  metadata jsonb[],
  wallet_ids bigint[],
  wallet_balances bigint[],
  oldest uuid,
  newest uuid,
  xid bigint,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  attempts_max constant integer := 20;
  balance_max constant bigint := 9007199254740991;
  items constant integer := cardinality(ids);

  -- The items in the order in which they are decided: a group stands where its first item stands.
  ordinals integer[];
  groups uuid[];
  group_states text[];
  debits integer[];
  credits integer[];
  settled text[];  -- 'exists' and its like where a stored row already answers; else null
  unfit text[];    -- reason to refuse that does not depend on the other items; else null
  earlier integer[];

  balances bigint[];

  step integer;
  back integer;
  at integer;
  other integer;
  decision text;
  current_group uuid;
  group_start integer;
  group_is_lost boolean;
  original record;
  undone numeric;
  violated text;
begin
  for attempt in 1 .. attempts_max loop
    select
      array_agg(d.ordinal order by d.position), array_agg(d.group_id order by d.position),
      array_agg(d.group_state order by d.position), array_agg(d.debit order by d.position),
      array_agg(d.credit order by d.position), array_agg(d.settled order by d.position),
      array_agg(d.unfit order by d.position),
      array_agg(case when d.settled = 'exists' then d.debit_after end order by d.ordinal),
      array_agg(case when d.settled = 'exists' then d.credit_after end order by d.ordinal)
    into ordinals, groups, group_states, debits, credits, settled, unfit,
      debit_afters, credit_afters
    from (
      select
        c.ordinal, c.group_id, c.debit, c.credit, c.settled, c.unfit, c.debit_after, c.credit_after,
        row_number() over (order by c.first_ordinal, c.ordinal) as position,
        case
          when c.group_id is null or c.group_size is null then null
          when bool_or(c.settled = 'exists_with_different_content') over grouped
            then 'group_failed'
          when bool_or(c.settled = 'exists') over grouped
            or min(c.group_size) over grouped <> max(c.group_size) over grouped
            or count(*) filter (where c.is_first_use) over grouped <> c.group_size
            or not bool_or(c.id = c.group_id) over grouped
            then 'group_mismatch'
        end as group_state
      from (
        select
          i.ordinal::integer as ordinal, i.id, i.group_id, i.group_size,
          min(i.ordinal) over (
            partition by i.group_id, case when i.group_id is null then i.ordinal end
          ) as first_ordinal,
          row_number() over (partition by i.group_id, i.id order by i.ordinal) = 1
            as is_first_use,
          p.debit, p.credit,
          t.debit_balance_after as debit_after,
          t.credit_balance_after as credit_after,
          case
            when t.id is null then null
            when (t.kind, t.debit_wallet_id, t.credit_wallet_id, t.currency, t.amount, t.group_id,
                t.group_size, t.reverses, t.reference_type, t.reference_id)
              is not distinct from
              (i.kind, i.debit_wallet_id, i.credit_wallet_id, i.currency, i.amount, i.group_id,
                i.group_size, i.reverses, i.reference_type, i.reference_id)
              then 'exists'
            else 'exists_with_different_content'
          end as settled,
          case
            -- What the table could never hold: its constraints, and whose identifier it is.
            when not (from_within or public.is_version_7(i.id))
              or i.kind <> all (public.posting_kinds())
              or i.debit_wallet_id = i.credit_wallet_id
              or (i.kind = 'reversal') <> (i.reverses is not null)
              or (i.group_id is null) <> (i.group_size is null)
              or (i.reference_type is null) <> (i.reference_id is null)
              or length(i.reference_type) not between 1 and 32
              or length(i.reference_id) not between 1 and 64
              or jsonb_typeof(i.metadata) <> 'object'
              or length(i.metadata::text) > 2000
              then 'invalid'
            when i.id < oldest or i.id >= newest then 'id_out_of_window'
            when i.amount not between 1 and 1000000000000000 then 'amount_out_of_range'
            when p.debit is null or p.credit is null then 'wallet_not_found'
            when dw.currency <> i.currency or cw.currency <> i.currency then 'currency_mismatch'
            when not public.posting_allowed(
                case when from_within then public.posting_masks(true)
                  else public.posting_masks(false) end,
                i.kind, i.currency, r.giver, r.receiver) then 'kind_not_allowed'
            -- What a hand or a stay at a table owes is paid, frozen or not; so is who gets back
            -- what they paid into a pool, but not out of a pool that is frozen itself.
            when (dw.frozen_at is not null or cw.frozen_at is not null)
              and (i.kind not in ('settlement', 'rake', 'refund', 'cash_out')
                or dw.frozen_at is not null and dw.kind = 'pool') then 'wallet_frozen'
          end as unfit
        from unnest(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, metadata
        ) with ordinality as i (
          id, kind, debit_wallet_id, credit_wallet_id, currency, amount, group_id, group_size,
          reverses, reference_type, reference_id, metadata, ordinal)
        cross join lateral (
          select
            array_position(wallet_ids, i.debit_wallet_id) as debit,
            array_position(wallet_ids, i.credit_wallet_id) as credit
        ) as p
        left join public.transactions as t on t.id = i.id
        left join public.user_wallets as dw on dw.id = i.debit_wallet_id
        left join public.user_wallets as cw on cw.id = i.credit_wallet_id
        cross join lateral (
          select
            public.posting_place(coalesce(nullif(dw.kind, 'system'), dw.code), dw.currency)
              as giver,
            public.posting_place(coalesce(nullif(cw.kind, 'system'), cw.code), cw.currency)
              as receiver
        ) as r
      ) as c
      window grouped as (partition by c.group_id)
    ) as d;

    -- The place of an identifier's previous use within this batch.
    select array_agg(e.previous order by e.place)
    into earlier
    from (
      select
        u.place,
        lag(u.place::integer) over (partition by ids[u.ordinal] order by u.place) as previous
      from unnest(ordinals) with ordinality as u (ordinal, place)
    ) as e;

    balances := wallet_balances;
    outcomes := array_fill(null::text, array[items]);
    current_group := null;
    group_is_lost := false;

    for step in 1 .. items loop
      at := ordinals[step];
      if groups[step] is distinct from current_group then
        current_group := groups[step];
        group_start := step;
        group_is_lost := false;
      end if;

      -- Stored already, or used earlier in this batch by an item that was not refused.
      decision := settled[step];
      if decision is null then
        back := earlier[step];
        while back is not null loop
          other := ordinals[back];
          if outcomes[other] in ('ok', 'exists') then
            decision := case
              when (kinds[other], debit_wallet_ids[other], credit_wallet_ids[other],
                  currencies[other], amounts[other], group_ids[other], group_sizes[other],
                  post_exactly.reverses[other], reference_types[other], reference_ids[other])
                is not distinct from
                (kinds[at], debit_wallet_ids[at], credit_wallet_ids[at],
                  currencies[at], amounts[at], group_ids[at], group_sizes[at],
                  post_exactly.reverses[at], reference_types[at], reference_ids[at])
                then 'exists'
              else 'exists_with_different_content'
            end;
            debit_afters[at] := debit_afters[other];
            credit_afters[at] := credit_afters[other];
            exit;
          end if;
          back := earlier[back];
        end loop;
      end if;

      if decision is null then
        if group_states[step] is not null then
          decision := group_states[step];
        elsif group_is_lost then
          decision := 'group_failed';
        else
          decision := unfit[step];
        end if;
      end if;
      if decision is null and post_exactly.reverses[at] is not null then
        -- The originals are locked; this statement sees what was reversed before the lock was had.
        select o.debit_wallet_id, o.credit_wallet_id, o.currency, o.amount, o.reverses
        into original
        from (
          select t.debit_wallet_id, t.credit_wallet_id, t.currency, t.amount, t.reverses
          from public.transactions as t
          where t.id = post_exactly.reverses[at]
          union all
          select debit_wallet_ids[n.n], credit_wallet_ids[n.n], currencies[n.n], amounts[n.n],
            post_exactly.reverses[n.n]
          from generate_series(1, items) as n (n)
          where ids[n.n] = post_exactly.reverses[at] and outcomes[n.n] = 'ok'
        ) as o
        limit 1;
        if not found then
          decision := 'reversal_not_found';
        elsif original.reverses is not null or original.currency <> currencies[at]
          or original.debit_wallet_id <> credit_wallet_ids[at]
          or original.credit_wallet_id <> debit_wallet_ids[at] then
          decision := 'reversal_mismatch';
        else
          select coalesce(sum(r.amount), 0)
          into undone
          from (
            select t.amount
            from public.transactions as t
            where t.reverses = post_exactly.reverses[at]
            union all
            select amounts[n.n]
            from generate_series(1, items) as n (n)
            where post_exactly.reverses[n.n] = post_exactly.reverses[at] and outcomes[n.n] = 'ok'
          ) as r;
          if undone + amounts[at] > original.amount then
            decision := 'reversal_exceeds_original';
          end if;
        end if;
      end if;
      if decision is null and balances[debits[step]] < amounts[at] then
        decision := 'insufficient_funds';
      end if;
      if decision is null and balances[credits[step]] > balance_max - amounts[at] then
        decision := 'amount_out_of_range';
      end if;
      if decision is null and kinds[at] = 'buy_in' then
        if not public.buy_in_allowed(
          (select w.user_id from public.user_wallets as w where w.id = debit_wallet_ids[at]),
          currencies[at],
          amounts[at] + (
            select coalesce(sum(amounts[n.n]), 0)::bigint
            from generate_series(1, items) as n (n)
            where outcomes[n.n] = 'ok' and kinds[n.n] = 'buy_in'
              and debit_wallet_ids[n.n] = debit_wallet_ids[at])) then
          decision := 'limit_exceeded';
        end if;
      end if;

      if decision is null then
        -- A system wallet has no balance: null stays null.
        balances[debits[step]] := balances[debits[step]] - amounts[at];
        balances[credits[step]] := balances[credits[step]] + amounts[at];
        debit_afters[at] := balances[debits[step]];
        credit_afters[at] := balances[credits[step]];
        decision := 'ok';
      elsif current_group is not null and not group_is_lost
        and decision not in ('exists', 'group_mismatch') then
        -- The first refusal of a group undoes what came before it in the group.
        group_is_lost := true;
        for back in group_start .. step - 1 loop
          other := ordinals[back];
          if outcomes[other] = 'ok' then
            balances[debits[back]] := balances[debits[back]] + amounts[other];
            balances[credits[back]] := balances[credits[back]] - amounts[other];
          end if;
          if outcomes[other] in ('ok', 'exists') and settled[back] is null then
            outcomes[other] := 'group_failed';
            debit_afters[other] := null;
            credit_afters[other] := null;
          end if;
        end loop;
      end if;
      outcomes[at] := decision;
    end loop;

    begin
      -- A batch that was all posted before, or all refused, writes nothing.
      if 'ok' = any (outcomes) then
        perform public.write_postings(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
          outcomes, debit_afters, credit_afters, wallet_ids, balances, xid);
      end if;
      return;
    exception
      when unique_violation then
        -- Another connection has posted one of these ids since the look-up; now it can be seen.
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        get stacked diagnostics violated = constraint_name;
        raise exception 'post_transactions: %', sqlerrm
          using errcode = 'check_violation', constraint = violated,
            hint = coalesce(
              'Nothing was posted. Every item must keep: '
              || public.rule_of('public.transactions', violated),
              'Nothing was posted. As the owner run: select ensure_partitions();');
    end;
  end loop;
  raise exception 'post_transactions: others kept posting the same ids in % attempts', attempts_max
    using errcode = 'serialization_failure', hint = 'Send the same batch again.';
end
$function$;
comment on function public.post_exactly(
  boolean, uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
  text[], uuid[], jsonb[], bigint[], bigint[], uuid, uuid, bigint) is
  'The exact way of post_transactions, item by item: for batches in which not everything is new and
in order. The caller holds the locks of the wallets and of the originals of reversals. Internal.';

create function public.post_batch(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  id_window_past constant interval := interval '35 days';
  id_window_ahead constant interval := interval '5 minutes';
  balance_max constant bigint := 9007199254740991;
  problem text := public.posting_problem(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata);
  oldest uuid := public.id_lower_bound(now() - id_window_past);
  newest uuid := public.id_lower_bound(now() + id_window_ahead);
  xid bigint;
  wallet_ids bigint[];
  wallet_balances bigint[];
  wallet_places integer[];
  wallet_frozen boolean;
  balances bigint[];
  debits integer[];
  credits integer[];
  balance bigint;
  is_plain boolean;
  violated text;
begin
  if problem is not null then
    raise exception 'post_transactions: %', problem
      using errcode = 'invalid_parameter_value';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'post_transactions needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if ids = '{}' then
    outcomes := '{}';
    return;
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  xid := public.ledger_xid();

  -- Locks, in a statement of its own and in the order of the ids: wallets, then the originals of
  -- reversals. System wallets are never locked, since every payment of the house uses them.
  select
    array_agg(w.id), array_agg(w.balance),
    array_agg(public.posting_place(w.place, w.currency)), bool_or(w.is_frozen)
  into wallet_ids, wallet_balances, wallet_places, wallet_frozen
  from (
    select l.id, l.balance, l.currency, l.kind as place, l.frozen_at is not null as is_frozen
    from (
      select u.id, u.balance, u.currency, u.kind, u.frozen_at
      from public.user_wallets as u
      where u.id = any (debit_wallet_ids || credit_wallet_ids) and u.kind <> 'system'
      order by u.id
      for no key update
    ) as l
    union all
    select s.id, null, s.currency, s.code, false
    from public.user_wallets as s
    where s.id = any (debit_wallet_ids || credit_wallet_ids) and s.kind = 'system'
  ) as w;
  if reverses is not null then
    perform
    from public.transactions as o
    where o.id = any (post_batch.reverses)
    order by o.id
    for update;
  end if;

  -- The fast way takes every id for new. It stands only where, item by item, everything is in
  -- order; it refuses nothing itself.
  is_plain := reverses is null and not wallet_frozen and not ('buy_in' = any (kinds));
  if is_plain and group_ids is not null then
    select coalesce(bool_and(
      g.group_id is null
      or coalesce(
        g.items = g.group_size and g.ids = g.items and g.has_first and g.stand_together,
        false)), true)
    into is_plain
    from (
      select
        i.group_id, count(*) as items, count(distinct i.id) as ids,
        case when min(i.group_size) = max(i.group_size) then min(i.group_size) else 0 end
          as group_size,
        bool_or(i.id = i.group_id) as has_first,
        max(i.ordinal) - min(i.ordinal) + 1 = count(*) as stand_together
      from unnest(ids, group_ids, group_sizes)
        with ordinality as i (id, group_id, group_size, ordinal)
      group by i.group_id
    ) as g;
  end if;
  if is_plain then
    select
      array_agg(i.debit order by i.ordinal), array_agg(i.credit order by i.ordinal),
      coalesce(bool_and(
        i.id >= oldest and i.id < newest
        and (from_within or public.is_version_7(i.id))
        and i.amount between 1 and 1000000000000000
        and public.posting_allowed(
          case when from_within then public.posting_masks(true)
            else public.posting_masks(false) end,
          i.kind, i.currency, wallet_places[i.debit], wallet_places[i.credit])), false)
    into debits, credits, is_plain
    from (
      select
        u.ordinal, u.id, u.kind, u.amount, u.currency,
        array_position(wallet_ids, u.debit_wallet_id) as debit,
        array_position(wallet_ids, u.credit_wallet_id) as credit
      from unnest(ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts)
        with ordinality as u (
          id, kind, debit_wallet_id, credit_wallet_id, currency, amount, ordinal)
    ) as i;
  end if;
  if is_plain then
    balances := wallet_balances;
    debit_afters := amounts;
    credit_afters := amounts;
    for step in 1 .. cardinality(ids) loop
      balance := balances[debits[step]] - amounts[step];
      balances[debits[step]] := balance;
      debit_afters[step] := balance;
      if balance < 0 then
        is_plain := false;
        exit;
      end if;
      balance := balances[credits[step]] + amounts[step];
      balances[credits[step]] := balance;
      credit_afters[step] := balance;
      if balance > balance_max then
        is_plain := false;
        exit;
      end if;
    end loop;
  end if;
  if is_plain then
    begin
      perform public.write_postings(
        ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
        group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
        null, debit_afters, credit_afters, wallet_ids, balances, xid);
      outcomes := array_fill('ok'::text, array[cardinality(ids)]);
      return;
    exception
      when unique_violation then
        -- Some id is stored already: only the exact way can say which.
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        null;  -- some item can never be stored: the exact way says so, unless it refuses it first
    end;
  end if;
  select e.outcomes, e.debit_afters, e.credit_afters
  into outcomes, debit_afters, credit_afters
  from public.post_exactly(
    from_within, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
    group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata, wallet_ids,
    wallet_balances, oldest, newest, xid) as e;
end
$function$;
comment on function public.post_batch(
  boolean, uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
  text[], uuid[], jsonb[]) is
  'What post_transactions does, for the database''s own functions: from_within lets them write what
posting_rules() keeps for tables, under identifiers of any version. Answers arrays in the order of
the items. Internal.';

create function public.post_transactions(
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null
)
returns table (
  item integer, id uuid, outcome text, debit_balance_after bigint, credit_balance_after bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  posted record;
begin
  posted := public.post_batch(
    false, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
    group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata);
  return query
  select u.ordinal::integer, u.id, u.outcome, u.debit_after, u.credit_after
  from unnest(ids, posted.outcomes, posted.debit_afters, posted.credit_afters)
    with ordinality as u (id, outcome, debit_after, credit_after, ordinal);
end
$function$;
comment on function public.post_transactions(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[]) is
  'Posts payments: arrays in, one result an item out, in order. An id that was posted before with
the same content answers exists, and nothing moves twice. Items with one group_id (the id of the
group''s first item) are posted whole or not at all; a refused item sinks only its group and leaves
no trace. Ids are of version 7. At most 1000 items a call; READ COMMITTED only.
Outcomes: ok, exists, exists_with_different_content, invalid (no such payment can be),
kind_not_allowed (posting_rules() has the list), insufficient_funds, wallet_not_found,
wallet_frozen, currency_mismatch, amount_out_of_range, limit_exceeded, group_failed,
group_mismatch, id_out_of_window, reversal_not_found, reversal_mismatch, reversal_exceeds_original.
Locks: the non-system wallets in the order of their ids, then the reversed transactions.
Example: select * from post_transactions(array[new_id()], array[''grant''],
array[wallet_of(''issue'', ''COINS'')], array[get_user_wallet(user_id_of(''ayu''), ''COINS'')],
array[''COINS''], array[500]);';

create function public.lock_wallets(wallet_ids bigint[])
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallets_max constant integer := 2000;
  locked integer;
begin
  if wallet_ids is null or array_ndims(wallet_ids) > 1 or array_position(wallet_ids, null) > 0
    or cardinality(wallet_ids) > wallets_max then
    raise exception 'lock_wallets: at most % wallets, none of them null', wallets_max
      using errcode = 'invalid_parameter_value',
        hint = 'Give every wallet of the transaction''s payments in one array.';
  end if;
  perform
  from public.user_wallets as w
  where w.id = any (wallet_ids) and w.kind <> 'system'
  order by w.id
  for no key update;
  get diagnostics locked = row_count;
  return locked;
end
$function$;
comment on function public.lock_wallets(bigint[]) is
  'Locks wallets to the end of the transaction, in the order of their ids, for a transaction that
posts more than once: it locks the wallets of all its payments first, so that two such transactions
cannot wait for each other. Returns how many; system wallets need no lock and get none.
Locks: the wallets. Rooms come before wallets: after this call no function of tables.
Example: select lock_wallets(array_agg(id)) from user_wallets where user_id = user_id_of(''ayu'');';

do $partitions$ begin perform public.ensure_partitions(); end $partitions$;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.tournaments, public.tournament_participants, public.game_rooms, public.game_sessions,
  public.game_hands, public.game_moves, public.game_statistics, public.transactions,
  public.daily_bonuses, public.achievements, public.user_achievements
to higgs_app;
grant execute on function
  public.ensure_partitions(integer),
  public.post_transactions(
    uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[],
    text[], uuid[], jsonb[]),
  public.lock_wallets(bigint[])
to higgs_app;
grant execute on function public.posting_rules() to higgs_app, higgs_readonly;

grant select on
  public.tournaments, public.tournament_participants, public.game_statistics,
  public.daily_bonuses, public.achievements, public.user_achievements
to higgs_readonly;
grant select (
  id, name, game_id, visibility, tournament_id, currency, base_bet, buy_in_min, buy_in_max, seats,
  rake_bps, rake_cap, options, status, host_node, fence, hands_started, created_by, created_at,
  closed_at
) on public.game_rooms to higgs_readonly;
grant select (
  id, room_id, seat, user_id, seat_wallet_id, bought_in, cashed_out, sat_down_at, stood_up_at
) on public.game_sessions to higgs_readonly;
grant select (
  id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
  credit_balance_after, group_id, group_size, reverses, reference_type, reference_id, actor_id,
  posted_at, posted_xid
) on public.transactions to higgs_readonly;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  2, 'game_features', 'c5f65fcca26ff60e3a7e8c1c525ff54401e010f55c26d0928e2e3715691e43c0', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 003_social_features.sql -------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 3)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '003_social_features.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 003 Social features: friendships, messages, notifications, reports, the audit log.

set role higgs_owner;

create table public.friendships (
  user_id uuid not null,
  other_id uuid not null,
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  accepted_at timestamptz,
  constraint friendships_pkey primary key (user_id, other_id),
  constraint friendships_user_id_fkey foreign key (user_id) references public.users (id),
  constraint friendships_other_id_fkey foreign key (other_id) references public.users (id),
  constraint friendships_not_oneself check (user_id <> other_id),
  constraint friendships_status_known check (status in ('pending', 'accepted', 'blocked')),
  constraint friendships_acceptance_whole
    check ((status = 'accepted') = (accepted_at is not null))
);
comment on table public.friendships is
  'Friends, requests for friendship, and blocks.';
comment on column public.friendships.user_id is 'Who asked, or who blocks.';
comment on column public.friendships.other_id is 'Who was asked, or who is blocked.';
comment on column public.friendships.status is 'pending, accepted or blocked.';
comment on column public.friendships.created_at is 'When it was asked, or blocked.';
comment on column public.friendships.accepted_at is 'When the request was accepted.';
create index friendships_other_id_idx on public.friendships (other_id, status);
create unique index friendships_pair_key
  on public.friendships (least(user_id, other_id), greatest(user_id, other_id))
  where status in ('pending', 'accepted');

create table public.messages (
  id uuid not null default public.new_id(),
  sender_id uuid not null,
  recipient_id uuid,
  room_id bigint,
  body text not null,
  read_at timestamptz,
  hidden_at timestamptz,
  hidden_by uuid,
  constraint messages_pkey primary key (id),
  constraint messages_sender_id_fkey foreign key (sender_id) references public.users (id),
  constraint messages_recipient_id_fkey foreign key (recipient_id) references public.users (id),
  constraint messages_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint messages_hidden_by_fkey foreign key (hidden_by) references public.users (id),
  constraint messages_one_target check (num_nonnulls(recipient_id, room_id) = 1),
  constraint messages_body_length check (length(body) between 1 and 500),
  constraint messages_hiding_whole check ((hidden_at is null) = (hidden_by is null))
) partition by range (id);
comment on table public.messages is
  'Private messages and what was said at tables. Bodies are seen by the parties and by moderators
only.';
comment on column public.messages.id is 'Version-7 identifier; its time is when it was sent.';
comment on column public.messages.sender_id is 'Who wrote it.';
comment on column public.messages.recipient_id is 'Who receives it; null for a message to a room.';
comment on column public.messages.room_id is 'Room it was said in; null for a private message.';
comment on column public.messages.body is 'The text, at most 500 characters.';
comment on column public.messages.read_at is 'When the recipient read it.';
comment on column public.messages.hidden_at is 'When a moderator took it out of sight.';
comment on column public.messages.hidden_by is 'Which moderator.';
create index messages_sender_id_idx on public.messages (sender_id, id);
create index messages_recipient_id_idx on public.messages (recipient_id, id)
  where recipient_id is not null;
create index messages_room_id_idx on public.messages (room_id, id) where room_id is not null;
create index messages_hidden_by_idx on public.messages (hidden_by) where hidden_by is not null;

create table public.notifications (
  id uuid not null default public.new_id(),
  user_id uuid not null,
  kind text not null,
  title text not null,
  body text not null default '',
  payload jsonb not null default '{}',
  read_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_pkey primary key (id),
  constraint notifications_user_id_fkey foreign key (user_id) references public.users (id),
  constraint notifications_kind_format check (kind ~ '^[a-z][a-z_]{0,31}$'),
  constraint notifications_title_length check (length(title) between 1 and 100),
  constraint notifications_body_length check (length(body) <= 500),
  constraint notifications_payload_object
    check (jsonb_typeof(payload) = 'object' and length(payload::text) <= 4000)
);
comment on table public.notifications is
  'What a player is to be told, until it is read.';
comment on column public.notifications.id is 'Version-7 identifier.';
comment on column public.notifications.user_id is 'Who is told.';
comment on column public.notifications.kind is
  'friend_request, gift, tournament, achievement, moderation, system and so on.';
comment on column public.notifications.title is 'Headline.';
comment on column public.notifications.body is 'Text.';
comment on column public.notifications.payload is 'What a client needs to act on it.';
comment on column public.notifications.read_at is 'When it was read.';
comment on column public.notifications.expires_at is 'When it is of no more use.';
comment on column public.notifications.created_at is 'When it was made.';
create index notifications_user_id_idx on public.notifications (user_id, id desc);
create index notifications_unread_user_id_idx on public.notifications (user_id)
  where read_at is null;
create index notifications_expires_at_idx on public.notifications (expires_at)
  where expires_at is not null;

create table public.user_reports (
  id uuid not null default public.new_id(),
  reporter_id uuid not null,
  reported_id uuid not null,
  reason text not null,
  details text not null default '',
  room_id bigint,
  hand_id uuid,
  message_id uuid,
  status text not null default 'open',
  handled_by uuid,
  resolution text,
  handled_at timestamptz,
  created_at timestamptz not null default now(),
  constraint user_reports_pkey primary key (id),
  constraint user_reports_reporter_id_fkey foreign key (reporter_id) references public.users (id),
  constraint user_reports_reported_id_fkey foreign key (reported_id) references public.users (id),
  constraint user_reports_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint user_reports_hand_id_fkey foreign key (hand_id) references public.game_hands (id),
  constraint user_reports_handled_by_fkey foreign key (handled_by) references public.users (id),
  constraint user_reports_not_oneself check (reporter_id <> reported_id),
  constraint user_reports_reason_known
    check (reason in ('collusion', 'abuse', 'cheating', 'spam', 'name', 'other')),
  constraint user_reports_details_length check (length(details) <= 2000),
  constraint user_reports_status_known
    check (status in ('open', 'in_review', 'upheld', 'dismissed')),
  constraint user_reports_resolution_length check (length(resolution) between 1 and 2000),
  constraint user_reports_decision_whole check (
    (status in ('upheld', 'dismissed')) = (handled_at is not null)
    and (status in ('upheld', 'dismissed')) = (resolution is not null)
    and (status = 'open') = (handled_by is null))
);
comment on table public.user_reports is
  'Reports of players about players, and what moderators made of them.';
comment on column public.user_reports.id is 'Version-7 identifier.';
comment on column public.user_reports.reporter_id is 'Who reports.';
comment on column public.user_reports.reported_id is 'Who is reported.';
comment on column public.user_reports.reason is 'collusion, abuse, cheating, spam, name, other.';
comment on column public.user_reports.details is 'In the reporter''s words.';
comment on column public.user_reports.room_id is 'Where it happened.';
comment on column public.user_reports.hand_id is 'Hand that it happened in.';
comment on column public.user_reports.message_id is
  'Message that it is about. No foreign key: messages are partitioned and end sooner.';
comment on column public.user_reports.status is 'open, in_review, upheld, dismissed.';
comment on column public.user_reports.handled_by is 'Which moderator.';
comment on column public.user_reports.resolution is 'What was decided.';
comment on column public.user_reports.handled_at is 'When it was decided.';
comment on column public.user_reports.created_at is 'When it was reported.';
create index user_reports_reporter_id_idx on public.user_reports (reporter_id);
create index user_reports_reported_id_idx on public.user_reports (reported_id, created_at desc);
create index user_reports_room_id_idx on public.user_reports (room_id) where room_id is not null;
create index user_reports_hand_id_idx on public.user_reports (hand_id) where hand_id is not null;
create index user_reports_handled_by_idx on public.user_reports (handled_by)
  where handled_by is not null;
create index user_reports_queue_idx on public.user_reports (created_at)
  where status in ('open', 'in_review');

create table public.audit_logs (
  id uuid not null default public.new_id(),
  actor_id uuid,
  database_user text not null default session_user,
  action text not null,
  target_type text,
  target_id text,
  reason text,
  details jsonb not null default '{}',
  address inet,
  request_id text,
  constraint audit_logs_pkey primary key (id),
  constraint audit_logs_database_user_length check (length(database_user) between 1 and 63),
  constraint audit_logs_action_format check (action ~ '^[a-z][a-z_]*(\.[a-z_]+)+$'),
  constraint audit_logs_action_length check (length(action) <= 64),
  constraint audit_logs_target_type_length check (length(target_type) between 1 and 32),
  constraint audit_logs_target_id_length check (length(target_id) between 1 and 64),
  constraint audit_logs_target_whole check ((target_type is null) = (target_id is null)),
  constraint audit_logs_reason_length check (length(reason) between 1 and 500),
  constraint audit_logs_details_object
    check (jsonb_typeof(details) = 'object' and length(details::text) <= 8000),
  constraint audit_logs_request_id_length check (length(request_id) between 1 and 64)
) partition by range (id);
comment on table public.audit_logs is
  'Every privileged act and every change of access, written in the act''s own transaction.
Append-only.';
comment on column public.audit_logs.id is 'Version-7 identifier; its time is when it happened.';
comment on column public.audit_logs.actor_id is
  'Who did it; null for the system or for someone at psql.';
comment on column public.audit_logs.database_user is 'Database role that was used.';
comment on column public.audit_logs.action is
  'What was done, such as wallet.frozen or hand.voided.';
comment on column public.audit_logs.target_type is 'Kind of thing it was done to.';
comment on column public.audit_logs.target_id is 'Identifier of that thing.';
comment on column public.audit_logs.reason is 'Why, in the actor''s words.';
comment on column public.audit_logs.details is 'Before and after, without secrets.';
comment on column public.audit_logs.address is 'Network address of the actor.';
comment on column public.audit_logs.request_id is 'X-Request-ID of the request.';
create index audit_logs_actor_id_idx on public.audit_logs (actor_id, id)
  where actor_id is not null;
create index audit_logs_target_idx on public.audit_logs (target_type, target_id, id)
  where target_id is not null;
create index audit_logs_action_idx on public.audit_logs (action, id);
create trigger refuse_change before update or delete on public.audit_logs
  for each row execute function public.refuse_change();
alter table public.audit_logs enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.audit_logs
  for each statement execute function public.refuse_change();
alter table public.audit_logs enable always trigger refuse_truncate;

do $partitions$ begin perform public.ensure_partitions(); end $partitions$;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.friendships, public.messages, public.notifications, public.user_reports,
  public.audit_logs
to higgs_app;
grant insert, update, delete on public.friendships, public.notifications to higgs_app;
grant insert, update on public.messages, public.user_reports to higgs_app;

grant select on public.friendships to higgs_readonly;
grant select (id, sender_id, recipient_id, room_id, read_at, hidden_at, hidden_by)
  on public.messages to higgs_readonly;
grant select (id, user_id, kind, read_at, expires_at, created_at)
  on public.notifications to higgs_readonly;
grant select (
  id, reporter_id, reported_id, reason, room_id, hand_id, status, handled_by, handled_at,
  created_at
) on public.user_reports to higgs_readonly;
grant select (id, actor_id, database_user, action, target_type, target_id)
  on public.audit_logs to higgs_readonly;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  3, 'social_features', 'ea9c2eeea39863c942122b2170d080dca0413d296aa9ba314b3187ce56580ba9', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 004_views_and_final_setup.sql -------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 4)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '004_views_and_final_setup.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 004 Views and final setup: accounts and their wallets, friends, bonuses, achievements, what the
-- players and the operator look at, and maintenance. With this file baseline 1.0 is complete.

do $rights$
begin
  -- "refresh materialized view concurrently" keeps what it compares in a temporary table.
  execute format('grant temporary on database %I to higgs_owner', current_database());
  if not has_database_privilege('higgs_owner', current_database(), 'temporary') then
    raise exception 'higgs_owner may not make temporary tables in database %', current_database()
      using errcode = 'insufficient_privilege',
        hint = format('As a superuser or as the owner of the database run: '
          'grant temporary on database %I to higgs_owner;', current_database());
  end if;
end
$rights$;

set role higgs_owner;

-- Accounts and wallets ---------------------------------------------------------------------------

create function public.user_id_of(name_or_id text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id uuid;
begin
  if name_or_id ~ '^[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){4}-?[0-9A-Fa-f]{8}$' then
    select u.id into found_id from public.users as u where u.id = name_or_id::uuid;
  else
    select u.id into found_id from public.users as u where lower(u.username) = lower(name_or_id);
  end if;
  if found_id is null then
    raise exception 'there is no user %', coalesce(quote_literal(name_or_id), 'null')
      using errcode = 'no_data_found', hint = 'Give a username, or the id of an account.';
  end if;
  return found_id;
end
$function$;
comment on function public.user_id_of(text) is
  'The account with that username (without regard to case) or with that id written out; an error
where there is none.
Example: select public.user_id_of(''ayu'');';

create function public.wallet_of(code text, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id bigint;
begin
  select w.id
  into found_id
  from public.user_wallets as w
  where w.code = wallet_of.code and w.currency = wallet_of.currency;
  if found_id is null then
    raise exception 'there is no wallet % in %',
      coalesce(quote_literal(wallet_of.code), 'null'), coalesce(wallet_of.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'List them: select code, currency from user_wallets where code is not null;';
  end if;
  return found_id;
end
$function$;
comment on function public.wallet_of(text, text) is
  'The pool or system wallet of that name and currency, such as issue, rake, burn or bonus; an
error where there is none.
Example: select public.wallet_of(''issue'', ''COINS'');';

create function public.get_user_wallet(user_id uuid, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_id bigint;
begin
  select w.id
  into found_id
  from public.user_wallets as w
  where w.user_id = get_user_wallet.user_id and w.currency = get_user_wallet.currency;
  if found_id is null then
    raise exception 'user % has no wallet in %',
      coalesce(get_user_wallet.user_id::text, 'null'), coalesce(get_user_wallet.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'Accounts made by create_player() have one in COINS, GEMS and TOKENS each; what a '
          'statement makes is seen by the next one, so make the account first.';
  end if;
  return found_id;
end
$function$;
comment on function public.get_user_wallet(uuid, text) is
  'The number of a player''s own wallet in a currency; an error where there is none.
Example: select public.get_user_wallet(user_id_of(''ayu''), ''COINS'');';

create function public.get_user_balance(user_id uuid, currency text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  found_balance bigint;
begin
  select w.balance
  into found_balance
  from public.user_wallets as w
  where w.user_id = get_user_balance.user_id and w.currency = get_user_balance.currency;
  if found_balance is null then
    raise exception 'user % has no wallet in %',
      coalesce(get_user_balance.user_id::text, 'null'),
      coalesce(get_user_balance.currency, 'null')
      using errcode = 'no_data_found',
        hint = 'Accounts made by create_player() have one in COINS, GEMS and TOKENS each; what a '
          'statement makes is seen by the next one, so make the account first.';
  end if;
  return found_balance;
end
$function$;
comment on function public.get_user_balance(uuid, text) is
  'What a player''s own wallet holds in a currency; chips at tables are not in it (user_summary has
them). An error for an unknown user or currency, so that a slip never reads as an empty wallet.
Example: select public.get_user_balance(user_id_of(''ayu''), ''COINS'');';

create function public.get_wallet_history(
  wallet_id bigint, before_id uuid default null, rows_max integer default 50)
returns table (
  id uuid, kind text, signed_amount bigint, balance_after bigint, other_wallet_id bigint,
  reverses uuid, reference_type text, reference_id text, posted_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 200;
  -- No identifier of version 7 is as great as this.
  upper_bound constant uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  if rows_max is null or rows_max not between 1 and page_max then
    raise exception 'rows_max is %, not between 1 and %', rows_max, page_max
      using errcode = 'invalid_parameter_value',
        hint = 'Ask page by page: the last id of one page is before_id of the next.';
  end if;
  return query
  select
    b.id, b.kind, b.signed_amount, b.balance_after, b.other_wallet_id, b.reverses,
    b.reference_type, b.reference_id, b.posted_at
  from (
    (
      select
        d.id, d.kind, -d.amount as signed_amount, d.debit_balance_after as balance_after,
        d.credit_wallet_id as other_wallet_id, d.reverses, d.reference_type, d.reference_id,
        d.posted_at
      from public.transactions as d
      where d.debit_wallet_id = get_wallet_history.wallet_id and d.id < upper_bound
      order by d.id desc
      limit rows_max
    )
    union all
    (
      select
        c.id, c.kind, c.amount, c.credit_balance_after, c.debit_wallet_id, c.reverses,
        c.reference_type, c.reference_id, c.posted_at
      from public.transactions as c
      where c.credit_wallet_id = get_wallet_history.wallet_id and c.id < upper_bound
      order by c.id desc
      limit rows_max
    )
  ) as b
  order by b.id desc
  limit rows_max;
end
$function$;
comment on function public.get_wallet_history(bigint, uuid, integer) is
  'A wallet''s payments, the newest identifier first, at most 200 a page: received ones with a
positive signed_amount, given ones with a negative. The next page begins before the last id of this
one. Reads at most twice rows_max entries of the two indexes, however long the history is.
Example: select * from public.get_wallet_history(get_user_wallet(user_id_of(''ayu''), ''COINS''));';

create function public.create_player(
  username text,
  display_name text default null,
  account_type text default 'guest',
  country text default null,
  locale text default 'id',
  time_zone text default 'Asia/Jakarta',
  user_id uuid default public.new_id()
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  violated text;
begin
  if create_player.username is null or create_player.username !~ '^[A-Za-z0-9_.-]{3,24}$' then
    raise exception 'username % cannot be used',
      coalesce(quote_literal(create_player.username), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use 3 to 24 letters, digits, dots, hyphens or underscores.';
  end if;
  if public.is_version_7(create_player.user_id) is not true then
    raise exception 'account id % is not of version 7',
      coalesce(create_player.user_id::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Leave it out, or choose one as new_id() does.';
  end if;
  if create_player.account_type is null
    or create_player.account_type not in ('guest', 'registered', 'bot') then
    raise exception 'account type % is not known',
      coalesce(quote_literal(create_player.account_type), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use guest, registered or bot.';
  end if;
  if not public.is_time_zone(create_player.time_zone) then
    raise exception 'time zone % is not known',
      coalesce(quote_literal(create_player.time_zone), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use a name from pg_timezone_names, such as Asia/Jakarta.';
  end if;
  begin
    insert into public.users (id, username, account_type)
    values (create_player.user_id, create_player.username, create_player.account_type);
  exception when unique_violation then
    get stacked diagnostics violated = constraint_name;
    if exists (
      select
      from public.users as u
      where u.id = create_player.user_id and u.username = create_player.username
    ) then
      return create_player.user_id;
    elsif violated = 'users_pkey' then
      raise exception 'account % exists already under another name', create_player.user_id
        using errcode = 'unique_violation', hint = 'Choose a new id: select new_id();';
    end if;
    raise exception 'username % is taken', quote_literal(create_player.username)
      using errcode = 'unique_violation', hint = 'Choose another one.';
  end;
  insert into public.user_profiles (user_id, display_name, country, locale, time_zone)
  values (
    create_player.user_id, coalesce(create_player.display_name, create_player.username),
    create_player.country, create_player.locale, create_player.time_zone);
  insert into public.user_vip_status (user_id) values (create_player.user_id);
  insert into public.user_wallets (kind, user_id, currency, balance)
  select 'player', create_player.user_id, c.currency, 0
  from unnest(array['COINS', 'GEMS', 'TOKENS']) with ordinality as c (currency, ordinal)
  order by c.ordinal;
  return create_player.user_id;
end
$function$;

create function public.is_time_zone(name text)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
begin
  -- Only names: "at time zone" would also take offsets and made-up abbreviations.
  if name is null or name !~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$' then
    return false;
  end if;
  perform now() at time zone name;
  return true;
exception when invalid_parameter_value then
  return false;
end
$function$;
comment on function public.is_time_zone(text) is
  'Whether a text names a time zone, such as Asia/Jakarta.
Example: select public.is_time_zone(''Asia/Makassar'');';
comment on function public.create_player(text, text, text, text, text, text, uuid) is
  'Makes an account with all that it needs: profile, VIP status, and a wallet of each currency.
Returns its id. Called again with the same user_id and username it returns the same account. How
the player signs in (a guest''s secret, a password) is set on users afterwards, in the same
transaction. Its wallets are seen by the statements that follow, not by the same one.
Example: select public.create_player(''new_player'', ''New Player'', ''registered'', ''ID'');';

create function public.freeze_wallet(wallet_id bigint, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  wallet record;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'a freeze needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.kind, w.frozen_at
  into wallet
  from public.user_wallets as w
  where w.id = freeze_wallet.wallet_id
  for no key update;
  if not found then
    raise exception 'there is no wallet %', coalesce(freeze_wallet.wallet_id::text, 'null')
      using errcode = 'no_data_found';
  elsif wallet.kind = 'system' then
    raise exception 'wallet % is a system wallet and cannot be frozen', freeze_wallet.wallet_id
      using errcode = 'invalid_parameter_value',
        hint = 'Freeze players'', seats'' and pool wallets only.';
  elsif wallet.frozen_at is not null then
    return false;
  end if;
  update public.user_wallets
  set frozen_at = now(), frozen_reason = btrim(freeze_wallet.reason)
  where id = freeze_wallet.wallet_id;
  perform public.create_audit_log(
    freeze_wallet.actor_id, 'wallet.frozen', 'wallet', freeze_wallet.wallet_id::text,
    btrim(freeze_wallet.reason));
  return true;
end
$function$;
comment on function public.freeze_wallet(bigint, text, uuid) is
  'Freezes a wallet: nothing goes in or out but what a running hand or a stay at a table owes.
Returns false when it was frozen already. Audited as wallet.frozen. Locks: the wallet.
Example: select public.freeze_wallet(
get_user_wallet(user_id_of(''ayu''), ''COINS''), ''The player lost the device'');';

create function public.unfreeze_wallet(wallet_id bigint, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  wallet record;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'to unfreeze needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.frozen_at, w.frozen_reason
  into wallet
  from public.user_wallets as w
  where w.id = unfreeze_wallet.wallet_id
  for no key update;
  if not found then
    raise exception 'there is no wallet %', coalesce(unfreeze_wallet.wallet_id::text, 'null')
      using errcode = 'no_data_found';
  elsif wallet.frozen_at is null then
    return false;
  end if;
  update public.user_wallets
  set frozen_at = null, frozen_reason = null
  where id = unfreeze_wallet.wallet_id;
  perform public.create_audit_log(
    unfreeze_wallet.actor_id, 'wallet.unfrozen', 'wallet', unfreeze_wallet.wallet_id::text,
    btrim(unfreeze_wallet.reason),
    jsonb_build_object('frozen_at', wallet.frozen_at, 'frozen_reason', wallet.frozen_reason));
  return true;
end
$function$;
comment on function public.unfreeze_wallet(bigint, text, uuid) is
  'Lets a frozen wallet be used again; false when it was not frozen. Audited as wallet.unfrozen.
Locks: the wallet.
Example: select public.unfreeze_wallet(
get_user_wallet(user_id_of(''ayu''), ''COINS''), ''The device was found'');';

-- What staff may do to an account ---------------------------------------------------------------
-- The application's role cannot write role, status, suspension or self-exclusion otherwise.

create function public.act_on_account(
  account_id uuid, act text, new_status text, new_until timestamptz, reason text, actor_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  account record;
begin
  if act_on_account.reason is null
    or length(btrim(act_on_account.reason)) not between 1 and 200 then
    raise exception '% needs a reason of 1 to 200 characters', act
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select u.status, u.suspended_until
  into account
  from public.users as u
  where u.id = account_id
  for no key update;
  if not found then
    raise exception 'there is no user %', coalesce(account_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif account.status = 'closed' and new_status <> 'closed' then
    raise exception 'account % is closed, for good', account_id
      using errcode = 'object_not_in_prerequisite_state', hint = 'The player makes a new account.';
  elsif account.status = new_status and account.suspended_until is not distinct from new_until then
    return false;
  end if;
  update public.users as u
  set
    status = new_status, suspended_until = new_until, updated_at = now(),
    closed_at = case when new_status = 'closed' then now() end
  where u.id = account_id;
  if new_status <> 'active' then
    update public.user_sessions as s
    set revoked_at = now(),
      revoked_reason = case when new_status = 'closed' then 'signed_out' else 'by_staff' end
    where s.user_id = account_id and s.revoked_at is null;
  end if;
  perform public.create_audit_log(
    act_on_account.actor_id, act, 'user', account_id::text, btrim(act_on_account.reason),
    jsonb_build_object(
      'before', jsonb_build_object(
        'status', account.status, 'suspended_until', account.suspended_until),
      'after', jsonb_build_object('status', new_status, 'suspended_until', new_until)));
  return true;
end
$function$;
comment on function public.act_on_account(uuid, text, text, timestamptz, text, uuid) is
  'Sets an account''s status, ends its sign-ins unless it is active then, and writes the audit log.
False where the account is so already. Locks: the account. Internal.';

create function public.suspend_user(
  user_id uuid, until timestamptz, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if until is null or until <= now() or until = 'infinity' then
    raise exception 'a suspension until % has no end that is to come', coalesce(until::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give a time in the future; ban_user() has no end.';
  end if;
  return public.act_on_account(user_id, 'user.suspended', 'suspended', until, reason, actor_id);
end
$function$;
comment on function public.suspend_user(uuid, timestamptz, text, uuid) is
  'Keeps an account from playing until a time, and ends its sign-ins; also changes the end of a
suspension. False where it was so already. Audited as user.suspended. Locks: the account.
Example: select public.suspend_user(user_id_of(''ayu''), now() + interval ''3 days'', ''Abuse'');';

create function public.ban_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.banned', 'banned', null, reason, actor_id);
end;
comment on function public.ban_user(uuid, text, uuid) is
  'Keeps an account from playing until restore_user(), and ends its sign-ins. False where it was
banned already. Audited as user.banned. Locks: the account.
Example: select public.ban_user(user_id_of(''ayu''), ''Several accounts'');';

create function public.restore_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.restored', 'active', null, reason, actor_id);
end;
comment on function public.restore_user(uuid, text, uuid) is
  'Ends a suspension or a ban; self-exclusion stays. False where the account is active. Audited as
user.restored. Locks: the account.
Example: select public.restore_user(user_id_of(''ayu''), ''The report was wrong'');';

create function public.close_user(user_id uuid, reason text, actor_id uuid default null)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select public.act_on_account(user_id, 'user.closed', 'closed', null, reason, actor_id);
end;
comment on function public.close_user(uuid, text, uuid) is
  'Closes an account for good and ends its sign-ins; its ledger stays. False where it was closed
already. Audited as user.closed. Locks: the account.
Example: select public.close_user(user_id_of(''ayu''), ''The player asked for it'');';

create function public.set_user_role(
  user_id uuid, new_role text, reason text, actor_id uuid default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  old_role text;
begin
  if set_user_role.new_role is null
    or set_user_role.new_role not in ('player', 'moderator', 'economist', 'auditor', 'admin') then
    raise exception 'role % is not known', coalesce(quote_literal(set_user_role.new_role), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use player, moderator, economist, auditor or admin.';
  end if;
  if set_user_role.reason is null or length(btrim(set_user_role.reason)) not between 1 and 200 then
    raise exception 'a change of role needs a reason of 1 to 200 characters'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  -- Roles are given by an administrator; by whoever may act as the owner; and by anyone where no
  -- administrator is there yet, who would otherwise never come to be.
  if set_user_role.actor_id is null
    and not pg_has_role(session_user, 'higgs_owner', 'member')
    and exists (select from public.users as a where a.role = 'admin' and a.status = 'active') then
    raise exception 'a role is given by an administrator'
      using errcode = 'insufficient_privilege', hint = 'Name the administrator as actor_id.';
  end if;
  if set_user_role.actor_id is not null and (
    set_user_role.actor_id = set_user_role.user_id
    or not exists (
      select
      from public.users as a
      where a.id = set_user_role.actor_id and a.role = 'admin' and a.status = 'active')
  ) then
    raise exception '% may not give % a role', set_user_role.actor_id,
      coalesce(set_user_role.user_id::text, 'null')
      using errcode = 'insufficient_privilege',
        hint = 'The actor is an active administrator, and another account.';
  end if;
  select u.role into old_role
  from public.users as u
  where u.id = set_user_role.user_id
  for no key update;
  if not found then
    raise exception 'there is no user %', coalesce(set_user_role.user_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif old_role = set_user_role.new_role then
    return false;
  end if;
  update public.users as u
  set role = set_user_role.new_role, updated_at = now()
  where u.id = set_user_role.user_id;
  perform public.create_audit_log(
    set_user_role.actor_id, 'user.role_changed', 'user', set_user_role.user_id::text,
    btrim(set_user_role.reason),
    jsonb_build_object('before', old_role, 'after', set_user_role.new_role));
  return true;
end
$function$;
comment on function public.set_user_role(uuid, text, text, uuid) is
  'Gives an account a role: player, moderator, economist, auditor, admin. actor_id is an active
administrator, not the account itself; it may be null for the owner''s sessions, and while there is
no administrator. False where it has the role already. Audited as user.role_changed.
Locks: the account.
Example: select public.set_user_role(user_id_of(''ayu''), ''moderator'', ''Joined the team'');';

-- Notifications and the audit log ----------------------------------------------------------------

create function public.send_notification(
  user_id uuid,
  kind text,
  title text,
  body text default '',
  payload jsonb default '{}',
  expires_at timestamptz default null
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  kept_max constant integer := 500;
  account record;
  new_id constant uuid := public.new_id();
begin
  select u.account_type, u.status
  into account
  from public.users as u
  where u.id = send_notification.user_id;
  if not found then
    raise exception 'there is no user %', coalesce(send_notification.user_id::text, 'null')
      using errcode = 'no_data_found';
  elsif account.account_type = 'bot' or account.status = 'closed' then
    return null;
  end if;
  insert into public.notifications (id, user_id, kind, title, body, payload, expires_at)
  values (
    new_id, send_notification.user_id, send_notification.kind, send_notification.title,
    send_notification.body, send_notification.payload, send_notification.expires_at);
  delete from public.notifications as n
  where n.user_id = send_notification.user_id
    and n.id <= (
      select o.id
      from public.notifications as o
      where o.user_id = send_notification.user_id
      order by o.id desc
      offset kept_max
      limit 1);
  return new_id;
end
$function$;
comment on function public.send_notification(uuid, text, text, text, jsonb, timestamptz) is
  'Leaves a notification for a player and returns its id; null, and nothing is left, for a bot or a
closed account. A player keeps the newest 500.
Example: select public.send_notification(user_id_of(''ayu''), ''system'', ''Welcome back'');';

create function public.create_audit_log(
  actor_id uuid,
  action text,
  target_type text default null,
  target_id text default null,
  reason text default null,
  details jsonb default '{}',
  address inet default null,
  request_id text default null
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  new_id constant uuid := public.new_id();
begin
  if create_audit_log.action is null
    or create_audit_log.action !~ '^[a-z][a-z_]*(\.[a-z_]+)+$' then
    raise exception 'audit action % cannot be used',
      coalesce(quote_literal(create_audit_log.action), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Name the thing and what was done to it, such as wallet.frozen.';
  end if;
  insert into public.audit_logs (
    id, actor_id, action, target_type, target_id, reason, details, address, request_id)
  values (
    new_id, create_audit_log.actor_id, create_audit_log.action, create_audit_log.target_type,
    create_audit_log.target_id, create_audit_log.reason,
    coalesce(create_audit_log.details, '{}'), create_audit_log.address,
    create_audit_log.request_id);
  return new_id;
end
$function$;
comment on function public.create_audit_log(uuid, text, text, text, text, jsonb, inet, text) is
  'Writes a line of the audit log and returns its id; call it in the transaction of the act. The
database user who is connected is noted by itself. Details hold before and after, never a secret.
Example: select public.create_audit_log(
user_id_of(''ayu''), ''profile.renamed'', ''user'', user_id_of(''ayu'')::text, ''A slip'');';

-- Friends ----------------------------------------------------------------------------------------
-- Each function first locks the profiles of both players, in the order of their ids: so the two of
-- a pair cannot cross each other, and nobody passes the limit of friends.

create function public.blocked_between(one_id uuid, other_id uuid)
returns boolean
language sql
stable
parallel safe
return exists (
  select
  from public.friendships as f
  where f.status = 'blocked'
    and (f.user_id = blocked_between.one_id and f.other_id = blocked_between.other_id
      or f.user_id = blocked_between.other_id and f.other_id = blocked_between.one_id));
comment on function public.blocked_between(uuid, uuid) is
  'Whether one of two players blocks the other: then neither is shown to the other.
Example: select public.blocked_between(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.lock_pair(one_id uuid, other_id uuid)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  players integer;
begin
  if one_id is null or other_id is null or one_id = other_id then
    raise exception 'two different players are needed, not % and %',
      coalesce(one_id::text, 'null'), coalesce(other_id::text, 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  perform
  from public.user_profiles as p
  where p.user_id in (one_id, other_id)
  order by p.user_id
  for no key update;
  select count(*)
  into players
  from public.users as u
  join public.user_profiles as p on p.user_id = u.id
  where u.id in (one_id, other_id) and u.status <> 'closed';
  return players;
end
$function$;
comment on function public.lock_pair(uuid, uuid) is
  'Locks two players'' profiles, in the order of their ids, and says how many of the two have an
open account. Internal.';

create function public.friends_left(user_id uuid)
returns integer
language sql
stable
return (
  select coalesce(max(l.friends_max), 0)
  from public.user_vip_status as s
  join public.vip_levels as l on l.level = s.level
  where s.user_id = friends_left.user_id)
- (
  select count(*)
  from public.friendships as f
  where f.status = 'accepted'
    and (f.user_id = friends_left.user_id or f.other_id = friends_left.user_id))::integer;
comment on function public.friends_left(uuid) is
  'How many more friends a player may make: the VIP level''s limit less those there are.
Example: select public.friends_left(user_id_of(''ayu''));';

create function public.request_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  requests_max constant integer := 100;
  known record;
begin
  if public.lock_pair(request_friend.user_id, request_friend.other_id) < 2 then
    return 'user_not_found';
  end if;
  for known in
    select f.user_id, f.status
    from public.friendships as f
    where f.user_id = request_friend.user_id and f.other_id = request_friend.other_id
      or f.user_id = request_friend.other_id and f.other_id = request_friend.user_id
    order by f.status <> 'blocked', f.user_id <> request_friend.user_id
  loop
    if known.status = 'blocked' then
      -- Who is blocked is told what anyone is told about an account that is not there.
      return case
        when known.user_id = request_friend.user_id then 'blocked_by_you' else 'user_not_found'
      end;
    elsif known.status = 'accepted' then
      return 'already_friends';
    elsif known.user_id = request_friend.user_id then
      return 'already_requested';
    else
      return public.accept_friend(request_friend.user_id, request_friend.other_id);
    end if;
  end loop;
  if public.friends_left(request_friend.user_id) < 1 then
    return 'too_many_friends';
  elsif (
    select count(*)
    from public.friendships as f
    where f.user_id = request_friend.user_id and f.status = 'pending'
  ) >= requests_max then
    return 'too_many_requests';
  end if;
  insert into public.friendships (user_id, other_id)
  values (request_friend.user_id, request_friend.other_id);
  perform public.send_notification(
    request_friend.other_id, 'friend_request',
    (
      select p.display_name
      from public.user_profiles as p
      where p.user_id = request_friend.user_id
    ) || ' wants to be your friend',
    payload => jsonb_build_object('user_id', request_friend.user_id));
  return 'requested';
end
$function$;
comment on function public.request_friend(uuid, uuid) is
  'Asks the other player to be a friend, and notifies them; accepts at once where the other has
asked already. Outcomes: requested, accepted, already_requested, already_friends, blocked_by_you,
user_not_found (also where the other blocks this player), too_many_friends, friend_has_too_many,
too_many_requests (100 unanswered). Locks: both profiles in the order of their ids.
Example: select public.request_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.accept_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  request_status text;
begin
  if public.lock_pair(accept_friend.user_id, accept_friend.other_id) < 2 then
    return 'user_not_found';
  end if;
  select f.status
  into request_status
  from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = accept_friend.other_id and f.other_id = accept_friend.user_id
      or f.status = 'accepted'
        and f.user_id = accept_friend.user_id and f.other_id = accept_friend.other_id);
  if request_status is null then
    return 'no_request';
  elsif request_status = 'accepted' then
    return 'already_friends';
  elsif public.friends_left(accept_friend.user_id) < 1 then
    return 'too_many_friends';
  elsif public.friends_left(accept_friend.other_id) < 1 then
    return 'friend_has_too_many';
  end if;
  update public.friendships as f
  set status = 'accepted', accepted_at = now()
  where f.user_id = accept_friend.other_id and f.other_id = accept_friend.user_id;
  perform public.send_notification(
    accept_friend.other_id, 'friend_accepted',
    (
      select p.display_name
      from public.user_profiles as p
      where p.user_id = accept_friend.user_id
    ) || ' is now your friend',
    payload => jsonb_build_object('user_id', accept_friend.user_id));
  return 'accepted';
end
$function$;
comment on function public.accept_friend(uuid, uuid) is
  'Accepts the request that other_id sent to user_id, and notifies them. Outcomes: accepted,
already_friends, no_request, user_not_found, too_many_friends, friend_has_too_many.
Locks: both profiles in the order of their ids.
Example: select public.accept_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.remove_friend(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  removed record;
begin
  perform public.lock_pair(remove_friend.user_id, remove_friend.other_id);
  delete from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = remove_friend.user_id and f.other_id = remove_friend.other_id
      or f.user_id = remove_friend.other_id and f.other_id = remove_friend.user_id)
  returning f.user_id, f.status into removed;
  return case
    when removed.status is null then 'not_friends'
    when removed.status = 'accepted' then 'removed'
    when removed.user_id = remove_friend.user_id then 'request_withdrawn'
    else 'request_declined'
  end;
end
$function$;
comment on function public.remove_friend(uuid, uuid) is
  'Ends a friendship, withdraws one''s own request or declines the other''s; the other is not told.
Outcomes: removed, request_withdrawn, request_declined, not_friends.
Locks: both profiles in the order of their ids.
Example: select public.remove_friend(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.block_user(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  blocks_max constant integer := 1000;
begin
  if public.lock_pair(block_user.user_id, block_user.other_id) < 2 then
    return 'user_not_found';
  elsif exists (
    select
    from public.friendships as f
    where f.user_id = block_user.user_id and f.other_id = block_user.other_id
      and f.status = 'blocked'
  ) then
    return 'already_blocked';
  elsif (
    select count(*)
    from public.friendships as f
    where f.user_id = block_user.user_id and f.status = 'blocked'
  ) >= blocks_max then
    return 'too_many_blocks';
  end if;
  delete from public.friendships as f
  where f.status in ('pending', 'accepted')
    and (f.user_id = block_user.user_id and f.other_id = block_user.other_id
      or f.user_id = block_user.other_id and f.other_id = block_user.user_id);
  insert into public.friendships (user_id, other_id, status)
  values (block_user.user_id, block_user.other_id, 'blocked');
  return 'blocked';
end
$function$;
comment on function public.block_user(uuid, uuid) is
  'Blocks a player: friendship and requests between the two end, and neither is shown to the other
any more; the other is not told. Outcomes: blocked, already_blocked, user_not_found,
too_many_blocks (1000). Locks: both profiles in the order of their ids.
Example: select public.block_user(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.unblock_user(user_id uuid, other_id uuid)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  perform public.lock_pair(unblock_user.user_id, unblock_user.other_id);
  delete from public.friendships as f
  where f.user_id = unblock_user.user_id and f.other_id = unblock_user.other_id
    and f.status = 'blocked';
  return case when found then 'unblocked' else 'not_blocked' end;
end
$function$;
comment on function public.unblock_user(uuid, uuid) is
  'Ends a block of one''s own; a friendship that it ended does not come back. Outcomes: unblocked,
not_blocked. Locks: both profiles in the order of their ids.
Example: select public.unblock_user(user_id_of(''ayu''), user_id_of(''bagus''));';

create function public.get_user_friends(user_id uuid)
returns table (
  friend_id uuid, username text, display_name text, avatar text, vip_level smallint,
  last_seen_at timestamptz, friends_since timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    u.id, u.username, p.display_name, p.avatar, v.level,
    case when p.show_online then u.last_seen_at end, f.accepted_at
  from (
    select f1.other_id as friend_id, f1.accepted_at
    from public.friendships as f1
    where f1.user_id = get_user_friends.user_id and f1.status = 'accepted'
    union all
    select f2.user_id, f2.accepted_at
    from public.friendships as f2
    where f2.other_id = get_user_friends.user_id and f2.status = 'accepted'
  ) as f
  join public.users as u on u.id = f.friend_id
  join public.user_profiles as p on p.user_id = u.id
  left join public.user_vip_status as v on v.user_id = u.id
  where u.status <> 'closed' and not public.blocked_between(get_user_friends.user_id, u.id)
  order by lower(p.display_name), u.id;
end;
comment on function public.get_user_friends(uuid) is
  'A player''s friends by name; last_seen_at is null for who does not want to show it. The VIP level
bounds how many there are.
Example: select * from public.get_user_friends(user_id_of(''ayu''));';

-- VIP points, achievements, daily bonus ----------------------------------------------------------

create function public.player_time_zone(user_id uuid)
returns text
language sql
stable
parallel safe
return (
  select case when p.time_zone_changes_at <= now() then p.next_time_zone else p.time_zone end
  from public.user_profiles as p
  where p.user_id = player_time_zone.user_id);
comment on function public.player_time_zone(uuid) is
  'The time zone that a player''s days are counted in now: a change counts from the moment in
time_zone_changes_at, which is the start of the player''s next day.
Example: select public.player_time_zone(user_id_of(''ayu''));';

create function public.pay_from_house(
  payment_id uuid, kind text, credit_wallet_id bigint, currency text, amount bigint,
  reference_type text, reference_id text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  pool record;
  source bigint := public.wallet_of('issue', currency);
  result text;
begin
  select w.id, w.balance
  into pool
  from public.user_wallets as w
  where w.id = public.wallet_of('bonus', pay_from_house.currency) and w.frozen_at is null;
  if pool.balance >= amount then
    source := pool.id;
  end if;
  loop
    result := (public.post_batch(
      true, array[payment_id], array[kind], array[source], array[credit_wallet_id],
      array[currency], array[amount], null, null, null, array[reference_type],
      array[reference_id])).outcomes[1];
    -- Someone else has just emptied or frozen the pool: then the issue pays. It is a system wallet,
    -- which never runs short, so that this loop turns at most once.
    exit when source is distinct from pool.id
      or result not in ('insufficient_funds', 'wallet_frozen');
    source := public.wallet_of('issue', currency);
  end loop;
  if result = 'exists_with_different_content' and exists (
    select
    from public.transactions as t
    where t.id = payment_id and t.kind = pay_from_house.kind
      and t.credit_wallet_id = pay_from_house.credit_wallet_id and t.amount = pay_from_house.amount
  ) then
    return 'exists';  -- paid before, from the other of the two wallets
  end if;
  return result;
end
$function$;
comment on function public.pay_from_house(uuid, text, bigint, text, bigint, text, text) is
  'Pays a player what the house owes: from the pool named bonus while it holds enough, so that a
budget is used first, else from the issue, so that an empty budget costs no player anything.
Returns the outcome, as post_transactions has them. Internal.';

create function public.add_vip_points(user_id uuid, points bigint)
returns smallint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  points_max constant bigint := 1000000000;
  old_level smallint;
  new_level smallint;
begin
  if add_vip_points.points is null or add_vip_points.points not between 0 and points_max then
    raise exception '% VIP points cannot be added; at most % at once',
      coalesce(add_vip_points.points::text, 'null'), points_max
      using errcode = 'invalid_parameter_value';
  end if;
  select s.level
  into old_level
  from public.user_vip_status as s
  where s.user_id = add_vip_points.user_id
  for no key update;
  if not found then
    raise exception 'user % has no VIP status', coalesce(add_vip_points.user_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Make accounts with create_player().';
  end if;
  update public.user_vip_status as s
  set
    points = s.points + add_vip_points.points,
    level = greatest(s.level, (
      select max(l.level)
      from public.vip_levels as l
      where l.required_points <= s.points + add_vip_points.points)),
    updated_at = now()
  where s.user_id = add_vip_points.user_id
  returning s.level into new_level;
  if new_level > old_level then
    update public.user_vip_status as s
    set level_since = now()
    where s.user_id = add_vip_points.user_id;
    perform public.send_notification(
      add_vip_points.user_id, 'vip_level',
      'You have reached VIP level '
      || (select l.name from public.vip_levels as l where l.level = new_level));
  end if;
  return new_level;
end
$function$;
comment on function public.add_vip_points(uuid, bigint) is
  'Adds VIP points and raises the level where they suffice; returns the level. A level is never
lost. Locks: the player''s row of user_vip_status.
Example: select public.add_vip_points(user_id_of(''ayu''), 100);';

create function public.record_achievement_progress(
  user_id uuid, achievement_id text, reached bigint)
returns table (
  outcome text, progress bigint, goal bigint, unlocked_at timestamptz,
  reward_transaction_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  achievement record;
  state record;
  paid text;
  payment_id uuid;
begin
  select a.id, a.name, a.goal, a.reward_currency, a.reward_amount, a.vip_points
  into achievement
  from public.achievements as a
  where a.id = record_achievement_progress.achievement_id;
  if not found then
    raise exception 'there is no achievement %',
      coalesce(quote_literal(record_achievement_progress.achievement_id), 'null')
      using errcode = 'no_data_found', hint = 'List them: select id, name from achievements;';
  elsif record_achievement_progress.reached is null
    or record_achievement_progress.reached < 0 then
    raise exception 'the progress reached is %, not zero or more',
      coalesce(record_achievement_progress.reached::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give the total that is reached, not the difference.';
  elsif not exists (
    select from public.users as u where u.id = record_achievement_progress.user_id
  ) then
    raise exception 'there is no user %',
      coalesce(record_achievement_progress.user_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  insert into public.user_achievements as s (user_id, achievement_id, progress)
  values (
    record_achievement_progress.user_id, achievement.id,
    least(record_achievement_progress.reached, achievement.goal))
  on conflict on constraint user_achievements_pkey do update
  set
    progress = greatest(s.progress, excluded.progress),
    updated_at = case when excluded.progress > s.progress then now() else s.updated_at end
  returning s.progress, s.unlocked_at, s.reward_transaction_id into state;

  outcome := case
    when state.unlocked_at is not null then 'already_unlocked'
    when state.progress >= achievement.goal then 'unlocked'
    else 'progress'
  end;
  if outcome = 'unlocked' then
    state.unlocked_at := now();
    update public.user_achievements as s
    set unlocked_at = state.unlocked_at
    where s.user_id = record_achievement_progress.user_id and s.achievement_id = achievement.id;
    perform public.add_vip_points(record_achievement_progress.user_id, achievement.vip_points);
    perform public.send_notification(
      record_achievement_progress.user_id, 'achievement', achievement.name,
      payload => jsonb_build_object('achievement_id', achievement.id));
  end if;
  if state.unlocked_at is not null and state.reward_transaction_id is null
    and achievement.reward_amount > 0 then
    payment_id := public.reserved_id(
      state.unlocked_at, record_achievement_progress.user_id::text,
      'achievement ' || achievement.id, 1);
    paid := public.pay_from_house(
      payment_id, 'reward',
      public.get_user_wallet(record_achievement_progress.user_id, achievement.reward_currency),
      achievement.reward_currency, achievement.reward_amount, 'achievement', achievement.id);
    if paid in ('ok', 'exists') then
      state.reward_transaction_id := payment_id;
      update public.user_achievements as s
      set reward_transaction_id = payment_id
      where s.user_id = record_achievement_progress.user_id and s.achievement_id = achievement.id;
    end if;
  end if;
  return query
  select outcome, state.progress, achievement.goal, state.unlocked_at, state.reward_transaction_id;
end
$function$;
comment on function public.record_achievement_progress(uuid, text, bigint) is
  'Notes how far a player has come: the total reached, so that saying it twice is saying it once; a
smaller total changes nothing. At the goal it unlocks the achievement, pays its reward (see
pay_from_house), adds its VIP points and notifies the player. Outcomes: progress, unlocked,
already_unlocked. reward_transaction_id stays null while the wallet is frozen; the next call pays.
Locks: the row of user_achievements, then user_vip_status, then wallets.
Example: select * from public.record_achievement_progress(
user_id_of(''ayu''), ''hundred_hands'', 12);';

create function public.claim_daily_bonus(user_id uuid)
returns table (
  outcome text, claimed_on date, streak integer, currency text, amount bigint,
  transaction_id uuid, next_claim_at timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  hours_between constant interval := interval '20 hours';
  bonus_currency constant text := 'COINS';
  -- By the day of the streak; the last one goes on for as long as the streak does.
  bonuses constant bigint[] := array[1000, 1500, 2000, 2500, 3000, 4000, 6000];
  zone text;
  last_claim record;
  account record;
begin
  -- The profile's lock makes a player's claims follow one another.
  perform
  from public.user_profiles as p
  where p.user_id = claim_daily_bonus.user_id
  for no key update;
  if not found then
    raise exception 'there is no player %', coalesce(claim_daily_bonus.user_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  zone := public.player_time_zone(claim_daily_bonus.user_id);
  select u.account_type, u.status, u.self_excluded_until, coalesce(l.bonus_percent, 0) as percent
  into account
  from public.users as u
  left join public.user_vip_status as s on s.user_id = u.id
  left join public.vip_levels as l on l.level = s.level
  where u.id = claim_daily_bonus.user_id;
  select b.claimed_on, b.claimed_at, b.streak, b.currency, b.amount, b.transaction_id
  into last_claim
  from public.daily_bonuses as b
  where b.user_id = claim_daily_bonus.user_id
  order by b.claimed_on desc
  limit 1;
  claimed_on := (now() at time zone zone)::date;
  next_claim_at := greatest(
    last_claim.claimed_at + hours_between,
    (last_claim.claimed_on + 1)::timestamp at time zone zone);
  outcome := case
    when account.account_type = 'bot' or account.status <> 'active'
      or account.self_excluded_until > now() then 'not_eligible'
    when last_claim.claimed_on >= claimed_on then 'already_claimed'
    when next_claim_at > now() then 'too_soon'
    else 'ok'
  end;
  if outcome <> 'ok' then
    return query
    select
      outcome, last_claim.claimed_on, last_claim.streak, last_claim.currency, last_claim.amount,
      last_claim.transaction_id, next_claim_at;
    return;
  end if;

  streak := case when last_claim.claimed_on = claimed_on - 1 then last_claim.streak else 0 end + 1;
  currency := bonus_currency;
  amount :=
    bonuses[least(streak, cardinality(bonuses))] * (100 + account.percent) / 100;
  transaction_id := public.reserved_id(
    now(), claim_daily_bonus.user_id::text, 'daily_bonus ' || claimed_on, 1);
  outcome := public.pay_from_house(
    transaction_id, 'bonus',
    public.get_user_wallet(claim_daily_bonus.user_id, bonus_currency), bonus_currency, amount,
    'daily_bonus', claimed_on::text);
  if outcome not in ('ok', 'exists') then
    return query
    select
      outcome, last_claim.claimed_on, last_claim.streak, last_claim.currency, last_claim.amount,
      last_claim.transaction_id, next_claim_at;
    return;
  end if;
  insert into public.daily_bonuses (
    user_id, claimed_on, claimed_at, streak, currency, amount, transaction_id)
  values (
    claim_daily_bonus.user_id, claimed_on, now(), streak, currency, amount, transaction_id);
  next_claim_at := greatest(
    now() + hours_between, (claimed_on + 1)::timestamp at time zone zone);
  return query
  select 'ok', claimed_on, streak, currency, amount, transaction_id, next_claim_at;
end
$function$;
comment on function public.claim_daily_bonus(uuid) is
  'Pays a player the bonus of the day: once in each of the player''s own days (by the time zone of
the profile) and at least 20 hours after the last; it grows with the days in a row up to the
seventh, and by the VIP level''s percentage. It is paid from the pool named bonus while that holds
enough, else from the issue. Outcomes: ok, already_claimed, too_soon, not_eligible (bot, account
not active, self-excluded), or why the ledger refused, such as wallet_frozen; whatever is refused
may be claimed later. Other than for ok, the row tells of the last claim.
Locks: the player''s profile, then the wallets.
Example: select * from public.claim_daily_bonus(user_id_of(''ayu''));';

-- Views ------------------------------------------------------------------------------------------
-- Views run with their owner's rights, so that a column that the read-only role may not see must
-- not be in them: no contact data, no secret, no metadata, nothing of a hand that still runs but
-- that it runs.

create function public.calculate_win_rate(hands_won bigint, hands_played bigint)
returns numeric
language sql
immutable
parallel safe
return case
  when hands_played = 0 and hands_won = 0 then 0.00
  when hands_won between 0 and hands_played then round(100.0 * hands_won / hands_played, 2)
end;
comment on function public.calculate_win_rate(bigint, bigint) is
  'Hands won in percent of hands played, to two places; zero where none was played, null where the
counts cannot be (more won than played, or less than none).
Example: select public.calculate_win_rate(25, 80);';

create view public.user_summary as
select
  u.id as user_id,
  u.username,
  p.display_name,
  p.avatar,
  p.country,
  u.account_type,
  u.role,
  u.status,
  v.level as vip_level,
  l.name as vip_name,
  v.points as vip_points,
  p.experience,
  w.coins,
  w.gems,
  w.tokens,
  t.coins as coins_on_tables,
  t.gems as gems_on_tables,
  t.tokens as tokens_on_tables,
  w.frozen_wallets,
  s.hands_played,
  s.hands_won,
  public.calculate_win_rate(s.hands_won, s.hands_played) as win_rate,
  f.friends,
  u.last_seen_at,
  u.created_at
from public.users as u
left join public.user_profiles as p on p.user_id = u.id
left join public.user_vip_status as v on v.user_id = u.id
left join public.vip_levels as l on l.level = v.level
cross join lateral (
  select
    coalesce(max(x.balance) filter (where x.currency = 'COINS'), 0) as coins,
    coalesce(max(x.balance) filter (where x.currency = 'GEMS'), 0) as gems,
    coalesce(max(x.balance) filter (where x.currency = 'TOKENS'), 0) as tokens,
    count(x.frozen_at) as frozen_wallets
  from public.user_wallets as x
  where x.user_id = u.id
) as w
cross join lateral (
  select
    coalesce(sum(x.balance) filter (where x.currency = 'COINS'), 0)::bigint as coins,
    coalesce(sum(x.balance) filter (where x.currency = 'GEMS'), 0)::bigint as gems,
    coalesce(sum(x.balance) filter (where x.currency = 'TOKENS'), 0)::bigint as tokens
  from public.game_sessions as g
  join public.user_wallets as x on x.id = g.seat_wallet_id
  where g.user_id = u.id and g.stood_up_at is null
) as t
cross join lateral (
  select
    coalesce(sum(x.hands_played), 0)::bigint as hands_played,
    coalesce(sum(x.hands_won), 0)::bigint as hands_won
  from public.game_statistics as x
  where x.user_id = u.id
) as s
cross join lateral (
  select
    (
      select count(*)
      from public.friendships as x
      where x.user_id = u.id and x.status = 'accepted'
    ) + (
      select count(*)
      from public.friendships as x
      where x.other_id = u.id and x.status = 'accepted'
    ) as friends
) as f;
comment on view public.user_summary is
  'One row for each account: who it is, what it holds, how it plays. No contact data.
Example: select username, coins, win_rate from user_summary where user_id = user_id_of(''ayu'');';
comment on column public.user_summary.user_id is 'The account.';
comment on column public.user_summary.username is 'Unique public name.';
comment on column public.user_summary.display_name is 'Name shown at the table.';
comment on column public.user_summary.avatar is 'Name of the picture.';
comment on column public.user_summary.country is 'Country, as two letters.';
comment on column public.user_summary.account_type is 'guest, registered or bot.';
comment on column public.user_summary.role is 'player, or the role of a member of staff.';
comment on column public.user_summary.status is 'active, suspended, banned or closed.';
comment on column public.user_summary.vip_level is 'VIP level held now.';
comment on column public.user_summary.vip_name is 'Name of the VIP level.';
comment on column public.user_summary.vip_points is 'VIP points gathered.';
comment on column public.user_summary.experience is 'Experience gathered.';
comment on column public.user_summary.coins is 'Coins in the player''s own wallet.';
comment on column public.user_summary.gems is 'Gems in the player''s own wallet.';
comment on column public.user_summary.tokens is 'Tokens in the player''s own wallet.';
comment on column public.user_summary.coins_on_tables is
  'Coins in the seats that the player sits in; a running hand counts when it is settled.';
comment on column public.user_summary.gems_on_tables is 'Gems in those seats.';
comment on column public.user_summary.tokens_on_tables is 'Tokens in those seats.';
comment on column public.user_summary.frozen_wallets is
  'How many of the player''s wallets are frozen.';
comment on column public.user_summary.hands_played is 'Hands played to their end, in all games.';
comment on column public.user_summary.hands_won is 'Hands with a net win.';
comment on column public.user_summary.win_rate is 'Hands won in percent of hands played.';
comment on column public.user_summary.friends is 'How many friends.';
comment on column public.user_summary.last_seen_at is 'Last sign of life.';
comment on column public.user_summary.created_at is 'When the account was made.';

create view public.game_room_summary as
select
  r.id as room_id,
  r.name,
  r.game_id,
  g.name as game_name,
  r.visibility,
  r.tournament_id,
  t.name as tournament_name,
  r.currency,
  r.base_bet,
  r.buy_in_min,
  r.buy_in_max,
  r.rake_bps,
  r.rake_cap,
  r.seats,
  s.seats_taken,
  s.chips_on_table,
  r.hands_started,
  r.current_hand_id is not null as hand_is_running,
  r.status,
  r.host_node,
  r.created_by,
  r.created_at,
  r.closed_at
from public.game_rooms as r
join public.games as g on g.id = r.game_id
left join public.tournaments as t on t.id = r.tournament_id
cross join lateral (
  select
    count(*)::integer as seats_taken,
    coalesce(sum(w.balance), 0)::bigint as chips_on_table
  from public.game_sessions as x
  join public.user_wallets as w on w.id = x.seat_wallet_id
  where x.room_id = r.id and x.stood_up_at is null
) as s;
comment on view public.game_room_summary is
  'One row for each room: its stakes, who sits there in numbers, what happens. No join code.
Example: select name, seats_taken, seats from game_room_summary where status = ''open'';';
comment on column public.game_room_summary.room_id is 'Number of the room.';
comment on column public.game_room_summary.name is 'Name shown in the lobby.';
comment on column public.game_room_summary.game_id is 'Game that is played.';
comment on column public.game_room_summary.game_name is 'Name of the game shown to players.';
comment on column public.game_room_summary.visibility is 'public, private or tournament.';
comment on column public.game_room_summary.tournament_id is
  'The tournament that the room belongs to.';
comment on column public.game_room_summary.tournament_name is 'Name of that tournament.';
comment on column public.game_room_summary.currency is 'Currency of the chips on the table.';
comment on column public.game_room_summary.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.game_room_summary.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.game_room_summary.buy_in_max is 'Most chips to sit down with.';
comment on column public.game_room_summary.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.game_room_summary.rake_cap is 'Most rake of one hand.';
comment on column public.game_room_summary.seats is 'How many seats.';
comment on column public.game_room_summary.seats_taken is 'How many of them are taken.';
comment on column public.game_room_summary.chips_on_table is
  'Chips in the seats; a running hand counts when it is settled.';
comment on column public.game_room_summary.hands_started is 'Hands started so far.';
comment on column public.game_room_summary.hand_is_running is 'Whether a hand is being played.';
comment on column public.game_room_summary.status is 'open, closing or closed.';
comment on column public.game_room_summary.host_node is 'Node that hosts the room.';
comment on column public.game_room_summary.created_by is
  'Player who opened it; null for the house.';
comment on column public.game_room_summary.created_at is 'When it was opened.';
comment on column public.game_room_summary.closed_at is 'When it was closed.';

create view public.transaction_summary as
select
  t.id,
  public.id_time(t.id) as happened_at,
  t.kind,
  t.currency,
  t.amount,
  t.debit_wallet_id,
  d.kind as debit_kind,
  d.user_id as debit_user_id,
  case d.kind
    when 'player' then du.username
    when 'seat' then 'room ' || d.room_id || ' seat ' || d.seat
    else d.code
  end as debit_name,
  t.debit_balance_after,
  t.credit_wallet_id,
  c.kind as credit_kind,
  c.user_id as credit_user_id,
  case c.kind
    when 'player' then cu.username
    when 'seat' then 'room ' || c.room_id || ' seat ' || c.seat
    else c.code
  end as credit_name,
  t.credit_balance_after,
  t.group_id,
  t.reverses,
  t.reference_type,
  t.reference_id,
  t.actor_id,
  t.posted_at
from public.transactions as t
left join public.user_wallets as d on d.id = t.debit_wallet_id
left join public.users as du on du.id = d.user_id
left join public.user_wallets as c on c.id = t.credit_wallet_id
left join public.users as cu on cu.id = c.user_id;
comment on view public.transaction_summary is
  'The ledger in readable form: from whom, to whom, how much, what for; no metadata. Ask it by id or
time range, or by one of the wallets; for a wallet''s history use get_wallet_history().
Example: select happened_at, debit_name, credit_name, amount from transaction_summary
where id >= id_lower_bound(now() - interval ''1 day'') order by id desc limit 20;';
comment on column public.transaction_summary.id is 'The transaction.';
comment on column public.transaction_summary.happened_at is 'The time in its identifier.';
comment on column public.transaction_summary.kind is 'What the payment is for.';
comment on column public.transaction_summary.currency is 'COINS, GEMS or TOKENS.';
comment on column public.transaction_summary.amount is 'Whole units.';
comment on column public.transaction_summary.debit_wallet_id is 'Wallet that gave.';
comment on column public.transaction_summary.debit_kind is 'Kind of that wallet.';
comment on column public.transaction_summary.debit_user_id is
  'Its owner, where it is a player''s.';
comment on column public.transaction_summary.debit_name is
  'Its owner''s username, its room and seat, or its code.';
comment on column public.transaction_summary.debit_balance_after is
  'What it held afterwards; null for a system wallet.';
comment on column public.transaction_summary.credit_wallet_id is 'Wallet that received.';
comment on column public.transaction_summary.credit_kind is 'Kind of that wallet.';
comment on column public.transaction_summary.credit_user_id is
  'Its owner, where it is a player''s.';
comment on column public.transaction_summary.credit_name is
  'Its owner''s username, its room and seat, or its code.';
comment on column public.transaction_summary.credit_balance_after is
  'What it held afterwards; null for a system wallet.';
comment on column public.transaction_summary.group_id is
  'First transaction of the group that it was posted with.';
comment on column public.transaction_summary.reverses is 'The transaction that it undoes.';
comment on column public.transaction_summary.reference_type is 'What it belongs to.';
comment on column public.transaction_summary.reference_id is 'Identifier of that.';
comment on column public.transaction_summary.actor_id is 'Who caused it; null for the house.';
comment on column public.transaction_summary.posted_at is 'When it was posted.';

create view public.active_games as
select
  r.id as room_id,
  r.name as room_name,
  r.game_id,
  g.name as game_name,
  r.visibility,
  r.currency,
  r.base_bet,
  r.seats,
  s.players,
  s.player_names,
  s.chips_on_table,
  r.hands_started,
  h.started_at as hand_started_at,
  s.seated_since,
  r.host_node
from public.game_rooms as r
join public.games as g on g.id = r.game_id
left join public.game_hands as h on h.id = r.current_hand_id
cross join lateral (
  select
    count(*)::integer as players,
    array_agg(p.display_name order by x.seat) as player_names,
    coalesce(sum(w.balance), 0)::bigint as chips_on_table,
    min(x.sat_down_at) as seated_since
  from public.game_sessions as x
  join public.user_wallets as w on w.id = x.seat_wallet_id
  left join public.user_profiles as p on p.user_id = x.user_id
  where x.room_id = r.id and x.stood_up_at is null
) as s
where r.status <> 'closed' and (s.players > 0 or r.current_hand_id is not null);
comment on view public.active_games is
  'The tables at which someone sits now. Of a running hand it tells only since when it runs.
Example: select room_name, players, player_names, hand_started_at from active_games;';
comment on column public.active_games.room_id is 'Number of the room.';
comment on column public.active_games.room_name is 'Name shown in the lobby.';
comment on column public.active_games.game_id is 'Game that is played.';
comment on column public.active_games.game_name is 'Name of the game shown to players.';
comment on column public.active_games.visibility is 'public, private or tournament.';
comment on column public.active_games.currency is 'Currency of the chips on the table.';
comment on column public.active_games.base_bet is 'Stake that every payment is a multiple of.';
comment on column public.active_games.seats is 'How many seats.';
comment on column public.active_games.players is 'How many sit there.';
comment on column public.active_games.player_names is 'Who sits there, in the order of the seats.';
comment on column public.active_games.chips_on_table is
  'Chips in the seats; a running hand counts when it is settled.';
comment on column public.active_games.hands_started is 'Hands started so far.';
comment on column public.active_games.hand_started_at is
  'Since when the hand runs; null between hands.';
comment on column public.active_games.seated_since is 'Since when the first of them has sat there.';
comment on column public.active_games.host_node is 'Node that hosts the room.';

create view public.user_achievements_progress as
select
  u.id as user_id,
  u.username,
  a.id as achievement_id,
  a.name,
  a.description,
  coalesce(s.progress, 0) as progress,
  a.goal,
  floor(100.0 * coalesce(s.progress, 0) / a.goal)::integer as percent,
  s.unlocked_at,
  a.reward_currency,
  a.reward_amount,
  a.vip_points,
  s.reward_transaction_id is not null as reward_is_paid
from public.users as u
cross join public.achievements as a
left join public.user_achievements as s on s.user_id = u.id and s.achievement_id = a.id
where u.account_type <> 'bot' and (not a.is_hidden or s.unlocked_at is not null);
comment on view public.user_achievements_progress is
  'Every achievement for every player, also where nothing is done yet; hidden ones once they are
reached. Ask it for one user.
Example: select name, percent from user_achievements_progress where user_id = user_id_of(''ayu'');';
comment on column public.user_achievements_progress.user_id is 'The player.';
comment on column public.user_achievements_progress.username is 'Unique public name.';
comment on column public.user_achievements_progress.achievement_id is 'The achievement.';
comment on column public.user_achievements_progress.name is 'Name shown to players.';
comment on column public.user_achievements_progress.description is 'What has to be done.';
comment on column public.user_achievements_progress.progress is 'How much is done.';
comment on column public.user_achievements_progress.goal is 'How much has to be done.';
comment on column public.user_achievements_progress.percent is
  'Progress in percent of the goal, rounded down.';
comment on column public.user_achievements_progress.unlocked_at is 'When the goal was reached.';
comment on column public.user_achievements_progress.reward_currency is 'Currency of the reward.';
comment on column public.user_achievements_progress.reward_amount is 'Reward in whole units.';
comment on column public.user_achievements_progress.vip_points is 'VIP points that it brings.';
comment on column public.user_achievements_progress.reward_is_paid is
  'Whether the reward was paid.';

create view public.tournament_leaderboard as
select
  t.id as tournament_id,
  t.name as tournament_name,
  t.game_id,
  t.format,
  t.status,
  t.currency,
  t.entry_fee,
  t.starts_at,
  t.finished_at,
  rank() over (partition by t.id order by p.place nulls last, p.score desc) as rank,
  p.place,
  p.user_id,
  u.username,
  f.display_name,
  p.status as participant_status,
  p.score,
  p.prize
from public.tournaments as t
join public.tournament_participants as p on p.tournament_id = t.id
join public.users as u on u.id = p.user_id
left join public.user_profiles as f on f.user_id = p.user_id
where p.status <> 'withdrawn';
comment on view public.tournament_leaderboard is
  'The participants of each tournament by rank: by final place, or by score while there is none.
Example: select rank, username, score, prize from tournament_leaderboard
where status = ''finished'' order by tournament_id, rank;';
comment on column public.tournament_leaderboard.tournament_id is 'The tournament.';
comment on column public.tournament_leaderboard.tournament_name is 'Name shown to players.';
comment on column public.tournament_leaderboard.game_id is 'Game that is played.';
comment on column public.tournament_leaderboard.format is 'knockout, rounds or ladder.';
comment on column public.tournament_leaderboard.status is
  'announced, registering, running, finished or cancelled.';
comment on column public.tournament_leaderboard.currency is 'Currency of entry and prizes.';
comment on column public.tournament_leaderboard.entry_fee is 'What entering costs.';
comment on column public.tournament_leaderboard.starts_at is 'When it starts.';
comment on column public.tournament_leaderboard.finished_at is 'When it ended.';
comment on column public.tournament_leaderboard.rank is
  'Rank, from 1; equals share one and leave the next ones out.';
comment on column public.tournament_leaderboard.place is 'Final place; null until known.';
comment on column public.tournament_leaderboard.user_id is 'The player.';
comment on column public.tournament_leaderboard.username is 'Unique public name.';
comment on column public.tournament_leaderboard.display_name is 'Name shown at the table.';
comment on column public.tournament_leaderboard.participant_status is
  'registered, playing, out or finished.';
comment on column public.tournament_leaderboard.score is 'Points or chips that rank the player.';
comment on column public.tournament_leaderboard.prize is 'Prize that was paid.';

-- Materialized views -----------------------------------------------------------------------------

create materialized view public.user_leaderboard as
select
  s.game_id,
  s.currency,
  rank() over (
    partition by s.game_id, s.currency
    order by s.chips_won - s.chips_lost desc, s.hands_won desc
  ) as rank,
  s.user_id,
  u.username,
  p.display_name,
  p.avatar,
  p.country,
  coalesce(v.level, 0::smallint) as vip_level,
  s.chips_won - s.chips_lost as net_chips,
  s.hands_played,
  s.hands_won,
  public.calculate_win_rate(s.hands_won, s.hands_played) as win_rate,
  s.biggest_win,
  s.best_streak
from (
  select
    coalesce(x.game_id, 'all') as game_id,
    x.currency,
    x.user_id,
    sum(x.hands_played)::bigint as hands_played,
    sum(x.hands_won)::bigint as hands_won,
    sum(x.chips_won)::bigint as chips_won,
    sum(x.chips_lost)::bigint as chips_lost,
    max(x.biggest_win) as biggest_win,
    max(x.best_streak) as best_streak
  from public.game_statistics as x
  where x.hands_played > 0
  group by grouping sets ((x.user_id, x.currency, x.game_id), (x.user_id, x.currency))
) as s
join public.users as u on u.id = s.user_id
left join public.user_profiles as p on p.user_id = s.user_id
left join public.user_vip_status as v on v.user_id = s.user_id
where u.account_type <> 'bot' and u.role = 'player' and u.status in ('active', 'suspended');
comment on materialized view public.user_leaderboard is
  'Players ranked by what they have won and not lost again, for each game and currency, and for all
games together (game_id is all). Without bots, staff, and closed or banned accounts. As of the last
refresh.
Example: select rank, username, net_chips from user_leaderboard
where game_id = ''gaple'' and currency = ''COINS'' order by rank limit 10;';
comment on column public.user_leaderboard.game_id is 'The game; all for all games together.';
comment on column public.user_leaderboard.currency is 'Currency of the chips.';
comment on column public.user_leaderboard.rank is
  'Rank, from 1; equals share one and leave the next ones out.';
comment on column public.user_leaderboard.user_id is 'The player.';
comment on column public.user_leaderboard.username is 'Unique public name.';
comment on column public.user_leaderboard.display_name is 'Name shown at the table.';
comment on column public.user_leaderboard.avatar is 'Name of the picture.';
comment on column public.user_leaderboard.country is 'Country, as two letters.';
comment on column public.user_leaderboard.vip_level is 'VIP level.';
comment on column public.user_leaderboard.net_chips is 'Net wins less net losses.';
comment on column public.user_leaderboard.hands_played is 'Hands played to their end.';
comment on column public.user_leaderboard.hands_won is 'Hands with a net win.';
comment on column public.user_leaderboard.win_rate is 'Hands won in percent of hands played.';
comment on column public.user_leaderboard.biggest_win is 'Largest net win of one hand.';
comment on column public.user_leaderboard.best_streak is 'Longest row of wins.';
create unique index user_leaderboard_key
  on public.user_leaderboard (game_id, currency, user_id);
create index user_leaderboard_rank_idx
  on public.user_leaderboard (game_id, currency, rank, user_id);

create materialized view public.daily_statistics as
with days_kept (days) as (
  values (30)
),
days as (
  select
    d.day::date as day,
    public.id_lower_bound(d.day at time zone 'UTC') as first_id,
    row_number() over (order by d.day)::integer as ordinal
  from days_kept as k
  cross join lateral generate_series(
    date_trunc('day', now() at time zone 'UTC') - make_interval(days => k.days - 1),
    date_trunc('day', now() at time zone 'UTC'),
    interval '1 day') as d (day)
),
bounds as (
  select
    array_agg(d.first_id order by d.day) as ids,
    min(d.day)::timestamp at time zone 'UTC' as first_moment
  from days as d
),
currencies (currency) as (
  values ('COINS'), ('GEMS'), ('TOKENS')
),
postings as (
  select
    width_bucket(t.id, (select b.ids from bounds as b)) as ordinal,
    t.currency,
    count(*) as transactions,
    sum(t.amount) as volume,
    coalesce(sum(t.amount) filter (where d.code = 'issue'), 0)
    - coalesce(sum(t.amount) filter (where c.code = 'issue'), 0) as issued,
    coalesce(sum(t.amount) filter (where c.code = 'burn'), 0)
    - coalesce(sum(t.amount) filter (where d.code = 'burn'), 0) as burned,
    coalesce(sum(t.amount) filter (where c.code = 'rake'), 0)
    - coalesce(sum(t.amount) filter (where d.code = 'rake'), 0) as rake,
    sum(t.amount) filter (where t.kind in ('bonus', 'reward')) as bonuses,
    sum(t.amount) filter (where t.kind = 'buy_in') as bought_in,
    sum(t.amount) filter (where t.kind = 'cash_out') as cashed_out
  from public.transactions as t
  left join public.user_wallets as d on d.id = t.debit_wallet_id and d.kind = 'system'
  left join public.user_wallets as c on c.id = t.credit_wallet_id and c.kind = 'system'
  where t.id >= public.id_lower_bound(
    (date_trunc('day', now() at time zone 'UTC')
      - make_interval(days => (select k.days - 1 from days_kept as k))) at time zone 'UTC')
  group by width_bucket(t.id, (select b.ids from bounds as b)), t.currency
),
hands as (
  select
    width_bucket(h.id, (select b.ids from bounds as b)) as ordinal,
    h.currency,
    count(*) filter (where h.status = 'settled') as hands_settled,
    count(*) filter (where h.status = 'voided') as hands_voided
  from public.game_hands as h
  where h.id >= (select b.ids[1] from bounds as b)
  group by width_bucket(h.id, (select b.ids from bounds as b)), h.currency
),
stays as (
  select
    width_bucket(g.id, (select b.ids from bounds as b)) as ordinal,
    r.currency,
    count(distinct g.user_id) as players
  from public.game_sessions as g
  join public.game_rooms as r on r.id = g.room_id
  where g.id >= (select b.ids[1] from bounds as b)
  group by width_bucket(g.id, (select b.ids from bounds as b)), r.currency
),
accounts as (
  select
    (u.created_at at time zone 'UTC')::date as day,
    count(*) as accounts_created
  from public.users as u
  where u.created_at >= (select b.first_moment from bounds as b) and u.account_type <> 'bot'
  group by (u.created_at at time zone 'UTC')::date
)
select
  d.day,
  y.currency,
  coalesce(p.transactions, 0) as transactions,
  coalesce(p.volume, 0)::numeric as volume,
  coalesce(p.issued, 0)::numeric as issued,
  coalesce(p.burned, 0)::numeric as burned,
  coalesce(p.rake, 0)::numeric as rake,
  coalesce(p.bonuses, 0)::numeric as bonuses,
  coalesce(p.bought_in, 0)::numeric as bought_in,
  coalesce(p.cashed_out, 0)::numeric as cashed_out,
  coalesce(h.hands_settled, 0) as hands_settled,
  coalesce(h.hands_voided, 0) as hands_voided,
  coalesce(s.players, 0) as players,
  coalesce(a.accounts_created, 0) as accounts_created
from days as d
cross join currencies as y
left join postings as p on p.ordinal = d.ordinal and p.currency = y.currency
left join hands as h on h.ordinal = d.ordinal and h.currency = y.currency
left join stays as s on s.ordinal = d.ordinal and s.currency = y.currency
left join accounts as a on a.day = d.day;
comment on materialized view public.daily_statistics is
  'The economy and the play of each of the last 30 days (UTC; days_kept in its definition), by
currency; a payment, a hand and a stay count on the day that is in their identifiers. A refresh
reads those 30 days of the ledger and no more. As of the last refresh.
Example: select day, hands_settled, issued, rake from daily_statistics
where currency = ''COINS'' order by day desc;';
comment on column public.daily_statistics.day is 'The day, in UTC; the last one is not over.';
comment on column public.daily_statistics.currency is 'COINS, GEMS or TOKENS.';
comment on column public.daily_statistics.transactions is 'Rows of the ledger.';
comment on column public.daily_statistics.volume is 'What they moved, in all.';
comment on column public.daily_statistics.issued is
  'What came out of the issue, less what went back.';
comment on column public.daily_statistics.burned is 'What was burned, less what came back.';
comment on column public.daily_statistics.rake is 'What the rake took, less what it gave back.';
comment on column public.daily_statistics.bonuses is 'Bonuses and rewards paid to players.';
comment on column public.daily_statistics.bought_in is 'Chips taken to tables.';
comment on column public.daily_statistics.cashed_out is 'Chips taken from tables.';
comment on column public.daily_statistics.hands_settled is 'Hands started that day and settled.';
comment on column public.daily_statistics.hands_voided is 'Hands started that day and voided.';
comment on column public.daily_statistics.players is
  'Different players who sat down that day at a table with that currency.';
comment on column public.daily_statistics.accounts_created is
  'New accounts other than bots; the same number for each currency.';
create unique index daily_statistics_key on public.daily_statistics (day, currency);

create materialized view public.game_performance as
with days_kept (days) as (
  values (30)
),
recent as (
  select
    h.game_id,
    h.currency,
    count(*) filter (where h.status = 'settled') as hands_settled,
    count(*) filter (where h.status = 'voided') as hands_voided,
    sum(h.rake) filter (where h.status = 'settled') as rake,
    avg(h.base_bet) filter (where h.status = 'settled') as average_base_bet,
    avg(extract(epoch from h.ended_at - h.started_at)) filter (where h.status = 'settled')
      as average_seconds,
    count(distinct h.room_id) as rooms
  from public.game_hands as h
  where h.status <> 'playing'
    and h.id >= public.id_lower_bound(
      now() - make_interval(days => (select k.days from days_kept as k)))
  group by h.game_id, h.currency
),
totals as (
  select
    s.game_id,
    s.currency,
    count(*) as players,
    sum(s.hands_won)::bigint as wins,
    sum(s.chips_won)::numeric as chips_won,
    sum(s.rake_paid)::numeric as rake_paid,
    max(s.biggest_win) as biggest_win,
    max(s.best_streak) as best_streak
  from public.game_statistics as s
  where s.hands_played > 0
  group by s.game_id, s.currency
)
select
  g.id as game_id,
  g.name as game_name,
  c.currency,
  coalesce(t.players, 0) as players,
  coalesce(t.wins, 0) as wins,
  coalesce(t.chips_won, 0) as chips_won,
  coalesce(t.rake_paid, 0) as rake_paid,
  coalesce(t.biggest_win, 0) as biggest_win,
  coalesce(t.best_streak, 0) as best_streak,
  coalesce(r.rooms, 0) as recent_rooms,
  coalesce(r.hands_settled, 0) as recent_hands_settled,
  coalesce(r.hands_voided, 0) as recent_hands_voided,
  coalesce(r.rake, 0)::numeric as recent_rake,
  round(r.average_base_bet, 1) as recent_average_base_bet,
  round(r.average_seconds, 1) as recent_average_hand_seconds
from public.games as g
cross join (values ('COINS'), ('GEMS'), ('TOKENS')) as c (currency)
left join totals as t on t.game_id = g.id and t.currency = c.currency
left join recent as r on r.game_id = g.id and r.currency = c.currency;
comment on materialized view public.game_performance is
  'How each game does in each currency: in all, and (recent_…) in hands started in the last 30 days
(days_kept in its definition); hands that still run are not in it. As of the last refresh.
Example: select game_name, players, recent_hands_settled, recent_rake from game_performance
where currency = ''COINS'' order by recent_hands_settled desc;';
comment on column public.game_performance.game_id is 'The game.';
comment on column public.game_performance.game_name is 'Name shown to players.';
comment on column public.game_performance.currency is 'Currency of the stakes.';
comment on column public.game_performance.players is 'Players who ever played it to an end.';
comment on column public.game_performance.wins is 'Net wins of single players, ever.';
comment on column public.game_performance.chips_won is 'Sum of those wins.';
comment on column public.game_performance.rake_paid is 'Rake taken from them.';
comment on column public.game_performance.biggest_win is 'Largest net win of one hand.';
comment on column public.game_performance.best_streak is 'Longest row of wins.';
comment on column public.game_performance.recent_rooms is 'Rooms with a hand in the last 30 days.';
comment on column public.game_performance.recent_hands_settled is
  'Hands of the last 30 days that were settled.';
comment on column public.game_performance.recent_hands_voided is
  'Hands of the last 30 days that were voided.';
comment on column public.game_performance.recent_rake is 'Rake of the last 30 days.';
comment on column public.game_performance.recent_average_base_bet is
  'Average stake of the settled hands of the last 30 days; null without any.';
comment on column public.game_performance.recent_average_hand_seconds is
  'How long they lasted on average, in seconds; null without any.';
create unique index game_performance_key on public.game_performance (game_id, currency);

-- Statistics -------------------------------------------------------------------------------------

create function public.get_user_game_stats(user_id uuid, only_game_id text default null)
returns table (
  game_id text, game_name text, currency text, hands_played bigint, hands_won bigint,
  win_rate numeric, chips_won bigint, chips_lost bigint, net_chips bigint, rake_paid bigint,
  biggest_win bigint, streak integer, best_streak integer, last_played_at timestamptz)
language sql
stable
parallel safe
begin atomic
  select
    s.game_id, g.name, s.currency, s.hands_played, s.hands_won,
    public.calculate_win_rate(s.hands_won, s.hands_played), s.chips_won, s.chips_lost,
    s.chips_won - s.chips_lost, s.rake_paid, s.biggest_win, s.streak, s.best_streak,
    s.last_played_at
  from public.game_statistics as s
  join public.games as g on g.id = s.game_id
  where s.user_id = get_user_game_stats.user_id
    and s.game_id = coalesce(get_user_game_stats.only_game_id, s.game_id)
  order by s.hands_played desc, s.game_id, s.currency;
end;
comment on function public.get_user_game_stats(uuid, text) is
  'A player''s running totals by game and currency, or of one game: as of the last settlement.
Example: select * from public.get_user_game_stats(user_id_of(''ayu''), ''gaple'');';

create function public.get_user_recent_activity(user_id uuid, rows_max integer default 20)
returns table (
  happened_at timestamptz, activity text, description text, signed_amount bigint, currency text,
  reference_type text, reference_id text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 200;
begin
  if rows_max is null or rows_max not between 1 and page_max then
    raise exception 'rows_max is %, not between 1 and %', rows_max, page_max
      using errcode = 'invalid_parameter_value',
        hint = 'For more of the payments page through get_wallet_history().';
  end if;
  return query
  select
    a.happened_at, a.activity, a.description, a.signed_amount, a.currency, a.reference_type,
    a.reference_id
  from (
    select
      public.id_time(h.id) as happened_at, 'payment' as activity, h.kind as description,
      h.signed_amount, w.currency, h.reference_type, h.reference_id
    from public.user_wallets as w
    cross join lateral public.get_wallet_history(w.id, null, rows_max) as h
    where w.user_id = get_user_recent_activity.user_id
    union all
    (
      select
        e.happened_at, e.activity, r.name, null, r.currency, 'room', r.id::text
      from (
        select g.room_id, g.sat_down_at, g.stood_up_at
        from public.game_sessions as g
        where g.user_id = get_user_recent_activity.user_id
        order by g.sat_down_at desc
        limit rows_max
      ) as g
      join public.game_rooms as r on r.id = g.room_id
      cross join lateral (
        values (g.sat_down_at, 'sat_down'), (g.stood_up_at, 'stood_up')
      ) as e (happened_at, activity)
      where e.happened_at is not null
    )
    union all
    (
      select
        s.unlocked_at, 'achievement', c.name, null, null, 'achievement', c.id
      from public.user_achievements as s
      join public.achievements as c on c.id = s.achievement_id
      where s.user_id = get_user_recent_activity.user_id and s.unlocked_at is not null
      order by s.unlocked_at desc
      limit rows_max
    )
    union all
    (
      select
        p.registered_at, 'tournament', t.name, null, t.currency, 'tournament', t.id::text
      from public.tournament_participants as p
      join public.tournaments as t on t.id = p.tournament_id
      where p.user_id = get_user_recent_activity.user_id
      order by p.registered_at desc
      limit rows_max
    )
  ) as a
  order by a.happened_at desc, a.activity, a.reference_id
  limit rows_max;
end
$function$;
comment on function public.get_user_recent_activity(uuid, integer) is
  'What a player did lately, the newest first, at most 200: payments (payment, with the kind as its
description), sat_down and stood_up at rooms, achievement unlocked, tournament entered.
Example: select * from public.get_user_recent_activity(user_id_of(''ayu''), 10);';

create function public.get_top_players(
  game_id text default 'all', currency text default 'COINS', players_max integer default 10)
returns table (
  rank bigint, user_id uuid, username text, display_name text, vip_level smallint,
  net_chips bigint, hands_played bigint, hands_won bigint, win_rate numeric)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  page_max constant integer := 1000;
begin
  if get_top_players.players_max is null
    or get_top_players.players_max not between 1 and page_max then
    raise exception 'players_max is %, not between 1 and %',
      get_top_players.players_max, page_max
      using errcode = 'invalid_parameter_value';
  elsif get_top_players.game_id is distinct from 'all' and not exists (
    select from public.games as g where g.id = get_top_players.game_id
  ) then
    raise exception 'there is no game %',
      coalesce(quote_literal(get_top_players.game_id), 'null')
      using errcode = 'no_data_found', hint = 'Give the id of a game, or all.';
  end if;
  return query
  select
    l.rank, l.user_id, l.username, l.display_name, l.vip_level, l.net_chips, l.hands_played,
    l.hands_won, l.win_rate
  from public.user_leaderboard as l
  where l.game_id = get_top_players.game_id and l.currency = get_top_players.currency
  order by l.rank, l.user_id
  limit get_top_players.players_max;
end
$function$;
comment on function public.get_top_players(text, text, integer) is
  'The first of the leaderboard of a game, or of all games, in a currency; at most 1000. As of the
last refresh of user_leaderboard.
Example: select * from public.get_top_players(''gaple'', ''COINS'', 5);';

create function public.get_user_rank(
  user_id uuid, game_id text default 'all', currency text default 'COINS')
returns bigint
language sql
stable
parallel safe
return (
  select l.rank
  from public.user_leaderboard as l
  where l.game_id = get_user_rank.game_id and l.currency = get_user_rank.currency
    and l.user_id = get_user_rank.user_id);
comment on function public.get_user_rank(uuid, text, text) is
  'A player''s rank in a game, or in all games, in a currency; null where the player has none. As of
the last refresh of user_leaderboard.
Example: select public.get_user_rank(user_id_of(''ayu''), ''gaple'');';

-- Maintenance ------------------------------------------------------------------------------------

create function public.cleanup_expired_sessions(rows_max integer default 10000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  ended_kept_days constant integer := 90;
  closed bigint;
  removed bigint;
begin
  if rows_max is null or rows_max < 1 then
    raise exception 'rows_max is %, not above zero', rows_max
      using errcode = 'invalid_parameter_value';
  end if;
  update public.user_sessions as s
  set revoked_at = s.expires_at, revoked_reason = 'expired'
  where s.id in (
    select e.id
    from public.user_sessions as e
    where e.revoked_at is null and e.expires_at < now()
    order by e.expires_at
    limit rows_max
    for update skip locked);
  get diagnostics closed = row_count;
  delete from public.user_sessions as s
  where s.id in (
    select e.id
    from public.user_sessions as e
    where e.revoked_at < now() - make_interval(days => ended_kept_days)
    order by e.revoked_at
    limit rows_max
    for update skip locked);
  get diagnostics removed = row_count;
  return closed + removed;
end
$function$;
comment on function public.cleanup_expired_sessions(integer) is
  'Marks sign-ins that have expired, and deletes those that ended 90 days ago or earlier; at most
rows_max of each. Returns how many it changed.
Example: select public.cleanup_expired_sessions();';

create function public.cleanup_notifications(rows_max integer default 50000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  read_kept_days constant integer := 30;
  unread_kept_days constant integer := 180;
  expired bigint;
  old bigint;
begin
  if rows_max is null or rows_max < 1 then
    raise exception 'rows_max is %, not above zero', rows_max
      using errcode = 'invalid_parameter_value';
  end if;
  delete from public.notifications as n
  where n.id in (
    select e.id
    from public.notifications as e
    where e.expires_at < now()
    limit rows_max
    for update skip locked);
  get diagnostics expired = row_count;
  delete from public.notifications as n
  where n.id in (
    select e.id
    from public.notifications as e
    where e.id < public.id_lower_bound(
        now() - make_interval(days => case when e.read_at is null
          then unread_kept_days else read_kept_days end))
      and e.id < public.id_lower_bound(now() - make_interval(days => read_kept_days))
    order by e.id
    limit rows_max
    for update skip locked);
  get diagnostics old = row_count;
  return expired + old;
end
$function$;
comment on function public.cleanup_notifications(integer) is
  'Deletes notifications that have expired, that were read and are older than 30 days, and all that
are older than 180 days; at most rows_max of each. Returns how many.
Example: select public.cleanup_notifications();';

create function public.cleanup_old_data(rows_max integer default 50000)
returns table (what text, rows_removed bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  table_talk_kept_days constant integer := 30;
  messages_kept_days constant integer := 365;
begin
  what := 'notifications';
  rows_removed := public.cleanup_notifications(rows_max);
  return next;

  what := 'table talk';
  delete from public.messages as m
  where m.id in (
    select o.id
    from public.messages as o
    where o.room_id is not null
      and o.id < public.id_lower_bound(now() - make_interval(days => table_talk_kept_days))
      and not exists (
        select
        from public.user_reports as r
        where r.message_id = o.id and r.status in ('open', 'in_review'))
    order by o.id
    limit rows_max
    for update skip locked);
  get diagnostics rows_removed = row_count;
  return next;

  what := 'private messages';
  delete from public.messages as m
  where m.id in (
    select o.id
    from public.messages as o
    where o.recipient_id is not null
      and o.id < public.id_lower_bound(now() - make_interval(days => messages_kept_days))
      and not exists (
        select
        from public.user_reports as r
        where r.message_id = o.id and r.status in ('open', 'in_review'))
    order by o.id
    limit rows_max
    for update skip locked);
  get diagnostics rows_removed = row_count;
  return next;
end
$function$;
comment on function public.cleanup_old_data(integer) is
  'Deletes what is kept for a time only: notifications (see cleanup_notifications), what was said at
tables after 30 days, private messages after 365 days; not a message of a report that is not
decided. At most rows_max of each; a row for each kind. The ledger, the journal, hands and the
audit log are never deleted from.
Example: select * from public.cleanup_old_data();';

create function public.refresh_all_materialized_views(beside_readers boolean default true)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  view_name text;
  refreshed integer := 0;
begin
  for view_name in
    select format('%I.%I', m.schemaname, m.matviewname)
    from pg_catalog.pg_matviews as m
    where m.schemaname = 'public' and m.matviewowner = 'higgs_owner'
    order by m.matviewname
  loop
    execute format('refresh materialized view %s %s',
      case when beside_readers then 'concurrently' else '' end, view_name);
    refreshed := refreshed + 1;
  end loop;
  return refreshed;
end
$function$;
comment on function public.refresh_all_materialized_views(boolean) is
  'Refreshes user_leaderboard, daily_statistics and game_performance, and any later one; returns how
many. With beside_readers (the default) others go on reading meanwhile; without, it is quicker.
Locks each view to the end of the transaction: EXCLUSIVE, which shuts out only other refreshes; or
without beside_readers ACCESS EXCLUSIVE.
Example: select public.refresh_all_materialized_views();';

create function public.analyze_partitioned_tables()
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  table_name text;
  analyzed integer := 0;
begin
  for table_name in
    select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_partitioned_table as p
    join pg_catalog.pg_class as c on c.oid = p.partrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'public'
    order by c.relname
  loop
    execute format('analyze %s', table_name);
    analyzed := analyzed + 1;
  end loop;
  return analyzed;
end
$function$;
comment on function public.analyze_partitioned_tables() is
  'Gathers the planner''s statistics of the partitioned tables as wholes, which autovacuum never
does; returns how many tables. It reads a sample, whatever their size.
Example: select public.analyze_partitioned_tables();';

create function public.maintenance_last_run(task text)
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
return (
  select public.id_time(a.id)
  from public.audit_logs as a
  where a.target_type = 'maintenance_task' and a.target_id = maintenance_last_run.task
    and a.action = 'maintenance.done'
  order by a.id desc
  limit 1);
comment on function public.maintenance_last_run(text) is
  'When a maintenance task last ran to its end, by the audit log; null if never.
Example: select public.maintenance_last_run(''refresh_views'');';

create function public.maintenance_tasks()
returns table (
  task text, purpose text, runs_every interval, statement text, is_logged boolean,
  last_run_at timestamptz)
language sql
stable
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.statement, true, public.maintenance_last_run(t.task)
  from (
    values
      (1, 'ensure_partitions', 'Make the monthly partitions of the months to come.',
        interval '1 day', 'select public.ensure_partitions()'),
      (2, 'expire_sessions', 'Mark and delete sign-ins that have ended.',
        interval '1 hour', 'select public.cleanup_expired_sessions()'),
      (3, 'clean_notifications', 'Delete notifications that nobody will read.',
        interval '6 hours', 'select public.cleanup_notifications()'),
      (4, 'clean_old_data', 'Delete messages and the like whose time has passed.',
        interval '1 day', 'select sum(c.rows_removed) from public.cleanup_old_data() as c'),
      (5, 'refresh_views', 'Bring leaderboards and statistics up to date.',
        interval '15 minutes', 'select public.refresh_all_materialized_views()'),
      (6, 'analyze', 'Gather the statistics of the partitioned tables.',
        interval '1 day', 'select public.analyze_partitioned_tables()')
  ) as t (ordinal, task, purpose, runs_every, statement)
  order by t.ordinal;
end;
comment on function public.maintenance_tasks() is
  'The maintenance tasks: what each is for, how often it is to run, and the statement that does it
and returns how much it did. is_logged: run_maintenance() notes the run in the audit log, and
last_run_at is read from there; a later migration that replaces this function to add a task may
have it keep its own record, such as the time of the newest seal.
Example: select task, purpose, runs_every, last_run_at from public.maintenance_tasks();';

create function public.maintenance_due()
returns table (
  task text, purpose text, runs_every interval, last_run_at timestamptz, due_since timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.last_run_at,
    coalesce(t.last_run_at + t.runs_every, '-infinity')
  from public.maintenance_tasks() with ordinality as t (
    task, purpose, runs_every, statement, is_logged, last_run_at, ordinal)
  where coalesce(t.last_run_at + t.runs_every <= now(), true)
  order by t.ordinal;
end;
comment on function public.maintenance_due() is
  'The maintenance tasks whose time has come, in the order in which to run them; due_since is
-infinity for one that never ran. Give each to run_maintenance() in a transaction of its own.
Example: select task, due_since from public.maintenance_due();';

create function public.run_maintenance(task text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  chosen record;
  started constant timestamptz := clock_timestamp();
  changed bigint;
begin
  select t.task, t.statement, t.is_logged
  into chosen
  from public.maintenance_tasks() as t
  where t.task = run_maintenance.task;
  if not found then
    raise exception 'there is no maintenance task %',
      coalesce(quote_literal(run_maintenance.task), 'null')
      using errcode = 'no_data_found',
        hint = 'The tasks are: ' || (
          select string_agg(t.task, ', ') from public.maintenance_tasks() as t);
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended('maintenance ' || chosen.task, 0)) then
    return null;
  end if;
  execute chosen.statement into changed;
  changed := coalesce(changed, 0);
  if chosen.is_logged then
    perform public.create_audit_log(
      null, 'maintenance.done', 'maintenance_task', chosen.task, null,
      jsonb_build_object(
        'changed', changed,
        'milliseconds',
        floor(extract(epoch from clock_timestamp() - started) * 1000)::bigint));
  end if;
  return changed;
end
$function$;
comment on function public.run_maintenance(text) is
  'Does one maintenance task now, due or not, and returns how much it did; null, and nothing is
done, while another session is at the same task. Run each in a transaction of its own.
Example: select public.run_maintenance(''expire_sessions'');';

create function public.scheduled_maintenance()
returns table (task text, outcome text, changed bigint, milliseconds bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  due text;
  started timestamptz;
begin
  for due in
    select d.task
    from public.maintenance_due() as d
  loop
    started := clock_timestamp();
    task := due;
    begin
      changed := public.run_maintenance(due);
      outcome := case when changed is null then 'busy elsewhere' else 'done' end;
    exception when others then
      -- One task that fails must not keep the others from running; it stays due.
      changed := null;
      outcome := 'failed: ' || sqlerrm;
      raise warning 'maintenance task % failed: %', due, sqlerrm;
    end;
    milliseconds := floor(extract(epoch from clock_timestamp() - started) * 1000);
    return next;
  end loop;
end
$function$;
comment on function public.scheduled_maintenance() is
  'Does every maintenance task that is due, one after the other in one transaction, a row for each;
one that fails is undone alone and said, and stays due. For psql and cron; a server rather takes
each of maintenance_due() to run_maintenance(), so that no transaction is long.
Example: select * from public.scheduled_maintenance();';

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.user_summary, public.game_room_summary, public.transaction_summary, public.active_games,
  public.user_achievements_progress, public.tournament_leaderboard, public.user_leaderboard,
  public.daily_statistics, public.game_performance
to higgs_app, higgs_readonly;

grant execute on function
  public.user_id_of(text), public.wallet_of(text, text), public.get_user_wallet(uuid, text),
  public.get_user_balance(uuid, text), public.get_wallet_history(bigint, uuid, integer),
  public.is_time_zone(text), public.blocked_between(uuid, uuid), public.friends_left(uuid),
  public.get_user_friends(uuid), public.calculate_win_rate(bigint, bigint),
  public.get_user_game_stats(uuid, text), public.get_user_recent_activity(uuid, integer),
  public.get_top_players(text, text, integer), public.get_user_rank(uuid, text, text),
  public.maintenance_last_run(text), public.maintenance_tasks(), public.maintenance_due()
to higgs_app, higgs_readonly;

grant execute on function
  public.player_time_zone(uuid),
  public.create_player(text, text, text, text, text, text, uuid),
  public.freeze_wallet(bigint, text, uuid), public.unfreeze_wallet(bigint, text, uuid),
  public.suspend_user(uuid, timestamptz, text, uuid), public.ban_user(uuid, text, uuid),
  public.restore_user(uuid, text, uuid), public.close_user(uuid, text, uuid),
  public.set_user_role(uuid, text, text, uuid),
  public.send_notification(uuid, text, text, text, jsonb, timestamptz),
  public.create_audit_log(uuid, text, text, text, text, jsonb, inet, text),
  public.request_friend(uuid, uuid), public.accept_friend(uuid, uuid),
  public.remove_friend(uuid, uuid), public.block_user(uuid, uuid),
  public.unblock_user(uuid, uuid), public.add_vip_points(uuid, bigint),
  public.record_achievement_progress(uuid, text, bigint), public.claim_daily_bonus(uuid),
  public.cleanup_expired_sessions(integer), public.cleanup_notifications(integer),
  public.cleanup_old_data(integer), public.refresh_all_materialized_views(boolean),
  public.analyze_partitioned_tables(), public.run_maintenance(text),
  public.scheduled_maintenance()
to higgs_app;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  4, 'views_and_final_setup', 'ada6ddcbc4485a27d2749b725da4e6370d7073cfe4ee0178c13714237d922a1e', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 005_ledger_integrity.sql ------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 5)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '005_ledger_integrity.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 005 Ledger integrity: positions that survive a restore, rollups of system wallets, sealed blocks,
-- verification, and the way old months leave the ledger.

set role higgs_owner;

create table public.ledger_state (
  singleton boolean not null default true,
  xid_base bigint not null default 0,
  rolled_up_to bigint not null default 0,
  sealed_to bigint not null default 0,
  rolled_up_at timestamptz,
  sealed_at timestamptz,
  constraint ledger_state_pkey primary key (singleton),
  constraint ledger_state_one_row check (singleton),
  constraint ledger_state_not_negative
    check (xid_base >= 0 and rolled_up_to >= 0 and sealed_to >= 0)
);
comment on table public.ledger_state is
  'One row: where the ledger stands. Written by the ledger''s functions only.';
comment on column public.ledger_state.singleton is 'Always true: there is one row.';
comment on column public.ledger_state.xid_base is
  'Added to the server''s transaction number to give a ledger position; raised after a restore.';
comment on column public.ledger_state.rolled_up_to is
  'Rollups hold every row whose position is below this.';
comment on column public.ledger_state.sealed_to is
  'Position of the last sealed row; posting at or below it is refused, as below rolled_up_to.';
comment on column public.ledger_state.rolled_up_at is 'When roll_up_ledger() last ran.';
comment on column public.ledger_state.sealed_at is 'When seal_ledger() last ran.';
insert into public.ledger_state default values;

create table public.ledger_rollups (
  wallet_id bigint not null,
  balance numeric(38, 0) not null,
  transactions bigint not null,
  archived_balance numeric(38, 0) not null default 0,
  archived_transactions bigint not null default 0,
  constraint ledger_rollups_pkey primary key (wallet_id),
  constraint ledger_rollups_wallet_id_fkey
    foreign key (wallet_id) references public.user_wallets (id),
  constraint ledger_rollups_counts_in_range
    check (archived_transactions between 0 and transactions)
)
with (fillfactor = 80);
comment on table public.ledger_rollups is
  'Sum of each wallet''s rows below ledger_state.rolled_up_to; gives system wallets their
balance.';
comment on column public.ledger_rollups.wallet_id is 'The wallet.';
comment on column public.ledger_rollups.balance is
  'Credits less debits of the rolled-up rows, archived ones included.';
comment on column public.ledger_rollups.transactions is 'How many rows were rolled up.';
comment on column public.ledger_rollups.archived_balance is
  'The part of balance whose rows have left with detached months.';
comment on column public.ledger_rollups.archived_transactions is 'How many rows have left.';

create table public.ledger_seals (
  no bigint not null,
  last_xid bigint not null,
  last_id uuid not null,
  transactions integer not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default now(),
  constraint ledger_seals_pkey primary key (no),
  constraint ledger_seals_no_positive check (no > 0),
  constraint ledger_seals_transactions_range check (transactions between 1 and 10000),
  constraint ledger_seals_previous_hash_size check (octet_length(previous_hash) = 32),
  constraint ledger_seals_hash_size check (octet_length(hash) = 32)
);
comment on table public.ledger_seals is
  'Sealed blocks of the ledger: a hash chain over its rows in the order of their positions.
Append-only.';
comment on column public.ledger_seals.no is 'Number of the block, from 1.';
comment on column public.ledger_seals.last_xid is 'Position of the last row in the block.';
comment on column public.ledger_seals.last_id is 'Identifier of the last row in the block.';
comment on column public.ledger_seals.transactions is 'How many rows, at most 10,000.';
comment on column public.ledger_seals.previous_hash is
  'Hash of the block before; 32 zero bytes before the first.';
comment on column public.ledger_seals.hash is
  'SHA-256 over the previous hash and the rows (docs/database.md, Seals).';
comment on column public.ledger_seals.sealed_at is 'When it was sealed.';
create unique index ledger_seals_hash_key on public.ledger_seals (hash);

create table public.ledger_seal_signatures (
  seal_no bigint not null,
  key_id text not null,
  signature bytea not null,
  signed_at timestamptz not null default now(),
  constraint ledger_seal_signatures_pkey primary key (seal_no, key_id, signature),
  constraint ledger_seal_signatures_seal_no_fkey
    foreign key (seal_no) references public.ledger_seals (no),
  constraint ledger_seal_signatures_key_id_format check (key_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  constraint ledger_seal_signatures_signature_size check (octet_length(signature) = 64)
);
comment on table public.ledger_seal_signatures is
  'Signatures of seals by a key that the database does not have. The database cannot check them: of
several that name one key for one seal, what the public key verifies counts. Append-only.';
comment on column public.ledger_seal_signatures.seal_no is 'The block.';
comment on column public.ledger_seal_signatures.key_id is 'Name of the signing key.';
comment on column public.ledger_seal_signatures.signature is
  'Ed25519 signature over the head (docs/database.md, Seals).';
comment on column public.ledger_seal_signatures.signed_at is 'When it was stored.';

create table public.ledger_archives (
  relation text not null,
  parent text not null,
  rows bigint not null,
  first_xid bigint,
  last_xid bigint,
  detached_at timestamptz not null default now(),
  constraint ledger_archives_pkey primary key (relation),
  constraint ledger_archives_relation_length check (length(relation) between 1 and 63),
  constraint ledger_archives_parent_length check (length(parent) between 1 and 63),
  constraint ledger_archives_rows_not_negative check (rows >= 0)
);
comment on table public.ledger_archives is
  'Months that were detached from a partitioned table, with what was in them. Append-only.';
comment on column public.ledger_archives.relation is
  'Name of the detached table; it may since have been moved to other storage.';
comment on column public.ledger_archives.parent is 'The table that it was a partition of.';
comment on column public.ledger_archives.rows is 'How many rows it holds.';
comment on column public.ledger_archives.first_xid is
  'Lowest ledger position in it; null for other tables.';
comment on column public.ledger_archives.last_xid is
  'Highest ledger position in it; null for other tables.';
comment on column public.ledger_archives.detached_at is 'When it was detached.';

do $guards$
declare
  guarded text;
begin
  foreach guarded in array array['ledger_seals', 'ledger_seal_signatures', 'ledger_archives'] loop
    execute format(
      'create trigger refuse_change before update or delete on public.%I '
      'for each row execute function public.refuse_change()', guarded);
    execute format('alter table public.%I enable always trigger refuse_change', guarded);
    execute format(
      'create trigger refuse_truncate before truncate on public.%I '
      'for each statement execute function public.refuse_change()', guarded);
    execute format('alter table public.%I enable always trigger refuse_truncate', guarded);
  end loop;
end
$guards$;

-- Positions --------------------------------------------------------------------------------------

create or replace function public.ledger_xid()
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $function$
declare
  xid bigint := pg_current_xact_id()::text::bigint;
  closed bigint;
begin
  -- A row below rolled_up_to would be in no rollup, as one at or below sealed_to is in no seal.
  select s.xid_base + xid, greatest(s.sealed_to, s.rolled_up_to - 1) into strict xid, closed
  from public.ledger_state as s
  where s.singleton;
  if xid <= closed then
    raise exception
      'the ledger is sealed or rolled up to position %, and this transaction would be %',
      closed, xid
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'The database was restored into a younger server. As its owner run: '
          'select ledger_rebase();';
  end if;
  return xid;
end
$function$;

create function public.ledger_horizon()
returns bigint
language sql
volatile
begin atomic
  select s.xid_base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  from public.ledger_state as s;
end;
comment on function public.ledger_horizon() is
  'Every ledger position below this is final: no transaction that could still add a row there is
running. Ids and sequences commit out of order and cannot tell that. A long transaction anywhere in
the server holds it back.
Example: select ledger_horizon();';

create function public.ledger_rebase()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  base bigint;
  highest bigint;
  xid bigint := pg_current_xact_id()::text::bigint;
begin
  select s.xid_base, greatest(s.sealed_to, s.rolled_up_to, (
    select max(t.posted_xid) from public.transactions as t))
  into strict base, highest
  from public.ledger_state as s
  for update;
  if base + xid > highest then
    raise notice 'nothing to do: position % is above all %', base + xid, highest;
    return base;
  end if;
  base := highest + 1 - xid;
  update public.ledger_state set xid_base = base;
  perform public.create_audit_log(
    null, 'ledger.rebased', 'ledger', 'xid_base', null,
    jsonb_build_object('xid_base', base, 'highest', highest));
  return base;
end
$function$;
comment on function public.ledger_rebase() is
  'After a dump was restored into a younger server, whose transaction numbers start anew: raises the
base so that positions go on rising. For the owner, with the application stopped. Returns the base.
Locks: the row of ledger_state.
Example: select ledger_rebase();';

-- Rollups ----------------------------------------------------------------------------------------

create function public.roll_up_ledger(transactions_max integer default 1000000)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  lower_bound bigint;
  upper_bound bigint;
  lowest bigint;
  cut bigint;
  rolled bigint;
begin
  if transactions_max is null or transactions_max < 1 then
    raise exception 'transactions_max is %, not positive', transactions_max
      using errcode = 'invalid_parameter_value';
  end if;
  select s.rolled_up_to into strict lower_bound from public.ledger_state as s for update;
  upper_bound := public.ledger_horizon();
  select t.posted_xid
  into cut
  from public.transactions as t
  where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
  order by t.posted_xid
  offset transactions_max
  limit 1;
  -- A transaction is rolled up whole: the cut falls before it, or behind it where it is the first.
  if cut is not null then
    select min(t.posted_xid) into lowest
    from public.transactions as t
    where t.posted_xid >= lower_bound;
    upper_bound := greatest(cut, lowest + 1);
  end if;
  update public.ledger_state set rolled_up_at = now();
  if upper_bound <= lower_bound then
    return 0;
  end if;
  insert into public.ledger_rollups as r (wallet_id, balance, transactions)
  select l.wallet_id, sum(l.change), count(*)
  from (
    select t.debit_wallet_id as wallet_id, -t.amount as change
    from public.transactions as t
    where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
    union all
    select t.credit_wallet_id, t.amount
    from public.transactions as t
    where t.posted_xid >= lower_bound and t.posted_xid < upper_bound
  ) as l
  group by l.wallet_id
  order by l.wallet_id
  on conflict (wallet_id) do update
  set balance = r.balance + excluded.balance, transactions = r.transactions + excluded.transactions;
  select count(*)
  into rolled
  from public.transactions as t
  where t.posted_xid >= lower_bound and t.posted_xid < upper_bound;
  update public.ledger_state set rolled_up_to = upper_bound;
  return rolled;
end
$function$;
comment on function public.roll_up_ledger(integer) is
  'Adds the rows that have become final to ledger_rollups, at most about transactions_max of them a
call; returns how many. Run every minute; again at once while it returns the maximum.
Locks: the row of ledger_state, then rollups in the order of the wallets.
Example: select roll_up_ledger();';

create function public.wallet_balance(wallet bigint)
returns numeric
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    case
      when w.kind <> 'system' then w.balance::numeric
      else
        coalesce((
          select r.balance from public.ledger_rollups as r where r.wallet_id = w.id), 0)
        + coalesce((
          select sum(case when t.credit_wallet_id = w.id then t.amount else -t.amount end)
          from public.transactions as t
          where t.posted_xid >= (select s.rolled_up_to from public.ledger_state as s)
            and (t.debit_wallet_id = w.id or t.credit_wallet_id = w.id)), 0)
    end
  from public.user_wallets as w
  where w.id = wallet;
end;
comment on function public.wallet_balance(bigint) is
  'Balance of any wallet, in whole units; of a system wallet it is the rollup and the rows since,
and may be negative (issue) since it is the other side of all chips. Null: no such wallet.
Example: select code, currency, wallet_balance(id) from user_wallets where kind = ''system'';';

-- Seals ------------------------------------------------------------------------------------------

create function public.transaction_bytes(t public.transactions)
returns bytea
language sql
stable
begin atomic
  select record_send(row(
    t.id, convert_to(t.kind, 'UTF8'), t.debit_wallet_id, t.credit_wallet_id,
    convert_to(t.currency, 'UTF8'), t.amount, t.debit_balance_after, t.credit_balance_after,
    t.group_id, t.group_size, t.reverses, convert_to(t.reference_type, 'UTF8'),
    convert_to(t.reference_id, 'UTF8'), t.actor_id, convert_to(t.metadata::text, 'UTF8'),
    t.posted_at, t.posted_xid));
end;
comment on function public.transaction_bytes(public.transactions) is
  'A row of the ledger as bytes, for hashing: the number of columns, then for each its type, its
length (-1 for null) and its binary form; no two rows have the same.
Example: select sha256(transaction_bytes(t)) from transactions as t limit 1;';

create function public.seal_ledger(blocks_max integer default 100)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  block_transactions_max constant integer := 10000;
  first_hash constant bytea := decode(repeat('00', 32), 'hex');
  horizon bigint;
  last public.ledger_seals;
  block record;
  blocks integer := 0;
begin
  if blocks_max is null or blocks_max < 1 then
    raise exception 'blocks_max is %, not positive', blocks_max
      using errcode = 'invalid_parameter_value';
  end if;
  perform from public.ledger_state as s for update;
  horizon := public.ledger_horizon();
  select l.* into last from public.ledger_seals as l order by l.no desc limit 1;
  if not found then
    last := row(0, -1, '00000000-0000-0000-0000-000000000000'::uuid, 0, first_hash, first_hash,
      now());
  end if;
  while blocks < blocks_max loop
    select
      count(*)::integer as transactions, string_agg(r.bytes, ''::bytea) as bytes,
      (array_agg(r.posted_xid))[count(*)] as last_xid, (array_agg(r.id))[count(*)] as last_id
    into block
    from (
      select t.posted_xid, t.id, public.transaction_bytes(t) as bytes
      from public.transactions as t
      where (t.posted_xid, t.id) > (last.last_xid, last.last_id) and t.posted_xid < horizon
      order by t.posted_xid, t.id
      limit block_transactions_max
    ) as r;
    exit when block.transactions = 0;
    insert into public.ledger_seals (
      no, last_xid, last_id, transactions, previous_hash, hash)
    values (
      last.no + 1, block.last_xid, block.last_id, block.transactions, last.hash,
      sha256(last.hash || block.bytes))
    returning * into last;
    blocks := blocks + 1;
  end loop;
  update public.ledger_state
  set sealed_at = now(), sealed_to = greatest(sealed_to, last.last_xid);
  return blocks;
end
$function$;
comment on function public.seal_ledger(integer) is
  'Seals the rows that have become final into blocks of at most 10,000, each with the hash of the
one before; returns how many blocks. Run every minute. Locks: the row of ledger_state.
Example: select seal_ledger();';

create function public.ledger_head()
returns table (no bigint, last_xid bigint, last_id uuid, hash bytea, sealed_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select l.no, l.last_xid, l.last_id, l.hash, l.sealed_at
  from public.ledger_seals as l
  order by l.no desc
  limit 1;
end;
comment on function public.ledger_head() is
  'The newest seal: what is signed with a key outside the database, and published.
Example: select no, encode(hash, ''hex'') from ledger_head();';

create function public.sign_seal(seal bigint, signing_key_id text, seal_signature bytea)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  signatures_max constant integer := 20;
  signature_bytes constant integer := 64;
begin
  if signing_key_id is null or signing_key_id !~ '^[A-Za-z0-9._-]{1,64}$' then
    raise exception 'sign_seal: % cannot name a key',
      coalesce(quote_literal(signing_key_id), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Use 1 to 64 letters, digits, dots, hyphens or underscores.';
  end if;
  if octet_length(seal_signature) is distinct from signature_bytes then
    raise exception 'sign_seal: the signature has % bytes, not %',
      coalesce(octet_length(seal_signature)::text, 'no'), signature_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'Give the Ed25519 signature of the head as bytes.';
  end if;
  if not exists (select from public.ledger_seals as l where l.no = seal) then
    raise exception 'sign_seal: there is no seal %', coalesce(seal::text, 'null')
      using errcode = 'no_data_found',
        hint = 'Sign the newest: select no, hash from ledger_head();';
  end if;
  -- Whoever may call this may store a bad signature first; the good one still comes beside it. The
  -- owner's sessions have no limit, so that it cannot be shut out either.
  if not pg_has_role(session_user, 'higgs_owner', 'member') and signatures_max <= (
    select count(*)
    from public.ledger_seal_signatures as s
    where s.seal_no = seal and s.key_id = signing_key_id and s.signature <> seal_signature
  ) then
    raise exception 'sign_seal: seal % has % other signatures by key %',
      seal, signatures_max, signing_key_id
      using errcode = 'program_limit_exceeded',
        hint = 'A key makes one: find out who stored them. A session that may act as higgs_owner '
          'can still sign.';
  end if;
  insert into public.ledger_seal_signatures (seal_no, key_id, signature)
  values (seal, signing_key_id, seal_signature)
  on conflict (seal_no, key_id, signature) do nothing;
  return found;
end
$function$;
comment on function public.sign_seal(bigint, text, bytea) is
  'Stores a signature of a seal that was made outside the database; false where that very signature
is stored. The database cannot check it, so it keeps up to 20 that name one key for one seal; higgs
ledger verify takes the one that the public key verifies, and names the others.
Example: select no from ledger_head();';

-- Verification -----------------------------------------------------------------------------------

create function public.verify_seals(first_no bigint default 1)
returns table (seals bigint, transactions bigint, unreadable bigint, problem text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  problems_max constant integer := 5;
  block_transactions_max constant integer := 10000;
  source text := 'select t.* from public.transactions as t';
  archive record;
  missing int8multirange := '{}';
  seal public.ledger_seals;
  before public.ledger_seals;
  block record;
  problems text[] := '{}';
begin
  -- Detached months count while their tables are there.
  for archive in
    select a.relation, a.rows, a.first_xid, a.last_xid
    from public.ledger_archives as a
    where a.parent = 'transactions' and a.rows > 0
    order by a.relation
  loop
    if to_regclass(format('public.%I', archive.relation)) is null then
      missing := missing + int8multirange(int8range(archive.first_xid, archive.last_xid, '[]'));
    else
      source := source || format(' union all select t.* from public.%I as t', archive.relation);
    end if;
  end loop;
  seals := 0;
  transactions := 0;
  unreadable := 0;
  select l.* into before from public.ledger_seals as l where l.no = first_no - 1;
  if not found then
    before := row(0, -9223372036854775808, '00000000-0000-0000-0000-000000000000'::uuid, 0,
      decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), now());
  end if;
  for seal in select l.* from public.ledger_seals as l where l.no >= first_no order by l.no loop
    if seal.no <> before.no + 1 and cardinality(problems) < problems_max then
      problems := problems || format('seal %s follows seal %s', seal.no, before.no);
    end if;
    if seal.previous_hash <> before.hash and cardinality(problems) < problems_max then
      problems := problems || format('seal %s does not continue seal %s', seal.no, before.no);
    end if;
    execute format(
      'select count(*)::integer as transactions, string_agg(r.bytes, ''''::bytea) as bytes '
      'from (select public.transaction_bytes(row(s.*)::public.transactions) as bytes '
      'from (%s) as s '
      'where (s.posted_xid, s.id) > ($1, $2) and (s.posted_xid, s.id) <= ($3, $4) '
      'order by s.posted_xid, s.id limit %s) as r', source, 2 * block_transactions_max)
    into block
    using before.last_xid, before.last_id, seal.last_xid, seal.last_id;
    -- A block whose rows are all here is held to them, whatever is said to have left.
    if block.transactions < seal.transactions
      and missing && int8range(before.last_xid, seal.last_xid, '[]') then
      unreadable := unreadable + 1;
    elsif (block.transactions <> seal.transactions
        or sha256(seal.previous_hash || coalesce(block.bytes, '')) is distinct from seal.hash)
      and cardinality(problems) < problems_max then
      problems := problems || format(
        'seal %s (positions %s to %s) does not match its %s rows', seal.no,
        greatest(before.last_xid, 0), seal.last_xid, block.transactions);
    end if;
    seals := seals + 1;
    transactions := transactions + seal.transactions;
    before := seal;
  end loop;
  if before.no > 0 and cardinality(problems) < problems_max then
    problems := problems || (
      select format(
        'seal %s ends at position %s, but the ledger was sealed to %s: seals are missing',
        before.no, before.last_xid, s.sealed_to)
      from public.ledger_state as s
      where s.sealed_to > before.last_xid);
  elsif seals = 0 then
    problems := problems || (
      select format('there is no seal, but the ledger was sealed to %s', s.sealed_to)
      from public.ledger_state as s
      where s.sealed_to > 0);
  end if;
  problem := nullif(array_to_string(problems, '; '), '');
  return next;
end
$function$;
comment on function public.verify_seals(bigint) is
  'Recomputes the seals from number first_no on, over attached and detached months. unreadable
counts blocks that lack rows of a detached month that is no longer in the database. Internal to
verify_ledger.
Example: select * from verify_seals();';

create function public.verify_ledger(head bytea default null, recent_only boolean default false)
returns table (check_name text, is_ok boolean, examined bigint, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  recent_seals constant bigint := 10;
  hash_bytes constant integer := 32;
  since bigint := -9223372036854775808;
  sealed record;
  head_no bigint;
begin
  if octet_length(head) <> hash_bytes then
    raise exception 'verify_ledger: the head has % bytes, not %', octet_length(head), hash_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'Give all 64 hexadecimal digits of a published hash: decode(''…'', ''hex'').';
  end if;
  if recent_only then
    select s.rolled_up_to into strict since from public.ledger_state as s;
  end if;
  -- One statement, so that wallets, rows, rollups and their mark are of one moment.
  return query
  with state as materialized (
    select
      s.rolled_up_to as mark,
      case when recent_only then s.rolled_up_to else -9223372036854775808 end as since
    from public.ledger_state as s
  ),
  leg as (
    select t.debit_wallet_id as wallet_id, t.currency, -t.amount as change, t.posted_xid
    from public.transactions as t
    where t.posted_xid >= (select s.since from state as s)
    union all
    select t.credit_wallet_id, t.currency, t.amount, t.posted_xid
    from public.transactions as t
    where t.posted_xid >= (select s.since from state as s)
  ),
  posted as materialized (
    select
      l.wallet_id, l.currency, sum(l.change) as change,
      coalesce(sum(l.change) filter (where l.posted_xid < (select s.mark from state as s)), 0)
        as rolled, count(*) as legs
    from leg as l
    group by l.wallet_id, l.currency
  ),
  wallet as materialized (
    select
      w.id, w.kind, w.currency, w.balance,
      case when recent_only then coalesce(r.balance, 0) else coalesce(r.archived_balance, 0) end
        as opening,
      coalesce(r.balance, 0) as rollup,
      coalesce(r.archived_balance, 0) as archived,
      p.change, p.rolled, p.legs
    from public.user_wallets as w
    left join public.ledger_rollups as r on r.wallet_id = w.id
    left join posted as p on p.wallet_id = w.id and p.currency = w.currency
  )
  select
    'currencies_sum_to_zero', coalesce(bool_and(c.total = 0), true), count(*),
    string_agg(format('%s sums to %s', c.currency, c.total), '; ') filter (where c.total <> 0)
  from (
    select
      w.currency,
      sum(case when w.kind = 'system' then w.opening + coalesce(w.change, 0) else w.balance end)
        as total
    from wallet as w
    group by w.currency
  ) as c
  union all
  select
    'balances_equal_postings', count(b.id) = 0, (select count(*) from wallet),
    case when count(b.id) > 0 then format(
      '%s wallets, the first %s: balance %s, postings %s', count(b.id), min(b.id),
      (array_agg(b.balance order by b.id))[1], (array_agg(b.posted order by b.id))[1]) end
  from (
    select w.id, w.balance, w.opening + coalesce(w.change, 0) as posted
    from wallet as w
    where w.kind <> 'system' and w.balance <> w.opening + coalesce(w.change, 0)
  ) as b
  union all
  select
    'no_negative_balance', count(*) filter (where w.balance < 0) = 0, count(*),
    case when bool_or(w.balance < 0) then format(
      '%s wallets, the first %s', count(*) filter (where w.balance < 0),
      min(w.id) filter (where w.balance < 0)) end
  from wallet as w
  union all
  select
    'no_orphans', count(*) filter (where w.id is null) = 0, coalesce(sum(p.legs), 0)::bigint,
    case when bool_or(w.id is null) then format(
      '%s wallets of postings are missing or of another currency, the first %s',
      count(*) filter (where w.id is null), min(p.wallet_id) filter (where w.id is null)) end
  from posted as p
  left join public.user_wallets as w on w.id = p.wallet_id and w.currency = p.currency
  union all
  select
    'rollups_match', count(*) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0)) = 0,
    count(*),
    case when bool_or(w.rollup <> w.archived + coalesce(w.rolled, 0)) then format(
      '%s wallets, the first %s',
      count(*) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0)),
      min(w.id) filter (where w.rollup <> w.archived + coalesce(w.rolled, 0))) end
  from wallet as w
  where not recent_only;

  return query
  select
    'groups_whole', count(*) filter (where not g.is_whole) = 0, count(*),
    case when not bool_and(g.is_whole) then format(
      '%s groups, the first %s', count(*) filter (where not g.is_whole),
      (array_agg(g.group_id) filter (where not g.is_whole))[1]) end
  from (
    -- A group lies in one database transaction. What is missing may have left with a month.
    select
      t.group_id,
      count(*) = max(t.group_size) and max(t.group_size) = min(t.group_size)
        and max(t.posted_xid) = min(t.posted_xid) and bool_or(t.id = t.group_id)
      or count(*) < min(t.group_size) and max(t.posted_xid) = min(t.posted_xid)
        and exists (
          select
          from public.ledger_archives as a
          where a.parent = 'transactions'
            and min(t.posted_xid) between a.first_xid and a.last_xid) as is_whole
    from public.transactions as t
    where t.group_id is not null and t.posted_xid >= since
    group by t.group_id
  ) as g;

  return query
  select
    'reversals_bounded', count(*) filter (where not r.is_bounded) = 0, count(*),
    case when not bool_and(r.is_bounded) then format(
      '%s reversed transactions, the first %s', count(*) filter (where not r.is_bounded),
      (array_agg(r.reverses) filter (where not r.is_bounded))[1]) end
  from (
    select
      t.reverses,
      coalesce(
        sum(t.amount) <= max(o.amount)
        and bool_and(t.debit_wallet_id = o.credit_wallet_id
          and t.credit_wallet_id = o.debit_wallet_id and t.currency = o.currency), false)
      or count(o.id) = 0 and exists (
        select
        from public.ledger_archives as a
        where a.relation = 'transactions'
          || to_char(public.id_time(t.reverses) at time zone 'UTC', '"_y"YYYY"m"MM'))
        as is_bounded
    from public.transactions as t
    left join public.transactions as o on o.id = t.reverses
    where t.reverses is not null and t.posted_xid >= since
    group by t.reverses
  ) as r;

  return query
  select
    'positions_are_past', count(*) = 0, count(*),
    case when count(*) > 0 then format(
      '%s rows, the first %s, stand at positions that the server has not come to: written past '
      'post_transactions, or restored into a younger server (then: select ledger_rebase();)',
      count(*), (array_agg(t.id order by t.posted_xid, t.id))[1]) end
  from public.transactions as t
  where t.posted_xid > (
    select s.xid_base + greatest(
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
      pg_current_xact_id_if_assigned()::text::bigint)
    from public.ledger_state as s);

  select v.* into sealed
  from public.verify_seals(case
    when recent_only then
      greatest(1, (select coalesce(max(l.no), 1) - recent_seals from public.ledger_seals as l))
    else 1
  end) as v;
  return query
  select
    'seals_intact', sealed.problem is null, sealed.transactions,
    coalesce(sealed.problem, case when sealed.unreadable > 0 then format(
      '%s of %s seals were not read: their months have left the database',
      sealed.unreadable, sealed.seals) end);

  if head is not null then
    select l.no into head_no from public.ledger_seals as l where l.hash = head;
    return query
    select
      'head_is_in_the_chain', head_no is not null, 1::bigint,
      case when head_no is null then format(
        'no seal has the hash %s: the ledger was changed after that head was published',
        encode(head, 'hex')) end;
  end if;
end
$function$;
comment on function public.verify_ledger(bytea, boolean) is
  'Checks the whole ledger, a row a check; problem is null where all is well. recent_only looks at
the rows since the last rollup and at the last seals. head is the hash of a seal that was
published: where it is not in the chain, history was rewritten.
Example: select * from verify_ledger();';

-- Old months -------------------------------------------------------------------------------------

create function public.detach_month_partition(parent regclass, month_of timestamptz)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $function$
declare
  id_window_days constant integer := 35;
  month timestamptz := public.month_start(month_of);
  month_end timestamptz :=
    ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  parent_name text;
  leaf text;
  kept bigint;
  lowest bigint;
  highest bigint;
  last public.ledger_seals;
  is_open boolean;
  original uuid;
  state public.ledger_state;
begin
  select c.relname into strict parent_name from pg_catalog.pg_class as c where c.oid = parent;
  leaf := parent_name || to_char(month at time zone 'UTC', '"_y"YYYY"m"MM');
  if not exists (
    select from pg_catalog.pg_inherits as i
    where i.inhparent = parent and i.inhrelid = to_regclass(format('public.%I', leaf))
  ) then
    raise exception '% has no partition %', parent_name, leaf
      using errcode = 'undefined_table', hint = 'List them with: \d+ ' || parent_name;
  end if;
  if month_end > now() - make_interval(days => id_window_days) then
    raise exception '% ends within the last % days, in which ids are still accepted',
      leaf, id_window_days
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if parent_name = 'game_moves' and exists (
    select from public.game_hands as h
    where h.status = 'playing' and h.id >= public.id_lower_bound(month)
      and h.id < public.id_lower_bound(month_end)
  ) then
    raise exception '% holds moves of hands that are not settled', leaf
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'Settle or void them first: select id from game_hands where status = ''playing'';';
  end if;
  if parent_name = 'transactions' then
    select s.* into strict state from public.ledger_state as s for update;
    execute format('lock table public.%I in share row exclusive mode', leaf);
    execute format(
      'select count(*), min(t.posted_xid), max(t.posted_xid) from public.%I as t', leaf)
    into kept, lowest, highest;
    -- A block may end in the middle of a transaction, so the last seal's id counts too.
    select l.* into last from public.ledger_seals as l order by l.no desc limit 1;
    execute format(
      'select exists (select from public.%I as t where (t.posted_xid, t.id) > ($1, $2))', leaf)
    into is_open
    using coalesce(last.last_xid, -1),
      coalesce(last.last_id, '00000000-0000-0000-0000-000000000000');
    if is_open or highest >= state.rolled_up_to then
      raise exception '% holds rows that are not sealed and rolled up', leaf
        using errcode = 'object_not_in_prerequisite_state',
          hint = 'First run: select seal_ledger(), roll_up_ledger();';
    end if;
    -- A reversal that left before its original could be made once more.
    execute format(
      'select o.id from public.%I as t join public.transactions as o on o.id = t.reverses '
      'where o.id < $1 or o.id >= $2 order by o.id limit 1', leaf)
    into original
    using public.id_lower_bound(month), public.id_lower_bound(month_end);
    if original is not null then
      raise exception '% holds a reversal of %, which is in another month', leaf, original
        using errcode = 'object_not_in_prerequisite_state',
          hint = format('First detach the month of %s.', public.id_time(original));
    end if;
    execute format(
      'update public.ledger_rollups as r '
      'set archived_balance = r.archived_balance + l.change, '
      'archived_transactions = r.archived_transactions + l.legs '
      'from (select s.wallet_id, sum(s.change) as change, count(*) as legs from ('
      'select t.debit_wallet_id as wallet_id, -t.amount as change from public.%1$I as t '
      'union all select t.credit_wallet_id, t.amount from public.%1$I as t) as s '
      'group by s.wallet_id) as l where l.wallet_id = r.wallet_id', leaf);
  else
    execute format('select count(*) from public.%I', leaf) into kept;
  end if;
  begin
    execute format('alter table %s detach partition public.%I', parent, leaf);
  exception when lock_not_available then
    raise exception '% is in use, and was not to be had within a second', parent_name
      using errcode = 'lock_not_available',
        hint = 'Nothing was changed. Try again, at a quiet hour.';
  end;
  -- The row trigger was the parent's and has left with it; the one on TRUNCATE is the leaf's own.
  if exists (
    select from pg_catalog.pg_trigger as g
    where g.tgrelid = parent and g.tgfoid = 'public.refuse_change()'::regprocedure
  ) then
    execute format(
      'create trigger refuse_change before update or delete on public.%I '
      'for each row execute function public.refuse_change()', leaf);
    execute format('alter table public.%I enable always trigger refuse_change', leaf);
  end if;
  insert into public.ledger_archives (relation, parent, rows, first_xid, last_xid)
  values (leaf, parent_name, kept, lowest, highest);
  perform public.create_audit_log(
    null, 'partition.detached', 'partition', leaf, null, jsonb_build_object('rows', kept));
  return leaf;
end
$function$;
comment on function public.detach_month_partition(regclass, timestamptz) is
  'Takes an old month out of a partitioned table, guarded as before, to be dumped and moved away. It
refuses a month that ends within the id window, that is not sealed and rolled up, or that holds
moves of a running hand or a reversal of what stays. For the owner. Locks: ledger_state, then ACCESS
EXCLUSIVE on the parent for a moment, waiting a second at most. Returns the name of the table.
Example: select public.month_start(now() - interval ''1 year'');';

-- Maintenance ------------------------------------------------------------------------------------

create or replace function public.maintenance_tasks()
returns table (
  task text, purpose text, runs_every interval, statement text, is_logged boolean,
  last_run_at timestamptz)
language sql
stable
begin atomic
  select
    t.task, t.purpose, t.runs_every, t.statement, t.is_logged,
    case t.task
      when 'roll_up_ledger' then (select s.rolled_up_at from public.ledger_state as s)
      when 'seal_ledger' then (select s.sealed_at from public.ledger_state as s)
      else public.maintenance_last_run(t.task)
    end
  from (
    values
      (1, 'ensure_partitions', 'Make the monthly partitions of the months to come.',
        interval '1 day', 'select public.ensure_partitions()', true),
      (2, 'roll_up_ledger', 'Add final transactions to the balances of system wallets.',
        interval '1 minute', 'select public.roll_up_ledger()', false),
      (3, 'seal_ledger', 'Seal final transactions into the hash chain.',
        interval '1 minute', 'select public.seal_ledger()', false),
      (4, 'expire_sessions', 'Mark and delete sign-ins that have ended.',
        interval '1 hour', 'select public.cleanup_expired_sessions()', true),
      (5, 'clean_notifications', 'Delete notifications that nobody will read.',
        interval '6 hours', 'select public.cleanup_notifications()', true),
      (6, 'clean_old_data', 'Delete messages and the like whose time has passed.',
        interval '1 day', 'select sum(c.rows_removed) from public.cleanup_old_data() as c', true),
      (7, 'refresh_views', 'Bring leaderboards and statistics up to date.',
        interval '15 minutes', 'select public.refresh_all_materialized_views()', true),
      (8, 'analyze', 'Gather the statistics of the partitioned tables.',
        interval '1 day', 'select public.analyze_partitioned_tables()', true)
  ) as t (ordinal, task, purpose, runs_every, statement, is_logged)
  order by t.ordinal;
end;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.ledger_state, public.ledger_rollups, public.ledger_seals, public.ledger_seal_signatures,
  public.ledger_archives
to higgs_app, higgs_readonly;
grant execute on function
  public.ledger_horizon(), public.wallet_balance(bigint), public.ledger_head(),
  public.verify_ledger(bytea, boolean)
to higgs_app, higgs_readonly;
grant execute on function
  public.roll_up_ledger(integer), public.seal_ledger(integer),
  public.sign_seal(bigint, text, bytea)
to higgs_app;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  5, 'ledger_integrity', '0f9b2697cab9a8cab899692bc746d69f08a653c75ea2ccb7db9c798bcaaeb070', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 006_player_protection.sql -----------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 6)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '006_player_protection.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 006 Player protection: the player's own day, limits on losses, and the totals they look at.

set role higgs_owner;

create table public.player_limits (
  user_id uuid not null,
  currency text not null,
  daily_loss_max bigint,
  has_next boolean not null default false,
  next_daily_loss_max bigint,
  next_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint player_limits_pkey primary key (user_id, currency),
  constraint player_limits_user_id_fkey foreign key (user_id) references public.users (id),
  constraint player_limits_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint player_limits_daily_loss_max_not_negative check (daily_loss_max >= 0),
  constraint player_limits_next_daily_loss_max_not_negative check (next_daily_loss_max >= 0),
  constraint player_limits_next_whole check (has_next = (next_at is not null))
);
comment on table public.player_limits is
  'Limits that players set for themselves. A lower one holds at once, a higher one after a day.';
comment on column public.player_limits.user_id is 'The player.';
comment on column public.player_limits.currency is 'Currency that it limits.';
comment on column public.player_limits.daily_loss_max is
  'Most that may be lost in one of the player''s days; null without a limit.';
comment on column public.player_limits.has_next is 'Whether a change waits for next_at.';
comment on column public.player_limits.next_daily_loss_max is
  'The limit that holds from next_at; null: none.';
comment on column public.player_limits.next_at is 'When the waiting change comes into force.';
comment on column public.player_limits.updated_at is 'When the row last changed.';

create table public.player_day_totals (
  user_id uuid not null,
  day date not null,
  currency text not null,
  hands integer not null default 0,
  won bigint not null default 0,
  lost bigint not null default 0,
  constraint player_day_totals_pkey primary key (user_id, day, currency),
  constraint player_day_totals_user_id_fkey foreign key (user_id) references public.users (id),
  constraint player_day_totals_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint player_day_totals_not_negative check (hands >= 0 and won >= 0 and lost >= 0)
)
with (fillfactor = 80);
comment on table public.player_day_totals is
  'What each player won and lost on each of the player''s own days; kept at settlement.';
comment on column public.player_day_totals.user_id is 'The player.';
comment on column public.player_day_totals.day is 'Day in the player''s time zone.';
comment on column public.player_day_totals.currency is 'Currency of the chips.';
comment on column public.player_day_totals.hands is 'Hands played.';
comment on column public.player_day_totals.won is 'Sum of the net wins.';
comment on column public.player_day_totals.lost is 'Sum of the net losses, as a positive number.';

create function public.player_day(player_id uuid, moment timestamptz default now())
returns date
language sql
stable
begin atomic
  select (
    moment at time zone coalesce((
      select
        case when p.time_zone_changes_at <= moment then p.next_time_zone else p.time_zone end
      from public.user_profiles as p
      where p.user_id = player_id), 'UTC'))::date;
end;
comment on function public.player_day(uuid, timestamptz) is
  'The date that it is for a player at a moment, by the time zone of the profile.
Example: select player_day(id) from users limit 1;';

create function public.refuse_unknown_time_zone()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  unknown text := case
    when not public.is_time_zone(new.time_zone) then new.time_zone
    when new.next_time_zone is not null and not public.is_time_zone(new.next_time_zone)
      then new.next_time_zone
  end;
begin
  if unknown is not null then
    raise exception 'time zone % is not known', quote_literal(unknown)
      using errcode = 'invalid_parameter_value', hint = 'Use an IANA name, such as Asia/Jakarta.';
  end if;
  return new;
end
$function$;
comment on function public.refuse_unknown_time_zone() is
  'Trigger of user_profiles: a time zone that is none would stop every settlement of the player''s
hands, since the player''s day could not be told.
Example: create trigger t before insert on p for each row execute function
refuse_unknown_time_zone();';
create trigger refuse_unknown_time_zone
  before insert or update of time_zone, next_time_zone on public.user_profiles
  for each row execute function public.refuse_unknown_time_zone();

create function public.set_player_time_zone(player_id uuid, new_time_zone text)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  old_time_zone text;
  starts_at timestamptz;
begin
  if not public.is_time_zone(new_time_zone) then
    raise exception 'time zone % is not known', coalesce(quote_literal(new_time_zone), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use an IANA name, such as Asia/Jakarta.';
  end if;
  select case when p.time_zone_changes_at <= now() then p.next_time_zone else p.time_zone end
  into old_time_zone
  from public.user_profiles as p
  where p.user_id = player_id
  for no key update;
  if not found then
    raise exception 'player % has no profile', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  starts_at := (public.player_day(player_id) + 1)::timestamp at time zone old_time_zone;
  update public.user_profiles
  set
    time_zone = old_time_zone, next_time_zone = new_time_zone, time_zone_changes_at = starts_at,
    updated_at = now()
  where user_id = player_id;
  return starts_at;
end
$function$;
comment on function public.set_player_time_zone(uuid, text) is
  'Changes a player''s time zone from the player''s next day on, so that no day can be lived twice;
returns when. Locks: the profile.
Example: select set_player_time_zone(id, ''Asia/Makassar'') from users where username = ''ayu'';';

create function public.set_player_limit(player_id uuid, limit_currency text, new_loss_max bigint)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  raise_delay constant interval := interval '24 hours';
  existing public.player_limits;
  holds_from timestamptz := now();
begin
  if new_loss_max < 0 then
    raise exception 'a limit of % is negative', new_loss_max
      using errcode = 'invalid_parameter_value', hint = 'Use 0 to stop losses, null for no limit.';
  end if;
  if not exists (select from public.users as u where u.id = player_id) then
    raise exception 'there is no player %', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found';
  end if;
  if limit_currency is null or limit_currency not in ('COINS', 'GEMS', 'TOKENS') then
    raise exception '% is not a currency', coalesce(quote_literal(limit_currency), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Use COINS, GEMS or TOKENS.';
  end if;
  insert into public.player_limits (user_id, currency)
  values (player_id, limit_currency)
  on conflict (user_id, currency) do nothing;
  select l.* into strict existing
  from public.player_limits as l
  where l.user_id = player_id and l.currency = limit_currency
  for no key update;
  if existing.has_next and existing.next_at <= now() then
    existing.daily_loss_max := existing.next_daily_loss_max;
  end if;
  if existing.daily_loss_max is not null
    and (new_loss_max is null or new_loss_max > existing.daily_loss_max) then
    holds_from := now() + raise_delay;
    update public.player_limits
    set
      daily_loss_max = existing.daily_loss_max, has_next = true,
      next_daily_loss_max = new_loss_max, next_at = holds_from, updated_at = now()
    where user_id = player_id and currency = limit_currency;
  else
    update public.player_limits
    set
      daily_loss_max = new_loss_max, has_next = false, next_daily_loss_max = null,
      next_at = null, updated_at = now()
    where user_id = player_id and currency = limit_currency;
  end if;
  return holds_from;
end
$function$;
comment on function public.set_player_limit(uuid, text, bigint) is
  'Sets how much a player may lose in one day (null: no limit); returns from when it holds. Lower
holds at once, higher after 24 hours. Locks: the row of player_limits.
Example: select set_player_limit(id, ''COINS'', 50000) from users where username = ''ayu'';';

create or replace function public.buy_in_allowed(
  player_id uuid, buy_in_currency text, buy_in bigint)
returns boolean
language sql
stable
begin atomic
  select coalesce((
    select
      case when l.has_next and l.next_at <= now() then l.next_daily_loss_max
        else l.daily_loss_max end
    from public.player_limits as l
    where l.user_id = player_id and l.currency = buy_in_currency
  ) >= buy_in::numeric
    + coalesce((
      select greatest(0, t.lost - t.won)
      from public.player_day_totals as t
      where t.user_id = player_id and t.currency = buy_in_currency
        and t.day = public.player_day(player_id)), 0)
    + coalesce((
      select sum(w.balance)
      from public.game_sessions as s
      join public.user_wallets as w on w.id = s.seat_wallet_id
      where s.user_id = player_id and s.stood_up_at is null
        and w.currency = buy_in_currency), 0),
    true);
end;

create function public.set_self_exclusion(player_id uuid, until timestamptz)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  holds_until timestamptz;
begin
  if until is null or until <= now() then
    raise exception 'a self-exclusion until % is over already', coalesce(until::text, 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give a time in the future, or infinity. It ends by itself, and never earlier.';
  end if;
  select u.self_excluded_until into holds_until
  from public.users as u
  where u.id = player_id
  for no key update;
  if not found then
    raise exception 'there is no player %', coalesce(player_id::text, 'null')
      using errcode = 'no_data_found', hint = 'Find the account: select user_id_of(''name'');';
  elsif holds_until >= until then
    return holds_until;
  end if;
  update public.users as u
  set self_excluded_until = until, updated_at = now()
  where u.id = player_id;
  perform public.create_audit_log(
    player_id, 'player.self_excluded', 'user', player_id::text, null,
    jsonb_build_object('before', holds_until, 'after', until));
  return until;
end
$function$;
comment on function public.set_self_exclusion(uuid, timestamptz) is
  'The player asks not to be let play until a time; returns until when it holds. It can be made
longer, by nobody shorter: an earlier time leaves it as it is. It acts at the buy-in and the daily
bonus; who sits at a table may finish and leave. Audited as player.self_excluded.
Locks: the account.
Example: select set_self_exclusion(user_id_of(''ayu''), now() + interval ''30 days'');';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.player_limits, public.player_day_totals to higgs_app;
grant execute on function public.player_day(uuid, timestamptz) to higgs_app, higgs_readonly;
grant execute on function
  public.set_player_time_zone(uuid, text), public.set_player_limit(uuid, text, bigint),
  public.set_self_exclusion(uuid, timestamptz)
to higgs_app;
grant select on public.player_day_totals to higgs_readonly;

-- A time zone is set when a player is made, then changed by set_player_time_zone() only: who could
-- change it at once would live a day twice, and with it lose twice the limit.
revoke update on public.user_profiles from higgs_app;
grant update (
  display_name, avatar, bio, country, locale, show_online, allow_messages, experience, updated_at
) on public.user_profiles to higgs_app;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  6, 'player_protection', 'e1ae055ad46b31d453ff9778bd92b272e06abe4bc40ed4c9d3ca3ef586e86818', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 007_hosting_and_journal.sql ---------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 7)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '007_hosting_and_journal.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 007 Hosting and journal: nodes and their leases, stake tiers, the seats of a hand, and the
-- functions by which a table lives: open, sit down, deal, move, settle, stand up, close.
--
-- Locks, everywhere in this order: the room's advisory lock (shared to append moves, exclusive for
-- everything else), the hand, wallets in the order of their ids, transaction ids.

set role higgs_owner;

create table public.server_nodes (
  id bigint generated always as identity,
  name text not null,
  internal_address text not null,
  rules_versions integer[] not null,
  lease_expires_at timestamptz not null,
  started_at timestamptz not null default now(),
  stopped_at timestamptz,
  constraint server_nodes_pkey primary key (id),
  constraint server_nodes_name_length check (length(name) between 1 and 100),
  constraint server_nodes_internal_address_length
    check (length(internal_address) between 1 and 255),
  constraint server_nodes_rules_versions_count
    check (cardinality(rules_versions) >= 1 and cardinality(rules_versions) <= 10
      and array_position(rules_versions, null) is null)
)
with (fillfactor = 50);
comment on table public.server_nodes is
  'Running servers. A node''s one lease covers all rooms that it hosts.';
comment on column public.server_nodes.id is 'Number of the node; a restarted server is a new node.';
comment on column public.server_nodes.name is 'Host name, for people.';
comment on column public.server_nodes.internal_address is 'Where other nodes reach it: host:port.';
comment on column public.server_nodes.rules_versions is 'Versions of the rules that it can host.';
comment on column public.server_nodes.lease_expires_at is 'Until when its rooms are its own.';
comment on column public.server_nodes.started_at is 'When it registered.';
comment on column public.server_nodes.stopped_at is 'When it released its rooms in good order.';
create index server_nodes_running_idx on public.server_nodes (lease_expires_at)
  where stopped_at is null;

-- Rooms are few and none has a host yet: nobody waits for the scan.
alter table public.game_rooms
  add constraint game_rooms_host_node_fkey
  foreign key (host_node) references public.server_nodes (id) not valid;
-- squawk-ignore constraint-missing-not-valid
alter table public.game_rooms validate constraint game_rooms_host_node_fkey;

create table public.stake_tiers (
  id text not null,
  game_id text not null,
  name text not null,
  position smallint not null,
  currency text not null,
  base_bet bigint not null,
  buy_in_min bigint not null,
  buy_in_max bigint not null,
  seats smallint not null,
  rake_bps smallint not null,
  rake_cap bigint not null,
  vip_level_min smallint not null default 0,
  is_enabled boolean not null default true,
  constraint stake_tiers_pkey primary key (id),
  constraint stake_tiers_game_id_fkey foreign key (game_id) references public.games (id),
  constraint stake_tiers_vip_level_min_fkey
    foreign key (vip_level_min) references public.vip_levels (level),
  constraint stake_tiers_id_format check (id ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint stake_tiers_name_length check (length(name) between 1 and 40),
  constraint stake_tiers_currency_known check (currency in ('COINS', 'GEMS', 'TOKENS')),
  constraint stake_tiers_base_bet_positive check (base_bet > 0),
  constraint stake_tiers_buy_in_range check (buy_in_min between base_bet and buy_in_max),
  constraint stake_tiers_seats_range check (seats between 2 and 8),
  constraint stake_tiers_rake_bps_range check (rake_bps between 0 and 2000),
  constraint stake_tiers_rake_cap_not_negative check (rake_cap >= 0),
  constraint stake_tiers_position_key unique (game_id, position)
);
comment on table public.stake_tiers is
  'The stakes that the lobby offers. Reference data.';
comment on column public.stake_tiers.id is 'Short name.';
comment on column public.stake_tiers.game_id is 'The game.';
comment on column public.stake_tiers.name is 'Name shown to players.';
comment on column public.stake_tiers.position is 'Order in the lobby, within the game.';
comment on column public.stake_tiers.currency is 'Currency of the chips.';
comment on column public.stake_tiers.base_bet is 'Stake.';
comment on column public.stake_tiers.buy_in_min is 'Fewest chips to sit down with.';
comment on column public.stake_tiers.buy_in_max is 'Most chips to sit down with.';
comment on column public.stake_tiers.seats is 'Seats of a table.';
comment on column public.stake_tiers.rake_bps is 'Rake of the net win, in basis points.';
comment on column public.stake_tiers.rake_cap is 'Most rake of one hand.';
comment on column public.stake_tiers.vip_level_min is 'Lowest VIP level that may sit down.';
comment on column public.stake_tiers.is_enabled is 'Whether new tables are opened at it.';
create index stake_tiers_vip_level_min_idx on public.stake_tiers (vip_level_min);

insert into public.stake_tiers (
  id, game_id, name, position, currency, base_bet, buy_in_min, buy_in_max, seats, rake_bps,
  rake_cap, vip_level_min)
values
  ('gaple_warung', 'gaple', 'Warung', 1, 'COINS', 100, 2000, 20000, 4, 300, 2000, 0),
  ('gaple_kampung', 'gaple', 'Kampung', 2, 'COINS', 1000, 20000, 200000, 4, 300, 20000, 0),
  ('gaple_kota', 'gaple', 'Kota', 3, 'COINS', 10000, 200000, 2000000, 4, 250, 150000, 1),
  ('gaple_istana', 'gaple', 'Istana', 4, 'COINS', 100000, 2000000, 20000000, 4, 200, 1000000, 3);

-- The column is new and empty, and rooms are few: nobody waits for the scan or the index.
alter table public.game_rooms
  add column stake_tier_id text,
  -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
  add constraint game_rooms_stake_tier_id_fkey
    foreign key (stake_tier_id) references public.stake_tiers (id);
comment on column public.game_rooms.stake_tier_id is
  'Tier that the room was opened at; null for a room with stakes of its own.';
-- squawk-ignore require-concurrent-index-creation
create index game_rooms_stake_tier_id_idx on public.game_rooms (stake_tier_id)
  where stake_tier_id is not null;

create table public.hand_seats (
  hand_id uuid not null,
  seat smallint not null,
  session_id uuid not null,
  user_id uuid not null,
  wallet_id bigint not null,
  stack_start bigint not null,
  client_seed text not null,
  bot_style text,
  bot_strength smallint,
  bot_seed bytea,
  net bigint,
  rake bigint,
  constraint hand_seats_pkey primary key (hand_id, seat),
  constraint hand_seats_hand_id_fkey foreign key (hand_id) references public.game_hands (id),
  constraint hand_seats_session_id_fkey
    foreign key (session_id) references public.game_sessions (id),
  constraint hand_seats_user_id_fkey foreign key (user_id) references public.users (id),
  constraint hand_seats_wallet_id_fkey
    foreign key (wallet_id) references public.user_wallets (id),
  constraint hand_seats_seat_range check (seat between 0 and 7),
  constraint hand_seats_stack_start_positive check (stack_start > 0),
  constraint hand_seats_client_seed_format check (client_seed ~ '^[A-Za-z0-9_-]{1,64}$'),
  constraint hand_seats_bot_strength_range check (bot_strength between 1 and 1000),
  constraint hand_seats_bot_style_format check (bot_style ~ '^[a-z][a-z_]{0,31}$'),
  constraint hand_seats_bot_whole check (num_nulls(bot_style, bot_strength, bot_seed) in (0, 3)),
  constraint hand_seats_bot_seed_size check (octet_length(bot_seed) between 8 and 32),
  constraint hand_seats_result_whole check ((net is null) = (rake is null)),
  constraint hand_seats_loses_what_it_has check (net >= -stack_start),
  constraint hand_seats_rake_not_negative check (rake >= 0)
)
with (fillfactor = 85);
comment on table public.hand_seats is
  'Each seat of a hand: what was frozen at its start, and its result.';
comment on column public.hand_seats.hand_id is 'The hand.';
comment on column public.hand_seats.seat is 'Seat number, from 0.';
comment on column public.hand_seats.session_id is 'The stay in the seat.';
comment on column public.hand_seats.user_id is 'The player.';
comment on column public.hand_seats.wallet_id is 'The seat''s wallet.';
comment on column public.hand_seats.stack_start is 'Chips in the wallet at the start.';
comment on column public.hand_seats.client_seed is 'The seat''s part of the deal''s randomness.';
comment on column public.hand_seats.bot_style is
  'Which bot sits there, by the name of its way of playing; null for a person.';
comment on column public.hand_seats.bot_strength is
  'Strength of the bot in the seat; null for a person.';
comment on column public.hand_seats.bot_seed is
  'Random seed of the bot, frozen so that a recovery plays on alike.';
comment on column public.hand_seats.net is
  'Chips won, or lost where negative, after rake; null until settled.';
comment on column public.hand_seats.rake is 'Rake taken from the seat''s win; null until settled.';
alter table public.game_hands
  add column settlement_hash bytea,
  add constraint game_hands_settlement_hash_size check (octet_length(settlement_hash) = 32)
    not valid;
-- The column is new and empty; the lock_timeout of the runners bounds the wait for the lock.
-- squawk-ignore constraint-missing-not-valid
alter table public.game_hands validate constraint game_hands_settlement_hash_size;
comment on column public.game_hands.settlement_hash is
  'SHA-256 of the payments and the result, to tell a repeated settlement from another one.';

create index hand_seats_user_id_idx on public.hand_seats (user_id, hand_id);
create index hand_seats_session_id_idx on public.hand_seats (session_id);
create index hand_seats_wallet_id_idx on public.hand_seats (wallet_id);

-- Nodes ------------------------------------------------------------------------------------------

create function public.lease_duration()
returns interval
language sql
immutable
parallel safe
return interval '5 seconds';
comment on function public.lease_duration() is
  'How long a node''s lease lasts; the node renews it every 1.5 seconds.
Example: select lease_duration();';

create function public.register_node(
  node_name text, node_internal_address text, node_rules_versions integer[])
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  node bigint;
  violated text;
begin
  if node_name is null or node_internal_address is null or node_rules_versions is null
    or array_ndims(node_rules_versions) > 1 then
    raise exception 'register_node: name, internal address and rules versions are needed'
      using errcode = 'invalid_parameter_value',
        hint = 'As in: select register_node(''table-1'', ''10.0.0.7:3100'', array[1]);';
  end if;
  insert into public.server_nodes (name, internal_address, rules_versions, lease_expires_at)
  values (
    node_name, node_internal_address, node_rules_versions,
    clock_timestamp() + public.lease_duration())
  returning id into node;
  return node;
exception when check_violation then
  get stacked diagnostics violated = constraint_name;
  raise exception 'register_node: %', sqlerrm
    using errcode = 'check_violation', constraint = violated,
      hint = 'A node must keep: ' || public.rule_of('public.server_nodes', violated);
end
$function$;
comment on function public.register_node(text, text, integer[]) is
  'Enters a server as a node, with a lease; returns its number.
Example: select register_node(''table-1'', ''10.0.0.7:3100'', array[1]);';

create function public.renew_lease(node bigint)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.server_nodes as n
  set lease_expires_at = clock_timestamp() + public.lease_duration()
  where n.id = node and n.stopped_at is null
  returning true;
end;
comment on function public.renew_lease(bigint) is
  'Renews a node''s lease, a late one too: rooms that were taken from it meanwhile have another
fence. Null for a node that is unknown or stopped.
Example: select renew_lease(max(id)) from server_nodes;';

create function public.take_rooms(node bigint, rooms_max integer default 50)
returns table (room_id bigint, fence bigint, hand_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  rooms_limit constant integer := 50;
  candidate bigint;
  locked bigint[] := '{}';
begin
  if rooms_max is null or rooms_max not between 1 and rooms_limit then
    raise exception 'rooms_max is %, not between 1 and %', rooms_max, rooms_limit
      using errcode = 'invalid_parameter_value';
  end if;
  -- A room whose lock is taken is being written to, or taken by another node: next round.
  for candidate in
    select r.id
    from public.game_rooms as r
    join public.server_nodes as me
      on me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    left join public.server_nodes as h on h.id = r.host_node
    left join public.game_hands as g on g.id = r.current_hand_id
    where r.status <> 'closed'
      and (r.host_node is null or h.stopped_at is not null
        or h.lease_expires_at < clock_timestamp())
      and (g.id is null or g.rules_version = any (me.rules_versions))
    order by r.id
    limit 4 * rooms_limit
  loop
    if pg_try_advisory_xact_lock(candidate) then
      locked := locked || candidate;
    end if;
    exit when cardinality(locked) >= rooms_max;
  end loop;
  -- The next statement sees what was committed before the locks were had.
  return query
  update public.game_rooms as r
  set host_node = node, fence = r.fence + 1
  from public.server_nodes as me
  where r.id = any (locked)
    and me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    and r.status <> 'closed'
    and not exists (
      select
      from public.server_nodes as h
      where h.id = r.host_node and h.stopped_at is null
        and h.lease_expires_at >= clock_timestamp())
    and not exists (
      select
      from public.game_hands as g
      where g.id = r.current_hand_id and g.rules_version <> all (me.rules_versions))
  returning r.id, r.fence, r.current_hand_id;
end
$function$;
comment on function public.take_rooms(bigint, integer) is
  'Gives a node rooms that nobody hosts, or whose host''s lease has ended, and raises their fence,
so that the old host''s writes are refused. Leaves out rooms in use at this moment and hands of
rules that the node does not know; a node without a lease gets none. At most 50 a call.
Locks: each room, exclusively, without waiting.
Example: select * from take_rooms(1);';

create function public.release_node(node bigint)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  rooms_max constant integer := 1000;
  room bigint;
  released integer := 0;
begin
  -- Each room takes a place in the server's table of locks. Those beyond the first thousand are
  -- free because the node is stopped.
  for room in
    select r.id from public.game_rooms as r where r.host_node = node order by r.id limit rooms_max
  loop
    perform pg_advisory_xact_lock(room);
    update public.game_rooms as r
    set host_node = null, fence = r.fence + 1
    where r.id = room and r.host_node = node;
    if found then
      released := released + 1;
    end if;
  end loop;
  update public.server_nodes as n
  set stopped_at = clock_timestamp(), lease_expires_at = clock_timestamp()
  where n.id = node and n.stopped_at is null;
  return released;
end
$function$;
comment on function public.release_node(bigint) is
  'A node stops in good order: its rooms are free at once. Returns how many were given back, at
most 1000; the others are free because the node is stopped. Locks: each room, exclusively, in
order.
Example: select release_node(1);';

-- Rooms ------------------------------------------------------------------------------------------

create function public.create_room(
  room_name text,
  room_game_id text,
  room_currency text,
  room_base_bet bigint,
  room_buy_in_min bigint,
  room_buy_in_max bigint,
  room_seats smallint,
  room_rake_bps smallint default 0,
  room_rake_cap bigint default 0,
  room_options jsonb default '{}',
  room_visibility text default 'public',
  room_join_code text default null,
  room_tournament_id uuid default null,
  room_creator uuid default null,
  room_stake_tier_id text default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  options_length_max constant integer := 4000;
  game public.games;
  room bigint;
  violated text;
begin
  select g.* into game from public.games as g where g.id = room_game_id;
  if not found or not game.is_enabled then
    raise exception 'game % is not offered', coalesce(quote_literal(room_game_id), 'null')
      using errcode = 'invalid_parameter_value', hint = 'List them: select id from games;';
  end if;
  if room_seats is null or room_seats not between game.seats_min and game.seats_max then
    raise exception '% is played with % to % seats, not %',
      game.name, game.seats_min, game.seats_max, coalesce(room_seats::text, 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  if num_nulls(
    room_name, room_currency, room_base_bet, room_buy_in_min, room_buy_in_max, room_rake_bps,
    room_rake_cap, room_options, room_visibility) > 0 then
    raise exception
      'create_room: name, currency, stakes, rake, options and visibility cannot be null'
      using errcode = 'invalid_parameter_value',
        hint = 'Leave out what has a default rather than to give null; no options are {}.';
  end if;
  if length(room_options::text) > options_length_max then
    raise exception 'create_room: options of % characters are over %',
      length(room_options::text), options_length_max
      using errcode = 'invalid_parameter_value', hint = 'Give only what differs from the defaults.';
  end if;
  insert into public.game_rooms (
    name, game_id, visibility, join_code, tournament_id, currency, base_bet, buy_in_min,
    buy_in_max, seats, rake_bps, rake_cap, options, created_by, stake_tier_id)
  values (
    room_name, room_game_id, room_visibility, room_join_code, room_tournament_id, room_currency,
    room_base_bet, room_buy_in_min, room_buy_in_max, room_seats, room_rake_bps, room_rake_cap,
    room_options, room_creator, room_stake_tier_id)
  returning id into room;
  insert into public.user_wallets (kind, room_id, seat, currency, balance)
  select 'seat', room, s.seat, room_currency, 0
  from generate_series(0, room_seats - 1) as s (seat);
  return room;
exception
  when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'create_room: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'A room must keep: ' || public.rule_of('public.game_rooms', violated);
  when unique_violation then
    raise exception 'create_room: another open room has the join code %', room_join_code
      using errcode = 'unique_violation', hint = 'Choose another code.';
  when foreign_key_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'create_room: %', sqlerrm
      using errcode = 'foreign_key_violation', constraint = violated,
        hint = 'The tournament, the creator and the tier must be there: '
          || public.rule_of('public.game_rooms', violated);
end
$function$;
comment on function public.create_room(
  text, text, text, bigint, bigint, bigint, smallint, smallint, bigint, jsonb, text, text, uuid,
  uuid, text) is
  'Opens a room with stakes of its own and makes its seats'' wallets; returns its number.
Example: select create_room(''Meja Ayu'', ''gaple'', ''COINS'', 100, 2000, 20000, 4::smallint);';

create function public.open_room(
  tier_id text,
  room_name text default null,
  room_options jsonb default '{}',
  room_join_code text default null,
  room_creator uuid default null
)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  tier public.stake_tiers;
begin
  select t.* into tier from public.stake_tiers as t where t.id = tier_id and t.is_enabled;
  if not found then
    raise exception 'stake tier % is not offered', coalesce(quote_literal(tier_id), 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'List them: select id from stake_tiers where is_enabled;';
  end if;
  return public.create_room(
    coalesce(room_name, tier.name), tier.game_id, tier.currency, tier.base_bet, tier.buy_in_min,
    tier.buy_in_max, tier.seats, tier.rake_bps, tier.rake_cap, room_options,
    case when room_join_code is null then 'public' else 'private' end, room_join_code, null,
    room_creator, tier.id);
end
$function$;
comment on function public.open_room(text, text, jsonb, text, uuid) is
  'Opens a room at one of the lobby''s stake tiers, private where a join code is given; returns its
number.
Example: select open_room(''gaple_warung'');';

create function public.locked_room(room bigint, room_fence bigint, out outcome text,
  out row_found public.game_rooms)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'tables need READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform pg_advisory_xact_lock(room);
  -- The fence is read by a statement that begins after the lock was had: a takeover before it is
  -- seen, and one after it waits.
  select r.* into row_found from public.game_rooms as r where r.id = room;
  outcome := case
    when not found then 'room_not_found'
    when row_found.fence is distinct from room_fence then 'fenced'
    else 'ok'
  end;
end
$function$;
comment on function public.locked_room(bigint, bigint) is
  'Takes a room''s lock exclusively, then reads it and compares the fence: ok, fenced or
room_not_found. Internal: the first step of every function that changes a room.';

create function public.may_play(player public.users)
returns boolean
language sql
stable
return (player.status = 'active'
    or player.status = 'suspended' and player.suspended_until <= now())
  and coalesce(player.self_excluded_until <= now(), true);
comment on function public.may_play(public.users) is
  'Whether an account may bring chips to a table now: it is active, or its suspension has ended, and
the player has not asked to be kept out.
Example: select u.username from users as u where not may_play(u);';

create function public.sit_down(
  session_id uuid, room bigint, room_fence bigint, player_id uuid, player_seat smallint,
  buy_in bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
  player public.users;
  earlier public.game_sessions;
  wallet bigint;
  chips bigint;
  purse bigint;
  result text;
begin
  if public.is_version_7(session_id) is not true then
    raise exception 'sit_down: session_id is %',
      coalesce(session_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select s.* into earlier from public.game_sessions as s where s.id = session_id;
  if found then
    return case
      when earlier.room_id = room and earlier.user_id = player_id and earlier.seat = player_seat
        and exists (
          select
          from public.transactions as t
          where t.id = public.reserved_id(
              public.id_time(session_id), session_id::text, 'buy_in', 1)
            and t.amount = buy_in)
        then 'exists'
      else 'exists_with_different_content'
    end;
  end if;
  if locked.status <> 'open' then
    return 'room_closed';
  end if;
  if player_seat is null or player_seat not between 0 and locked.seats - 1 then
    return 'seat_not_found';
  end if;
  select u.* into player from public.users as u where u.id = player_id;
  if not found then
    return 'player_not_found';
  end if;
  if not public.may_play(player) then
    return 'account_not_active';
  end if;
  if exists (
    select
    from public.stake_tiers as t
    where t.id = locked.stake_tier_id and t.vip_level_min > coalesce((
      select v.level from public.user_vip_status as v where v.user_id = player_id), 0)
  ) then
    return 'vip_level_too_low';
  end if;
  if buy_in is null or buy_in not between locked.buy_in_min and locked.buy_in_max then
    return 'buy_in_out_of_range';
  end if;
  if exists (
    select
    from public.game_sessions as s
    where s.room_id = room and s.user_id = player_id and s.stood_up_at is null
  ) then
    return 'already_seated';
  end if;
  if exists (
    select
    from public.game_sessions as s
    where s.room_id = room and s.seat = player_seat and s.stood_up_at is null
  ) then
    return 'seat_taken';
  end if;
  select w.id, w.balance into strict wallet, chips
  from public.user_wallets as w
  where w.room_id = room and w.seat = player_seat and w.currency = locked.currency;
  if chips > 0 then
    return 'seat_not_empty';
  end if;
  select w.id into purse
  from public.user_wallets as w
  where w.user_id = player_id and w.currency = locked.currency;
  if not found then
    return 'wallet_not_found';
  end if;
  result := (public.post_batch(
    true, ids => array[public.reserved_id(
      public.id_time(session_id), session_id::text, 'buy_in', 1)],
    kinds => array['buy_in'], debit_wallet_ids => array[purse],
    credit_wallet_ids => array[wallet], currencies => array[locked.currency],
    amounts => array[buy_in], reference_types => array['session'],
    reference_ids => array[session_id::text], actor_ids => array[player_id])).outcomes[1];
  if result = 'ok' then
    insert into public.game_sessions (id, room_id, seat, user_id, seat_wallet_id, bought_in)
    values (session_id, room, player_seat, player_id, wallet, buy_in);
  end if;
  return result;
end
$function$;
comment on function public.sit_down(uuid, bigint, bigint, uuid, smallint, bigint) is
  'A player takes a seat and brings chips to it, in one: both happen or neither. session_id is
chosen by the caller; the same call again answers exists.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
seat_not_found, seat_taken, seat_not_empty (chips lie there that are nobody''s at the table:
verify_journal() names the wallet), already_seated, player_not_found, account_not_active,
vip_level_too_low, buy_in_out_of_range, and those of post_transactions (insufficient_funds,
wallet_frozen, limit_exceeded, id_out_of_window, …).
Locks: the room, exclusively; the player''s and the seat''s wallets.
Example: select sit_down(new_id(), r.id, r.fence, u.id, 0::smallint, r.buy_in_min)
from game_rooms as r, users as u where r.status = ''open'' limit 1;';

create function public.top_up(
  top_up_id uuid, session_id uuid, room_fence bigint, amount bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  stay public.game_sessions;
  locked record;
  purse bigint;
  chips bigint;
  result text;
begin
  if public.is_version_7(top_up_id) is not true then
    raise exception 'top_up: top_up_id is %',
      coalesce(top_up_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  select s.* into stay from public.game_sessions as s where s.id = session_id;
  if not found then
    return 'session_not_found';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(stay.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select s.* into strict stay from public.game_sessions as s where s.id = session_id;
  select w.id into strict purse
  from public.user_wallets as w
  where w.user_id = stay.user_id and w.currency = locked.currency;
  if not exists (select from public.transactions as t where t.id = top_up_id) then
    if stay.stood_up_at is not null then
      return 'session_ended';
    end if;
    if locked.status <> 'open' then
      return 'room_closed';
    end if;
    if exists (
      select
      from public.hand_seats as h
      where h.hand_id = locked.current_hand_id and h.session_id = stay.id
    ) then
      return 'hand_running';
    end if;
    if exists (
      select
      from public.users as u
      where u.id = stay.user_id and not public.may_play(u)
    ) then
      return 'account_not_active';
    end if;
    select w.balance into strict chips
    from public.user_wallets as w
    where w.id = stay.seat_wallet_id;
    if amount is null or amount < 1 or amount > locked.buy_in_max - chips then
      return 'buy_in_out_of_range';
    end if;
  end if;
  result := (public.post_batch(
    true, ids => array[top_up_id], kinds => array['buy_in'], debit_wallet_ids => array[purse],
    credit_wallet_ids => array[stay.seat_wallet_id], currencies => array[locked.currency],
    amounts => array[amount], reference_types => array['session'],
    reference_ids => array[session_id::text], actor_ids => array[stay.user_id])).outcomes[1];
  if result = 'ok' then
    update public.game_sessions as s set bought_in = s.bought_in + amount where s.id = session_id;
  end if;
  return result;
end
$function$;
comment on function public.top_up(uuid, uuid, bigint, bigint) is
  'Brings more chips to a seat between hands, up to the table''s most. top_up_id is the payment''s
id. Outcomes: ok, exists, fenced, session_not_found, session_ended, room_closed, hand_running,
account_not_active, buy_in_out_of_range, and those of post_transactions.
Locks: the room, exclusively; the player''s and the seat''s wallets.
Example: select top_up(new_id(), s.id, r.fence, 500) from game_sessions as s
join game_rooms as r on r.id = s.room_id where s.stood_up_at is null limit 1;';

create function public.cash_out_session(stay public.game_sessions, chip_currency text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  left_at timestamptz := clock_timestamp();
  chips bigint;
  purse bigint;
  result text;
begin
  -- Both wallets in the order of their ids, before anything is read from them.
  perform
  from public.user_wallets as w
  where w.id = stay.seat_wallet_id or (w.user_id = stay.user_id and w.currency = chip_currency)
  order by w.id
  for no key update;
  select w.balance into strict chips
  from public.user_wallets as w
  where w.id = stay.seat_wallet_id;
  if chips > 0 then
    select w.id into strict purse
    from public.user_wallets as w
    where w.user_id = stay.user_id and w.currency = chip_currency;
    result := (public.post_batch(
      true, ids => array[public.reserved_id(left_at, stay.id::text, 'cash_out', 1)],
      kinds => array['cash_out'], debit_wallet_ids => array[stay.seat_wallet_id],
      credit_wallet_ids => array[purse], currencies => array[chip_currency],
      amounts => array[chips], reference_types => array['session'],
      reference_ids => array[stay.id::text], actor_ids => array[stay.user_id])).outcomes[1];
    if result <> 'ok' then
      raise exception 'the cash-out of session % was refused: %', stay.id, result
        using errcode = 'data_exception';
    end if;
  end if;
  update public.game_sessions as s
  set cashed_out = chips, stood_up_at = left_at
  where s.id = stay.id;
  return chips;
end
$function$;
comment on function public.cash_out_session(public.game_sessions, text) is
  'Pays a seat''s chips back to the player and ends the stay; returns the chips. The caller holds
the room''s lock and knows that no hand runs for the seat. Internal.';

create function public.stand_up(
  session_id uuid, room_fence bigint, out outcome text, out cashed_out bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  stay public.game_sessions;
  locked record;
begin
  select s.* into stay from public.game_sessions as s where s.id = session_id;
  if not found then
    outcome := 'session_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(stay.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    outcome := locked.outcome;
    return;
  end if;
  select s.* into strict stay from public.game_sessions as s where s.id = session_id;
  if stay.stood_up_at is not null then
    outcome := 'exists';
    cashed_out := stay.cashed_out;
    return;
  end if;
  if exists (
    select
    from public.hand_seats as h
    where h.hand_id = locked.current_hand_id and h.session_id = stay.id
  ) then
    update public.game_sessions as s
    set leave_requested_at = coalesce(s.leave_requested_at, now())
    where s.id = stay.id;
    outcome := 'after_hand';
    return;
  end if;
  cashed_out := public.cash_out_session(stay, locked.currency);
  outcome := 'ok';
end
$function$;
comment on function public.stand_up(uuid, bigint) is
  'A player leaves a seat and takes the chips along. While a hand runs for the seat the wish is
noted (after_hand), the seat is dealt no further hand, and the caller stands up again after the
settlement. Freezes and limits do not hold chips back. Outcomes: ok, exists, after_hand, fenced,
session_not_found. Locks: the room, exclusively; the seat''s and the player''s wallets.
Example: select * from game_sessions as s join game_rooms as r on r.id = s.room_id
cross join lateral stand_up(s.id, r.fence) where s.stood_up_at is null limit 1;';

create function public.close_room(room bigint, room_fence bigint)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
  stay public.game_sessions;
begin
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  if locked.status = 'closed' then
    return 'exists';
  end if;
  if locked.current_hand_id is not null then
    update public.game_rooms as r set status = 'closing' where r.id = room;
    return 'after_hand';
  end if;
  if exists (
    select
    from public.user_wallets as w
    where w.room_id = room and w.balance > 0 and not exists (
      select
      from public.game_sessions as s
      where s.seat_wallet_id = w.id and s.stood_up_at is null)
  ) then
    update public.game_rooms as r set status = 'closing' where r.id = room;
    return 'seat_not_empty';
  end if;
  -- All wallets at once and in order, since several cash-outs follow.
  perform
  from public.user_wallets as w
  where w.id in (
    select s.seat_wallet_id
    from public.game_sessions as s
    where s.room_id = room and s.stood_up_at is null
    union all
    select p.id
    from public.game_sessions as s
    join public.user_wallets as p on p.user_id = s.user_id and p.currency = locked.currency
    where s.room_id = room and s.stood_up_at is null)
  order by w.id
  for no key update;
  for stay in
    select s.*
    from public.game_sessions as s
    where s.room_id = room and s.stood_up_at is null
    order by s.seat
  loop
    perform public.cash_out_session(stay, locked.currency);
  end loop;
  update public.game_rooms as r
  set status = 'closed', closed_at = now(), host_node = null
  where r.id = room;
  return 'ok';
end
$function$;
comment on function public.close_room(bigint, bigint) is
  'Closes a room and pays everyone at it out. While a hand runs, no new one is dealt and the caller
closes again after the settlement. Outcomes: ok, exists, after_hand, seat_not_empty (chips lie in a
seat where nobody sits: verify_journal() names the wallet, return_stray_chips() empties it, then
close again), fenced, room_not_found. Locks: the room, exclusively; all wallets of its seats and
players.
Example: select close_room(id, fence) from game_rooms where status = ''closing'';';

create function public.return_stray_chips(
  wallet_id bigint, player_id uuid, reason text, actor uuid default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  wallet public.user_wallets;
  receiver bigint;
  result text;
begin
  if reason is null or length(btrim(reason)) not between 1 and 200 then
    raise exception 'return_stray_chips: a reason of 1 to 200 characters is needed'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select w.* into wallet
  from public.user_wallets as w
  where w.id = wallet_id and w.kind = 'seat';
  if not found then
    raise exception 'return_stray_chips: wallet % is not the wallet of a seat',
      coalesce(wallet_id::text, 'null')
      using errcode = 'no_data_found', hint = 'List them: select problem from verify_journal();';
  end if;
  perform public.locked_room(wallet.room_id, null);
  if exists (
    select
    from public.game_sessions as s
    where s.seat_wallet_id = wallet.id and s.stood_up_at is null
  ) then
    raise exception 'return_stray_chips: somebody sits at wallet %', wallet.id
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'The chips are that player''s, who takes them along with stand_up().';
  end if;
  -- Null for the issue, where nobody knows whose they were.
  receiver := case
    when player_id is null then public.wallet_of('issue', wallet.currency)
    else public.get_user_wallet(player_id, wallet.currency)
  end;
  perform public.lock_wallets(array[wallet.id, receiver]);
  select w.* into strict wallet from public.user_wallets as w where w.id = wallet_id;
  if wallet.balance = 0 then
    return 0;
  end if;
  result := (public.post_batch(
    true,
    ids => array[public.reserved_id(clock_timestamp(), wallet.id::text, 'stray_chips', 1)],
    kinds => array[case when player_id is null then 'adjustment' else 'refund' end],
    debit_wallet_ids => array[wallet.id], credit_wallet_ids => array[receiver],
    currencies => array[wallet.currency], amounts => array[wallet.balance],
    reference_types => array['room'], reference_ids => array[wallet.room_id::text],
    actor_ids => array[actor])).outcomes[1];
  if result <> 'ok' then
    raise exception 'return_stray_chips: the payment was refused: %', result
      using errcode = 'data_exception';
  end if;
  perform public.create_audit_log(
    actor, 'seat.chips_returned', 'wallet', wallet.id::text, btrim(reason),
    jsonb_build_object(
      'room', wallet.room_id, 'seat', wallet.seat, 'chips', wallet.balance, 'player', player_id));
  return wallet.balance;
end
$function$;
comment on function public.return_stray_chips(bigint, uuid, text, uuid) is
  'An operator empties the wallet of a seat where nobody sits: to a player, or back to the issue
where player_id is null. Returns the chips, 0 where there are none. No function leaves chips there;
verify_journal() names a wallet where it happened. Audited as seat.chips_returned.
Locks: the room, exclusively; both wallets.
Example: select id from user_wallets where kind = ''seat'' and balance > 0;';

-- Hands ------------------------------------------------------------------------------------------

create function public.start_hand(
  hand_id uuid,
  room bigint,
  room_fence bigint,
  hand_rules_version integer,
  hand_options jsonb,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  seats smallint[],
  client_seeds text[],
  hand_opener_seat smallint default null,
  bot_strengths smallint[] default null,
  bot_seeds bytea[] default null,
  bot_styles text[] default null,
  out outcome text,
  out hand_number integer,
  out stacks bigint[]
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand_age_max constant interval := interval '30 days';
  hand_ahead_max constant interval := interval '5 minutes';
  locked record;
  earlier public.game_hands;
  seats_min smallint;
  fit integer;
  violated text;
begin
  if array_ndims(seats) > 1 or array_ndims(client_seeds) > 1 or array_ndims(bot_strengths) > 1
    or array_ndims(bot_seeds) > 1 or array_ndims(bot_styles) > 1 then
    raise exception 'start_hand: an array has more than one dimension'
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each seat.';
  end if;
  if cardinality(seats) is null or cardinality(client_seeds) is distinct from cardinality(seats)
    or cardinality(bot_strengths) <> cardinality(seats)
    or cardinality(bot_seeds) <> cardinality(seats)
    or cardinality(bot_styles) <> cardinality(seats) then
    raise exception
      'start_hand: seats, client_seeds and what bots have differ in length, or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  if exists (
    select
    from unnest(seats) with ordinality as i (seat, n)
    join unnest(seats) with ordinality as j (seat, n) on j.n = i.n + 1
    where j.seat <= i.seat
  ) then
    raise exception 'start_hand: seats % are not in ascending order', seats
      using errcode = 'invalid_parameter_value',
        hint = 'Each seat once, the lowest first; seeds and bots in the same order.';
  end if;
  if public.is_version_7(hand_id) is not true then
    raise exception 'start_hand: hand_id is %',
      coalesce(hand_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  if num_nulls(hand_rules_version, hand_options, seed_commit, seed_encrypted, seed_key_id) > 0 then
    raise exception 'start_hand: rules version, options and the three parts of the seed are needed'
      using errcode = 'invalid_parameter_value',
        hint = 'No options are {}; the seed is its SHA-256, itself encrypted, the name of the key.';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into earlier from public.game_hands as h where h.id = hand_id;
  if found then
    outcome := case
      when earlier.room_id = room and earlier.server_seed_commit = seed_commit
        and earlier.rules_version = hand_rules_version and earlier.options = hand_options
        and earlier.opener_seat is not distinct from hand_opener_seat
        and not exists (
          select
          from (
            select h.seat, h.client_seed, h.bot_strength, h.bot_seed, h.bot_style
            from public.hand_seats as h
            where h.hand_id = earlier.id
          ) as s
          full join unnest(seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
            as i (seat, client_seed, bot_strength, bot_seed, bot_style) on i.seat = s.seat
          where (i.seat, i.client_seed, i.bot_strength, i.bot_seed, i.bot_style)
            is distinct from
            (s.seat, s.client_seed, s.bot_strength, s.bot_seed, s.bot_style))
        then 'exists'
      else 'exists_with_different_content'
    end;
    if outcome = 'exists' then
      hand_number := earlier.number;
      stacks := (
        select array_agg(s.stack_start order by s.seat)
        from public.hand_seats as s
        where s.hand_id = earlier.id);
    end if;
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if locked.current_hand_id is not null then
    outcome := 'hand_running';
    return;
  end if;
  if public.id_time(hand_id) not between now() - hand_age_max and now() + hand_ahead_max then
    outcome := 'id_out_of_window';
    return;
  end if;
  select g.seats_min into strict seats_min from public.games as g where g.id = locked.game_id;
  if cardinality(seats) < seats_min then
    outcome := 'too_few_seats';
    return;
  end if;
  -- Stacks are what the seats' wallets hold; they cannot change until the settlement.
  select count(*)
  into fit
  from public.game_sessions as s
  join public.user_wallets as w on w.id = s.seat_wallet_id
  where s.room_id = room and s.stood_up_at is null and s.leave_requested_at is null
    and s.seat = any (seats) and w.balance > 0;
  if fit <> cardinality(seats) then
    outcome := 'seat_not_ready';
    return;
  end if;
  hand_number := locked.hands_started + 1;
  begin
    insert into public.game_hands (
      id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
      opener_seat, server_seed_commit, server_seed_encrypted, key_id, started_at)
    values (
      hand_id, room, hand_number, locked.game_id, hand_rules_version, hand_options, locked.currency,
      locked.base_bet, locked.rake_bps, locked.rake_cap, hand_opener_seat, seed_commit,
      seed_encrypted, seed_key_id, public.id_time(hand_id));
    insert into public.hand_seats (
      hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, bot_strength,
      bot_seed, bot_style)
    select
      start_hand.hand_id, s.seat, s.id, s.user_id, s.seat_wallet_id, w.balance, i.client_seed,
      i.bot_strength, i.bot_seed, i.bot_style
    from unnest(seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
      as i (seat, client_seed, bot_strength, bot_seed, bot_style)
    join public.game_sessions as s
      on s.room_id = room and s.seat = i.seat and s.stood_up_at is null
    join public.user_wallets as w on w.id = s.seat_wallet_id;
  exception when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'start_hand: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'It must keep: ' || coalesce(
          public.rule_of('public.game_hands', violated),
          public.rule_of('public.hand_seats', violated));
  end;
  stacks := (
    select array_agg(s.stack_start order by s.seat)
    from public.hand_seats as s
    where s.hand_id = start_hand.hand_id);
  update public.game_sessions as s
  set first_hand = coalesce(s.first_hand, hand_number), last_hand = hand_number
  where s.room_id = room and s.stood_up_at is null and s.seat = any (seats);
  update public.game_rooms as r
  set hands_started = hand_number, current_hand_id = hand_id
  where r.id = room;
end
$function$;
comment on function public.start_hand(
  uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
  smallint[], bytea[], text[]) is
  'Starts a hand and freezes what it needs to be resumed at any move: options, rules version, seats,
stacks (read from the seats'' wallets, returned in seat order), opener, client seeds, the encrypted
server seed, and the bots. Seats are given in ascending order.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
hand_running, too_few_seats, seat_not_ready, id_out_of_window. Locks: the room, exclusively.
Example: select options from game_hands limit 1;';

create function public.append_moves(
  room_ids bigint[],
  fences bigint[],
  hand_ids uuid[],
  nos integer[],
  seats smallint[],
  actors text[],
  moves bytea[],
  refs text[] default null,
  time_banks_ms integer[] default null,
  trustees boolean[] default null
)
returns table (item integer, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  rooms_max constant integer := 500;
  moves_max constant integer := 5000;
  attempts_max constant integer := 20;
  moves_given constant integer := cardinality(moves);
  rooms integer;
  moves_written integer;
  hands_written uuid[];
  hands_repeating uuid[] := '{}';  -- one number twice
  hands_invalid uuid[] := '{}';    -- a move that the table cannot hold
  violated text;
begin
  if moves_given is null or moves_given > moves_max
    or (cardinality(room_ids), cardinality(fences), cardinality(hand_ids), cardinality(nos),
      cardinality(seats), cardinality(actors))
      is distinct from
      (moves_given, moves_given, moves_given, moves_given, moves_given, moves_given)
    or cardinality(refs) <> moves_given or cardinality(time_banks_ms) <> moves_given
    or cardinality(trustees) <> moves_given then
    raise exception 'append_moves: the arrays must be equally long, and at most % moves', moves_max
      using errcode = 'invalid_parameter_value';
  end if;
  if array_ndims(moves) > 1 or array_ndims(room_ids) > 1 or array_ndims(fences) > 1
    or array_ndims(hand_ids) > 1 or array_ndims(nos) > 1 or array_ndims(seats) > 1
    or array_ndims(actors) > 1 or array_ndims(refs) > 1 or array_ndims(time_banks_ms) > 1
    or array_ndims(trustees) > 1 then
    raise exception 'append_moves: an array has more than one dimension'
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each move.';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append_moves needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  if moves_given > rooms_max then
    rooms := (select count(distinct u.id) from unnest(room_ids) as u (id));
    if rooms > rooms_max then
      raise exception 'append_moves: % rooms in one call, more than %', rooms, rooms_max
        using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
    end if;
  end if;

  -- Rooms are locked in order by a statement of its own. The statements after it see every takeover
  -- that came before; a takeover that comes later waits for this transaction.
  perform pg_advisory_xact_lock_shared(r.id)
  from (select distinct u.id from unnest(room_ids) as u (id) order by u.id) as r;

  for attempt in 1 .. attempts_max loop
    begin
      -- One pass over the items: joining them with themselves took time with their square.
      with given as (
        select
          i.hand_id, i.no, i.seat, i.actor, i.move, i.ref, i.time_bank_ms, i.trustee,
          min(i.no) over same_hand as first_no,
          max(i.no) over same_hand - min(i.no) over same_hand + 1 = count(*) over same_hand
            and bool_and(r.id is not null and s.seat is not null) over same_hand as is_run
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee)
        left join public.game_rooms as r
          on r.id = i.room_id and r.fence = i.fence and r.current_hand_id = i.hand_id
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
        window same_hand as (partition by i.hand_id, i.room_id)
      ),
      written as (
        insert into public.game_moves (
          hand_id, no, seat, actor, move, ref, time_bank_ms, trustee)
        select
          g.hand_id, g.no, g.seat, g.actor, g.move, g.ref, coalesce(g.time_bank_ms, 0),
          coalesce(g.trustee, false)
        from given as g
        where g.is_run and g.hand_id <> all (hands_repeating)
          and g.hand_id <> all (hands_invalid) and g.first_no = 1 + coalesce((
          select m.no
          from public.game_moves as m
          where m.hand_id = g.hand_id
          order by m.no desc
          limit 1), 0)
        order by g.hand_id, g.no
        returning hand_id
      )
      select count(*), array_agg(distinct w.hand_id)
      into moves_written, hands_written
      from written as w;
      if moves_written = moves_given then
        return query select g.n, 'ok' from generate_series(1, moves_given) as g (n);
        return;
      end if;
      -- What did not fit is told why; the rest stays written.
      return query
      with given as (
        select
          i.item::integer as item, i.hand_id, i.room_id, i.fence,
          m.hand_id is not null as is_there, s.seat is not null as is_dealt_in,
          (m.seat, m.actor, m.move, m.ref, m.time_bank_ms, m.trustee) is not distinct from
            (i.seat, i.actor, i.move, i.ref, coalesce(i.time_bank_ms, 0),
              coalesce(i.trustee, false)) as is_same
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) with ordinality as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee, item)
        left join public.game_moves as m on m.hand_id = i.hand_id and m.no = i.no
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
      )
      select
        g.item,
        case
          when r.id is null or r.fence is distinct from g.fence then 'fenced'
          when g.hand_id = any (hands_invalid)
            or r.current_hand_id = g.hand_id and not bool_and(g.is_dealt_in) over same_room
            then 'invalid'
          when g.hand_id = any (hands_written) and r.current_hand_id = g.hand_id then 'ok'
          when bool_and(g.is_there and g.is_same) over same_room then 'exists'
          when bool_or(g.is_there) over same_room then 'different'
          when r.current_hand_id is distinct from g.hand_id then 'finished'
          else 'out_of_order'
        end
      from given as g
      left join public.game_rooms as r on r.id = g.room_id
      window same_room as (partition by g.hand_id, g.room_id)
      order by g.item;
      return;
    exception
      when unique_violation then
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^game_moves_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
        -- Another call was first, and the next round sees its moves; or this one repeats a number.
        hands_repeating := array(
          select i.hand_id
          from unnest(hand_ids, nos) as i (hand_id, no)
          group by i.hand_id, i.no
          having count(*) > 1);
      when check_violation or not_null_violation then
        -- What the table cannot hold is told to its room, and does not sink the others.
        if hands_invalid <> '{}' then
          raise;
        end if;
        hands_invalid := array(
          select i.hand_id
          from unnest(hand_ids, nos, seats, actors, moves, refs, time_banks_ms)
            as i (hand_id, no, seat, actor, move, ref, time_bank_ms)
          where (
            i.no between 1 and 2000 and i.seat between 0 and 7
            and i.actor in ('player', 'bot', 'timeout', 'trustee', 'rules')
            and octet_length(i.move) between 1 and 64
            and coalesce(length(i.ref) between 1 and 64, true)
            and coalesce(i.time_bank_ms, 0) >= 0) is not true);
        if hands_invalid = '{}' then
          raise exception 'append_moves: %', sqlerrm
            using errcode = sqlstate,
              hint = 'A month may be missing: select ensure_partitions();';
        end if;
    end;
  end loop;
  raise exception 'append_moves: others kept writing the same moves in % attempts', attempts_max
    using errcode = 'serialization_failure', hint = 'Send the same batch again.';
end
$function$;
comment on function public.append_moves(
  bigint[], bigint[], uuid[], integer[], smallint[], text[], bytea[], text[], integer[],
  boolean[]) is
  'Writes the next moves of many rooms, at most 500, in one call; one result an item, in order. All
moves that one call brings for a room are written or none; one room''s refusal never sinks others.
Outcomes: ok; exists (the same moves are written already); different (other moves are written under
these numbers); out_of_order (not the next numbers); fenced (the room has another host now);
finished (the hand is over); invalid (a move that cannot be: its number over 2000, a seat that is
not in the hand, its actor or size; void the hand).
Locks: each room''s advisory lock, shared, in order; the fence is read by the next statement.
Example: select * from append_moves(''{1}'', ''{0}'', array[new_id()], ''{1}'', ''{0}'',
''{player}'', array[''\x021b00''::bytea]);';

create function public.record_hand_results(
  settled_hand_id uuid, hand_game_id text, hand_currency text, ends_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  insert into public.game_statistics as g (
    user_id, game_id, currency, hands_played, hands_won, chips_won, chips_lost, rake_paid,
    biggest_win, streak, best_streak, last_played_at)
  select
    s.user_id, hand_game_id, hand_currency, 1, (s.net > 0)::integer, greatest(s.net, 0),
    greatest(-s.net, 0), s.rake, greatest(s.net, 0), sign(s.net)::integer,
    (s.net > 0)::integer, ends_at
  from public.hand_seats as s
  where s.hand_id = settled_hand_id
  order by s.user_id
  on conflict (user_id, game_id, currency) do update
  set
    hands_played = g.hands_played + 1,
    hands_won = g.hands_won + excluded.hands_won,
    chips_won = g.chips_won + excluded.chips_won,
    chips_lost = g.chips_lost + excluded.chips_lost,
    rake_paid = g.rake_paid + excluded.rake_paid,
    biggest_win = greatest(g.biggest_win, excluded.biggest_win),
    streak = case excluded.streak
      when 1 then greatest(g.streak, 0) + 1
      when -1 then least(g.streak, 0) - 1
      else g.streak
    end,
    best_streak = case excluded.streak
      when 1 then greatest(g.best_streak, greatest(g.streak, 0) + 1)
      else g.best_streak
    end,
    last_played_at = greatest(g.last_played_at, excluded.last_played_at);
  insert into public.player_day_totals as t (user_id, day, currency, hands, won, lost)
  select
    s.user_id, public.player_day(s.user_id, ends_at), hand_currency, 1, greatest(s.net, 0),
    greatest(-s.net, 0)
  from public.hand_seats as s
  where s.hand_id = settled_hand_id
  order by s.user_id
  on conflict (user_id, day, currency) do update
  set
    hands = t.hands + 1,
    won = t.won + excluded.won,
    lost = t.lost + excluded.lost;
end
$function$;
comment on function public.record_hand_results(uuid, text, text, timestamptz) is
  'Adds a settled hand to the statistics and day totals of its players, in the order of their ids.
Internal to settle_hand.';

create function public.settle_hand(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea default null,
  hand_ended_at timestamptz default null,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand_age_max constant interval := interval '30 days';
  clock_ahead_max constant interval := interval '5 minutes';
  result_length_max constant integer := 20000;
  reason_length_max constant integer := 200;
  payments constant integer := cardinality(payment_amounts);
  odd record;
  hand public.game_hands;
  locked record;
  content_hash bytea;
  ends_at timestamptz;
  rake_wallet bigint;
  won numeric;
  given record;
  outcomes text[];
begin
  if payments is null or (cardinality(payer_seats), cardinality(payee_seats),
    cardinality(payment_reasons)) is distinct from (payments, payments, payments) then
    raise exception 'settle_hand: the arrays of payments differ in length or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  select i.n, i.payer, i.payee, i.amount, i.reason
  into odd
  from unnest(payer_seats, payee_seats, payment_amounts, payment_reasons)
    with ordinality as i (payer, payee, amount, reason, n)
  where i.payer is null or i.amount is null or i.payer = i.payee
    or i.reason is null or length(i.reason) > reason_length_max
  order by i.n
  limit 1;
  if found or array_ndims(payment_amounts) > 1 then
    raise exception 'settle_hand: payment % cannot be: %', coalesce(odd.n, 1), case
      when odd.n is null then 'the arrays have more than one dimension'
      when odd.payer is null then 'no seat pays'
      when odd.payer = odd.payee then format('seat %s pays itself', odd.payer)
      when odd.amount is null then 'it has no amount'
      else format('its reason is null or over %s characters', reason_length_max)
    end
      using errcode = 'invalid_parameter_value',
        hint = 'It has a seat that pays, another seat or null for rake, an amount and a reason.';
  end if;
  if jsonb_typeof(hand_result) is distinct from 'object'
    or length(hand_result::text) > result_length_max then
    raise exception 'settle_hand: hand_result is no object of at most % characters',
      result_length_max
      using errcode = 'invalid_parameter_value', hint = 'Give the public result as an object.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = settle_hand.hand_id;
  if not found then
    outcome := 'hand_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = settle_hand.hand_id
  for no key update;
  content_hash := sha256(convert_to(jsonb_build_array(
    to_jsonb(payer_seats), to_jsonb(payee_seats), to_jsonb(payment_amounts),
    to_jsonb(payment_reasons), hand_result)::text, 'UTF8'));
  if hand.status = 'settled' then
    outcome := case
      when hand.settlement_hash = content_hash then 'exists' else 'exists_with_different_content'
    end;
    rake_taken := hand.rake;
    return;
  end if;
  if hand.status = 'voided' then
    outcome := 'voided';
    return;
  end if;
  if hand.started_at < now() - hand_age_max then
    outcome := 'id_out_of_window';
    return;
  end if;
  -- The clock of the host that started the hand may be ahead of this one.
  ends_at := coalesce(hand_ended_at, greatest(now(), hand.started_at));
  if ends_at < hand.started_at
    or ends_at > greatest(now(), hand.started_at) + clock_ahead_max then
    raise exception 'settle_hand: a hand that started at % cannot have ended at %',
      hand.started_at, ends_at
      using errcode = 'invalid_parameter_value';
  end if;
  if sha256(revealed_seed) <> hand.server_seed_commit then
    raise exception 'settle_hand: the revealed seed is not the one that was committed to'
      using errcode = 'invalid_parameter_value',
        hint = 'Give the decrypted seed of this hand, or null to reveal none.';
  end if;
  select w.id into strict rake_wallet
  from public.user_wallets as w
  where w.code = 'rake' and w.currency = hand.currency;

  -- The hand's payments are one group: whole or not at all.
  if payments > 0 then
    select
      array_agg(d.id order by d.n) as ids,
      array_agg(case when d.payee is null then 'rake' else 'settlement' end order by d.n)
        as kinds,
      array_agg(d.payer_wallet order by d.n) as debits,
      array_agg(d.payee_wallet order by d.n) as credits,
      array_agg(jsonb_build_object('reason', d.reason) order by d.n) as metadata
    into given
    from (
      select
        i.n, i.payee, i.reason,
        public.reserved_id(hand.started_at, hand.id::text, 'settlement', i.n::integer) as id,
        coalesce(f.wallet_id, -i.n) as payer_wallet,
        case when i.payee is null then rake_wallet else coalesce(t.wallet_id, 0) end
          as payee_wallet
      from unnest(payer_seats, payee_seats, payment_reasons)
        with ordinality as i (payer, payee, reason, n)
      left join public.hand_seats as f on f.hand_id = hand.id and f.seat = i.payer
      left join public.hand_seats as t on t.hand_id = hand.id and t.seat = i.payee
    ) as d;
    outcomes := (public.post_batch(
      true, ids => given.ids, kinds => given.kinds, debit_wallet_ids => given.debits,
      credit_wallet_ids => given.credits,
      currencies => array_fill(hand.currency, array[payments]), amounts => payment_amounts[:],
      group_ids => array_fill(given.ids[1], array[payments]),
      group_sizes => array_fill(payments, array[payments]),
      reference_types => array_fill('hand'::text, array[payments]),
      reference_ids => array_fill(hand.id::text, array[payments]),
      metadata => given.metadata)).outcomes;
    if 'ok' <> any (outcomes) then
      select coalesce(min(u.outcome) filter (where u.outcome <> 'group_failed'), 'group_failed')
      into outcome
      from unnest(outcomes) as u (outcome)
      where u.outcome <> 'ok';
      return;
    end if;
  end if;

  update public.hand_seats as s
  set net = coalesce(n.net, 0), rake = coalesce(n.rake, 0)
  from (
    select
      h.seat,
      sum(case when i.payee = h.seat then i.amount else 0 end)
        - sum(case when i.payer = h.seat then i.amount else 0 end) as net,
      sum(case when i.payer = h.seat and i.payee is null then i.amount else 0 end) as rake
    from public.hand_seats as h
    left join unnest(payer_seats, payee_seats, payment_amounts) as i (payer, payee, amount)
      on h.seat in (i.payer, i.payee)
    where h.hand_id = hand.id
    group by h.seat
  ) as n
  where s.hand_id = hand.id and s.seat = n.seat;
  select coalesce(sum(s.rake), 0) into rake_taken
  from public.hand_seats as s
  where s.hand_id = hand.id;
  if rake_taken > hand.rake_cap then
    raise exception 'settle_hand: a rake of % is above the table''s cap of %',
      rake_taken, hand.rake_cap
      using errcode = 'invalid_parameter_value';
  end if;
  select coalesce(sum(s.net) filter (where s.net > 0), 0) + rake_taken into won
  from public.hand_seats as s
  where s.hand_id = hand.id;
  if rake_taken::numeric * 10000 > won * hand.rake_bps then
    raise exception 'settle_hand: a rake of % is above % basis points of the % won',
      rake_taken, hand.rake_bps, won
      using errcode = 'invalid_parameter_value';
  end if;
  update public.game_hands as h
  set
    status = 'settled', ended_at = ends_at, rake = rake_taken, result = hand_result,
    settlement_hash = content_hash, server_seed = revealed_seed,
    server_seed_encrypted = case when revealed_seed is null then h.server_seed_encrypted end,
    key_id = case when revealed_seed is null then h.key_id end
  where h.id = hand.id;
  update public.game_rooms as r set current_hand_id = null where r.id = hand.room_id;
  perform public.record_hand_results(hand.id, hand.game_id, hand.currency, ends_at);
end
$function$;
comment on function public.settle_hand(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'Settles a hand exactly once: payments between its seats (payee null: rake) as one group of the
ledger, results of the seats, statistics, the result, the revealed seed. Identifiers of the payments
follow from the hand. Freezes and limits do not apply.
Outcomes: ok, exists, exists_with_different_content, fenced, hand_not_found, voided,
id_out_of_window (older than 30 days: void it), and those of post_transactions.
Locks: the room, exclusively; the hand; the seats'' wallets; totals in the order of the players.
Example: select result from game_hands where status = ''settled'' limit 1;';

create function public.void_hand(
  hand_id uuid, room_fence bigint, hand_void_reason text, actor uuid default null)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  hand public.game_hands;
  locked record;
begin
  if hand_void_reason is null or length(btrim(hand_void_reason)) not between 1 and 200 then
    raise exception 'void_hand: a reason of 1 to 200 characters is needed'
      using errcode = 'invalid_parameter_value', hint = 'The audit log keeps it.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = void_hand.hand_id;
  if not found then
    return 'hand_not_found';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  if locked.outcome <> 'ok' then
    return locked.outcome;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = void_hand.hand_id
  for no key update;
  if hand.status <> 'playing' then
    return case when hand.status = 'voided' then 'exists' else 'settled' end;
  end if;
  update public.game_hands as h
  set status = 'voided', ended_at = now(), void_reason = hand_void_reason
  where h.id = hand.id;
  -- Chips move only at the settlement: the seats' wallets still hold the starting stacks.
  update public.hand_seats as s set net = 0, rake = 0 where s.hand_id = hand.id;
  update public.game_rooms as r set current_hand_id = null where r.id = hand.room_id;
  perform public.create_audit_log(
    actor, 'hand.voided', 'hand', hand.id::text, hand_void_reason,
    jsonb_build_object('room', hand.room_id, 'number', hand.number));
  return 'ok';
end
$function$;
comment on function public.void_hand(uuid, bigint, text, uuid) is
  'Ends a hand without a result: every seat keeps the chips that it started with. Audited.
Outcomes: ok, exists, settled, fenced, hand_not_found. Locks: the room, exclusively; the hand.
Example: select id from game_hands where status = ''voided'' limit 1;';

create function public.verify_journal()
returns table (check_name text, is_ok boolean, examined bigint, problem text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    'moves_have_seats_and_no_gaps' as check_name, coalesce(bool_and(m.is_whole), true), count(*),
    case when not bool_and(m.is_whole) then format(
      '%s hands, the first %s', count(*) filter (where not m.is_whole),
      (array_agg(m.hand_id) filter (where not m.is_whole))[1]) end
  from (
    select j.hand_id, max(j.no) = count(*) and bool_and(h.seat is not null) as is_whole
    from public.game_moves as j
    left join public.hand_seats as h on h.hand_id = j.hand_id and h.seat = j.seat
    group by j.hand_id
  ) as m
  union all
  select
    'running_hands_are_current' as check_name, coalesce(bool_and(r.is_current), true), count(*),
    case when not bool_and(r.is_current) then format(
      '%s hands, the first %s', count(*) filter (where not r.is_current),
      (array_agg(r.hand_id) filter (where not r.is_current))[1]) end
  from (
    select coalesce(h.id, o.current_hand_id) as hand_id,
      h.id is not null and o.id is not null as is_current
    from (select p.id, p.room_id from public.game_hands as p where p.status = 'playing') as h
    full join (
      select g.id, g.current_hand_id from public.game_rooms as g where g.current_hand_id is not null
    ) as o on o.current_hand_id = h.id and o.id = h.room_id
  ) as r
  union all
  select
    'results_equal_ledger' as check_name, coalesce(bool_and(s.is_equal), true), count(*),
    case when not bool_and(s.is_equal) then format(
      '%s seats, the first of hand %s', count(*) filter (where not s.is_equal),
      (array_agg(s.hand_id) filter (where not s.is_equal))[1]) end
  from (
    select h.hand_id, coalesce(p.change, 0) = coalesce(h.net, 0) as is_equal
    from public.hand_seats as h
    left join (
      select l.hand_id, l.wallet_id, sum(l.change) as change
      from (
        select t.reference_id as hand_id, t.credit_wallet_id as wallet_id, t.amount as change
        from public.transactions as t
        where t.reference_type = 'hand' and t.kind in ('settlement', 'rake')
        union all
        select t.reference_id, t.debit_wallet_id, -t.amount
        from public.transactions as t
        where t.reference_type = 'hand' and t.kind in ('settlement', 'rake')
      ) as l
      group by l.hand_id, l.wallet_id
    ) as p on p.hand_id = h.hand_id::text and p.wallet_id = h.wallet_id
    -- The payments of a hand have its time, and leave with its month.
    where not exists (
      select
      from public.ledger_archives as a
      where a.relation = 'transactions'
        || to_char(public.id_time(h.hand_id) at time zone 'UTC', '"_y"YYYY"m"MM'))
  ) as s
  union all
  select
    'results_sum_to_rake' as check_name, coalesce(bool_and(r.is_equal), true), count(*),
    case when not bool_and(r.is_equal) then format(
      '%s hands, the first %s', count(*) filter (where not r.is_equal),
      (array_agg(r.hand_id) filter (where not r.is_equal))[1]) end
  from (
    select h.id as hand_id,
      coalesce(sum(s.net) = -h.rake and sum(s.rake) = h.rake, false) as is_equal
    from public.game_hands as h
    left join public.hand_seats as s on s.hand_id = h.id
    where h.status <> 'playing'
    group by h.id
  ) as r
  union all
  select
    'stacks_equal_wallets' as check_name, coalesce(bool_and(s.is_equal), true), count(*),
    case when not bool_and(s.is_equal) then format(
      '%s seats of running hands, the first of hand %s', count(*) filter (where not s.is_equal),
      (array_agg(s.hand_id) filter (where not s.is_equal))[1]) end
  from (
    select h.id as hand_id, x.stack_start = w.balance as is_equal
    from public.game_hands as h
    join public.hand_seats as x on x.hand_id = h.id
    join public.user_wallets as w on w.id = x.wallet_id
    where h.status = 'playing'
  ) as s
  union all
  select
    'chips_on_tables_have_players' as check_name, coalesce(bool_and(s.id is not null), true),
    count(*),
    case when not bool_and(s.id is not null) then format(
      '%s seat wallets, the first %s', count(*) filter (where s.id is null),
      min(w.id) filter (where s.id is null)) end
  from public.user_wallets as w
  left join public.game_sessions as s on s.seat_wallet_id = w.id and s.stood_up_at is null
  where w.kind = 'seat' and w.balance > 0;
end;
comment on function public.verify_journal() is
  'Checks hands and moves against each other and against the ledger, a row a check; problem is null
where all is well. Reads all of both, detached months left out.
Example: select * from verify_journal();';

-- What may be known of hands that are over -------------------------------------------------------

create view public.finished_hands
with (security_barrier)
as
select
  h.id, h.room_id, h.number, h.game_id, h.rules_version, h.options, h.currency, h.base_bet,
  h.rake_bps, h.rake_cap, h.opener_seat, h.status, h.server_seed_commit, h.server_seed,
  h.started_at, h.ended_at, h.rake, h.result, h.void_reason
from public.game_hands as h
where h.status <> 'playing';
comment on view public.finished_hands is
  'Hands that are over, with the seed where it was revealed: what replay and fairness checks need.';

create view public.finished_hand_seats
with (security_barrier)
as
select
  s.hand_id, s.seat, s.session_id, s.user_id, s.stack_start, s.client_seed,
  s.bot_strength is not null as is_bot, s.net, s.rake
from public.hand_seats as s
join public.game_hands as h on h.id = s.hand_id
where h.status <> 'playing';
comment on view public.finished_hand_seats is 'Seats of hands that are over, with their results.';

create view public.finished_hand_moves
with (security_barrier)
as
select m.hand_id, m.no, m.seat, m.actor, m.move, m.trustee, m.made_at
from public.game_moves as m
join public.game_hands as h on h.id = m.hand_id
where h.status <> 'playing';
comment on view public.finished_hand_moves is 'Moves of hands that are over, in order of no.';

do $comments$
declare
  view_column record;
begin
  for view_column in
    select
      v.relname as view_name, a.attname as name, col_description(b.oid, c.attnum) as description
    from (values
      ('finished_hands', 'game_hands'), ('finished_hand_seats', 'hand_seats'),
      ('finished_hand_moves', 'game_moves')) as p (view_name, table_name)
    join pg_catalog.pg_class as v
      on v.relname = p.view_name and v.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_class as b
      on b.relname = p.table_name and b.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_attribute as a on a.attrelid = v.oid and a.attnum > 0
    join pg_catalog.pg_attribute as c on c.attrelid = b.oid and c.attname = a.attname
  loop
    execute format('comment on column public.%I.%I is %L',
      view_column.view_name, view_column.name, view_column.description);
  end loop;
end
$comments$;
comment on column public.finished_hand_seats.is_bot is 'Whether a bot sat there.';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.server_nodes, public.stake_tiers, public.hand_seats to higgs_app;
grant select on
  public.finished_hands, public.finished_hand_seats, public.finished_hand_moves
to higgs_app, higgs_readonly;
grant select on public.stake_tiers to higgs_readonly;
grant select (id, name, rules_versions, lease_expires_at, started_at, stopped_at)
  on public.server_nodes to higgs_readonly;
grant execute on function
  public.lease_duration(), public.register_node(text, text, integer[]),
  public.renew_lease(bigint), public.take_rooms(bigint, integer), public.release_node(bigint),
  public.create_room(
    text, text, text, bigint, bigint, bigint, smallint, smallint, bigint, jsonb, text, text, uuid,
    uuid, text),
  public.open_room(text, text, jsonb, text, uuid),
  public.sit_down(uuid, bigint, bigint, uuid, smallint, bigint),
  public.top_up(uuid, uuid, bigint, bigint), public.stand_up(uuid, bigint),
  public.close_room(bigint, bigint), public.return_stray_chips(bigint, uuid, text, uuid),
  public.start_hand(
    uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
    smallint[], bytea[], text[]),
  public.append_moves(
    bigint[], bigint[], uuid[], integer[], smallint[], text[], bytea[], text[], integer[],
    boolean[]),
  public.settle_hand(
    uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz),
  public.void_hand(uuid, bigint, text, uuid)
to higgs_app;
grant execute on function public.verify_journal() to higgs_app, higgs_readonly;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  7, 'hosting_and_journal', '6b1864ec94ee1b2db30e82a15f8afeeb2e98f8105f65d68ba42921e1c8e305e3', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 008_idempotency_keys.sql ------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 8)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '008_idempotency_keys.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 008 Idempotency keys: what clients call the requests by which they move money, so that a repeated
-- request is answered as before and never pays twice.

set role higgs_owner;

create table public.idempotency_keys (
  user_id uuid not null,
  key text not null,
  request_hash bytea not null,
  money_id uuid not null,
  answer_status smallint,
  answer_body bytea,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (user_id, key),
  constraint idempotency_keys_user_id_fkey foreign key (user_id) references public.users (id),
  constraint idempotency_keys_key_length check (length(key) between 1 and 255),
  constraint idempotency_keys_request_hash_size check (octet_length(request_hash) = 32),
  constraint idempotency_keys_answer_status_range check (answer_status between 200 and 299),
  constraint idempotency_keys_answer_body_size check (octet_length(answer_body) <= 8192),
  constraint idempotency_keys_answer_whole
    check ((answer_status is null) = (answer_body is null))
);
comment on table public.idempotency_keys is
  'Requests that move money, by the key that the client gave each. Kept for 30 days, which is less
than the 35 days in which the ledger takes an id.';
comment on column public.idempotency_keys.user_id is 'The player who asked.';
comment on column public.idempotency_keys.key is 'What the client calls its request.';
comment on column public.idempotency_keys.request_hash is
  'SHA-256 of what was asked, to tell a repetition from another request under the same key.';
comment on column public.idempotency_keys.money_id is
  'Identifier of the payment or of the stay, allotted when the key first came.';
comment on column public.idempotency_keys.answer_status is
  'HTTP status of the answer; null until the request was done. Refusals are not kept: they leave no
trace, and the same request may succeed later.';
comment on column public.idempotency_keys.answer_body is 'The answer''s body, as it was sent.';
comment on column public.idempotency_keys.created_at is 'When the key first came.';
create index idempotency_keys_created_at_idx on public.idempotency_keys (created_at);

create function public.claim_idempotency_key(
  player_id uuid, request_key text, hash bytea, out outcome text, out money_id uuid,
  out answer_status smallint, out answer_body bytea)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  kept constant interval := interval '30 days';
  removed_max constant integer := 10;
  known public.idempotency_keys;
begin
  -- Each new key takes a few old ones away, so that the table needs no other care.
  delete from public.idempotency_keys as o
  using (
    select k.user_id, k.key
    from public.idempotency_keys as k
    where k.created_at < now() - kept
    order by k.created_at
    limit removed_max
    for update skip locked
  ) as x
  where o.user_id = x.user_id and o.key = x.key;
  insert into public.idempotency_keys as k (user_id, key, request_hash, money_id)
  values (player_id, request_key, hash, public.new_id())
  on conflict on constraint idempotency_keys_pkey do nothing;
  select k.* into strict known
  from public.idempotency_keys as k
  where k.user_id = player_id and k.key = request_key;
  outcome := case
    when known.request_hash <> hash then 'different_request'
    when known.answer_status is not null then 'answered'
    else 'proceed'
  end;
  if outcome = 'proceed' then
    money_id := known.money_id;
  elsif outcome = 'answered' then
    answer_status := known.answer_status;
    answer_body := known.answer_body;
  end if;
end
$function$;
comment on function public.claim_idempotency_key(uuid, text, bytea) is
  'Notes a request under its key, with the identifier of the money that it moves; a repetition gets
the same identifier, so that the ledger pays once. Outcomes: proceed (do it with money_id), answered
(it was done: the answer), different_request (the key was used for something else).
Locks: the row of the key.
Example: select outcome, money_id
from claim_idempotency_key(user_id_of(''ayu''), ''sit-1'', sha256(''sit''));';

create function public.answer_idempotency_key(
  player_id uuid, request_key text, status smallint, body bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.idempotency_keys as k
  set answer_status = status, answer_body = body
  where k.user_id = player_id and k.key = request_key and k.answer_status is null;
end;
comment on function public.answer_idempotency_key(uuid, text, smallint, bytea) is
  'Keeps the answer of a request that was done; the first answer stands. Locks: the row of the key.
Example: select answer_idempotency_key(user_id_of(''ayu''), ''sit-1'', 201::smallint, ''{}'');';

-- Rights -----------------------------------------------------------------------------------------

grant select on public.idempotency_keys to higgs_app;
grant execute on function
  public.claim_idempotency_key(uuid, text, bytea),
  public.answer_idempotency_key(uuid, text, smallint, bytea)
to higgs_app;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  8, 'idempotency_keys', '31369c2fa935cd9fe48e946398a7195c669c64d8ffc352b3d1372720a15520d9', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 009_live_tables.sql -----------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 9)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '009_live_tables.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 009 Live tables: the promise of the next deal, a room taken by name, and the restart of a node.

set role higgs_owner;

create table public.room_deals (
  room_id bigint not null,
  number integer not null,
  server_seed_commit bytea not null,
  server_seed_encrypted bytea not null,
  key_id bytea not null,
  promised_at timestamptz not null default now(),
  constraint room_deals_pkey primary key (room_id),
  constraint room_deals_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint room_deals_number_positive check (number > 0),
  constraint room_deals_server_seed_commit_size check (octet_length(server_seed_commit) = 32),
  constraint room_deals_server_seed_encrypted_size
    check (octet_length(server_seed_encrypted) between 29 and 256),
  constraint room_deals_key_id_size check (octet_length(key_id) between 1 and 32)
)
with (fillfactor = 70);
comment on table public.room_deals is
  'The last deal that each room promised: its server seed is fixed before any client seed is taken,
and a restart keeps it.';
comment on column public.room_deals.room_id is 'The room.';
comment on column public.room_deals.number is 'Number of the hand that it is for.';
comment on column public.room_deals.server_seed_commit is
  'SHA-256 of the server seed: what players are told.';
comment on column public.room_deals.server_seed_encrypted is 'Server seed under AES-GCM.';
comment on column public.room_deals.key_id is 'Which key of the key ring encrypted the seed.';
comment on column public.room_deals.promised_at is 'When it was promised.';

create function public.promise_deal(
  room bigint,
  room_fence bigint,
  hand_number integer,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  out outcome text,
  out promised_commit bytea,
  out promised_encrypted bytea,
  out promised_key_id bytea
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  locked record;
begin
  if hand_number is null or seed_commit is null or seed_encrypted is null or seed_key_id is null
  then
    raise exception 'promise_deal: number, commit, encrypted seed and key are all needed'
      using errcode = 'invalid_parameter_value';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select d.server_seed_commit, d.server_seed_encrypted, d.key_id
  into promised_commit, promised_encrypted, promised_key_id
  from public.room_deals as d
  where d.room_id = room and d.number = hand_number;
  if found then
    outcome := 'exists';
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if hand_number <> locked.hands_started + 1 then
    outcome := 'out_of_order';
    return;
  end if;
  insert into public.room_deals as d (
    room_id, number, server_seed_commit, server_seed_encrypted, key_id)
  values (room, hand_number, seed_commit, seed_encrypted, seed_key_id)
  on conflict (room_id) do update
  set
    number = excluded.number, server_seed_commit = excluded.server_seed_commit,
    server_seed_encrypted = excluded.server_seed_encrypted, key_id = excluded.key_id,
    promised_at = now();
  promised_commit := seed_commit;
  promised_encrypted := seed_encrypted;
  promised_key_id := seed_key_id;
end
$function$;
comment on function public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea) is
  'Fixes the server seed of a room''s next hand before any client seed is taken. Where one is
promised for that hand already, the answer is exists with that one, whatever is given: a promise is
never exchanged. Outcomes: ok, exists, fenced, room_not_found, room_closed, out_of_order (not the
next hand). Locks: the room, exclusively.
Example: select number, server_seed_commit from room_deals limit 1;';

create function public.check_promised_deal()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  if exists (
    select
    from public.room_deals as d
    where d.room_id = new.room_id and d.number = new.number
      and d.server_seed_commit <> new.server_seed_commit
  ) then
    raise exception 'hand % of room % was promised with another server seed',
      new.number, new.room_id
      using errcode = 'invalid_parameter_value',
        hint = 'Start it with the seed of room_deals.';
  end if;
  return null;
end
$function$;
comment on function public.check_promised_deal() is
  'Keeps a hand from starting with another server seed than the promised one.';

create trigger game_hands_keep_promise
after insert on public.game_hands
for each row execute function public.check_promised_deal();
comment on trigger game_hands_keep_promise on public.game_hands is
  'A promised server seed is not exchanged.';

create function public.take_room(
  node bigint, room bigint, out outcome text, out fence bigint, out hand_id uuid)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform pg_advisory_xact_lock(room);
  -- The next statements see what was committed before the lock was had.
  update public.game_rooms as r
  set host_node = node, fence = r.fence + 1
  from public.server_nodes as me
  where r.id = room
    and me.id = node and me.stopped_at is null and me.lease_expires_at > clock_timestamp()
    and r.status <> 'closed'
    and not exists (
      select
      from public.server_nodes as h
      where h.id = r.host_node and h.stopped_at is null
        and h.lease_expires_at >= clock_timestamp())
    and not exists (
      select
      from public.game_hands as g
      where g.id = r.current_hand_id and g.rules_version <> all (me.rules_versions))
  returning r.fence, r.current_hand_id into fence, hand_id;
  outcome := case when found then 'ok' else 'not_taken' end;
end
$function$;
comment on function public.take_room(bigint, bigint) is
  'Gives a node one room, as take_rooms gives it many: ok with the new fence and the hand that runs
there, or not_taken where the room is unknown, closed or hosted, where its hand has rules that the
node does not know, or where the node has no lease. Locks: the room, exclusively.
Example: select * from take_room(1, 1);';

create function public.succeed_nodes(node bigint)
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  with stopped as (
    update public.server_nodes as n
    set stopped_at = clock_timestamp(), lease_expires_at = clock_timestamp()
    from public.server_nodes as me
    where me.id = node and me.stopped_at is null
      and n.name = me.name and n.internal_address = me.internal_address
      and n.id < me.id and n.stopped_at is null
    returning n.id
  )
  select count(*)::integer from stopped as s;
end;
comment on function public.succeed_nodes(bigint) is
  'Ends the leases of earlier nodes with the same name and internal address, for a caller that knows
that they are dead, as one that has bound their address does; how many there were. Their rooms can
be taken at once. An old node that lives after all is refused by the fence.
Example: select succeed_nodes(max(id)) from server_nodes;';

grant select on public.room_deals to higgs_app;
grant execute on function
  public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea),
  public.take_room(bigint, bigint), public.succeed_nodes(bigint)
to higgs_app;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  9, 'live_tables', '9ac98e48e6fc34a3c64a4943fe24dbdfe5ef5509fd2ec75cd74564f1e89207a8', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 010_hands_in_batches.sql ------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 10)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '010_hands_in_batches.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 010 Hands in batches: many hands promised, started and settled in one call, with the outcomes of
-- the single functions. What both need is here once; the single functions are replaced to use it.
--
-- Locks, as everywhere: rooms in the order of their ids, hands, wallets, transaction ids, and the
-- totals of players in the order of the players.
--
-- Joins with large tables say the keys once more, as in h.id = any (hand_ids): a plan is made once
-- in a session, perhaps while a table is small, and must not read all of it when it has grown.

set role higgs_owner;

-- What every batch needs -------------------------------------------------------------------------

create function public.lock_rooms(room_ids bigint[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'tables need READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform pg_advisory_xact_lock(r.id)
  from (select distinct u.id from unnest(room_ids) as u (id) order by u.id) as r;
end
$function$;
comment on function public.lock_rooms(bigint[]) is
  'Takes the locks of rooms exclusively, in the order of their ids. Statements after it see every
takeover that came before; a takeover that comes later waits. READ COMMITTED only. Internal.
Locks: the rooms.';

create or replace function public.locked_room(room bigint, room_fence bigint, out outcome text,
  out row_found public.game_rooms)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform public.lock_rooms(array[room]);
  -- The fence is read by a statement that begins after the lock was had: a takeover before it is
  -- seen, and one after it waits.
  select r.* into row_found from public.game_rooms as r where r.id = room;
  outcome := case
    when not found then 'room_not_found'
    when row_found.fence is distinct from room_fence then 'fenced'
    else 'ok'
  end;
end
$function$;

create function public.check_batch(
  caller text, items_max integer, lengths integer[], optional_lengths integer[],
  dimensions integer[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
begin
  if array_position(lengths, null) is not null or lengths[1] <> any (lengths)
    or lengths[1] <> any (array_remove(optional_lengths, null)) then
    raise exception '%: the arrays of items must be equally long', caller
      using errcode = 'invalid_parameter_value',
        hint = 'Give one element for each item, a null where it has none.';
  end if;
  if lengths[1] > items_max then
    raise exception '%: % items in one call, more than %', caller, lengths[1], items_max
      using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
  end if;
  if 1 < any (dimensions) then
    raise exception '%: an array has more than one dimension', caller
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each item.';
  end if;
end
$function$;
comment on function public.check_batch(text, integer, integer[], integer[], integer[]) is
  'Refuses a call whose arrays differ in length, are too long or are tables. Internal.';

create function public.check_parts(
  caller text, items integer, parts_max integer, part_items integer[], lengths integer[],
  optional_lengths integer[], dimensions integer[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform public.check_batch(
    caller, parts_max, cardinality(part_items) || lengths, optional_lengths, dimensions);
  if array_position(part_items, null) is not null
    or 1 > any (part_items) or items < any (part_items) then
    raise exception '%: a payment or seat belongs to none of the % items', caller, items
      using errcode = 'invalid_parameter_value',
        hint = 'Say of each to which item it belongs, counted from 1.';
  end if;
end
$function$;
comment on function public.check_parts(
  text, integer, integer, integer[], integer[], integer[], integer[]) is
  'As check_batch(), for what items consist of: each part names its item. Internal.';

create function public.is_fault_of_item(error_state text)
returns boolean
language sql
immutable
parallel safe
return left(error_state, 2) in ('21', '22', '23', 'P0');
comment on function public.is_fault_of_item(text) is
  'Whether an error comes from what an item asks for: data, a constraint, a rule. All others
(deadlock, no memory, no disk, a shutdown) end the whole call. Internal.';

-- Promises ---------------------------------------------------------------------------------------

create function public.write_deals(
  room_ids bigint[], hand_numbers integer[], seed_commits bytea[], seeds_encrypted bytea[],
  seed_key_ids bytea[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  insert into public.room_deals as d (
    room_id, number, server_seed_commit, server_seed_encrypted, key_id)
  select i.room_id, i.number, i.commit, i.encrypted, i.key_id
  from unnest(room_ids, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, number, commit, encrypted, key_id)
  order by i.room_id
  on conflict (room_id) do update
  set
    number = excluded.number, server_seed_commit = excluded.server_seed_commit,
    server_seed_encrypted = excluded.server_seed_encrypted, key_id = excluded.key_id,
    promised_at = now();
end
$function$;
comment on function public.write_deals(bigint[], integer[], bytea[], bytea[], bytea[]) is
  'Writes promises that were found to be in order. The caller holds the locks of the rooms.
Internal.';

create or replace function public.promise_deal(
  room bigint,
  room_fence bigint,
  hand_number integer,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  out outcome text,
  out promised_commit bytea,
  out promised_encrypted bytea,
  out promised_key_id bytea
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
declare
  locked record;
begin
  if hand_number is null or seed_commit is null or seed_encrypted is null or seed_key_id is null
  then
    raise exception 'promise_deal: number, commit, encrypted seed and key are all needed'
      using errcode = 'invalid_parameter_value';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select d.server_seed_commit, d.server_seed_encrypted, d.key_id
  into promised_commit, promised_encrypted, promised_key_id
  from public.room_deals as d
  where d.room_id = room and d.number = hand_number;
  if found then
    outcome := 'exists';
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if hand_number <> locked.hands_started + 1 then
    outcome := 'out_of_order';
    return;
  end if;
  perform public.write_deals(
    array[room], array[hand_number], array[seed_commit], array[seed_encrypted],
    array[seed_key_id]);
  promised_commit := seed_commit;
  promised_encrypted := seed_encrypted;
  promised_key_id := seed_key_id;
end
$function$;

create or replace function public.check_promised_deal()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  broken record;
begin
  select s.number, s.room_id
  into broken
  from started as s
  join public.room_deals as d on d.room_id = s.room_id and d.number = s.number
  where d.server_seed_commit <> s.server_seed_commit
    and d.room_id = any (array(select t.room_id from started as t))
  order by s.room_id
  limit 1;
  if found then
    raise exception 'hand % of room % was promised with another server seed',
      broken.number, broken.room_id
      using errcode = 'invalid_parameter_value',
        hint = 'Start it with the seed of room_deals.';
  end if;
  return null;
end
$function$;
drop trigger game_hands_keep_promise on public.game_hands;
create trigger game_hands_keep_promise
after insert on public.game_hands
referencing new table as started
for each statement execute function public.check_promised_deal();
comment on trigger game_hands_keep_promise on public.game_hands is
  'A promised server seed is not exchanged.';

create function public.promise_deals(
  room_ids bigint[],
  fences bigint[],
  hand_numbers integer[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[]
)
returns table (
  item integer, outcome text, promised_commit bytea, promised_encrypted bytea,
  promised_key_id bytea, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  deals_max constant integer := 256;
  items constant integer := cardinality(room_ids);
  is_plain boolean;
  given record;
begin
  perform public.check_batch(
    'promise_deals', deals_max,
    array[items, cardinality(fences), cardinality(hand_numbers), cardinality(seed_commits),
      cardinality(seeds_encrypted), cardinality(seed_key_ids)],
    null,
    array[array_ndims(room_ids), array_ndims(fences), array_ndims(hand_numbers),
      array_ndims(seed_commits), array_ndims(seeds_encrypted), array_ndims(seed_key_ids)]);
  perform public.lock_rooms(room_ids);

  -- The fast way stands only where every promise is new and in order; it refuses nothing itself.
  select
    count(distinct i.room_id) = items and bool_and((
      r.fence = i.fence and r.status = 'open' and i.number = r.hands_started + 1
      and num_nulls(i.commit, i.encrypted, i.key_id) = 0
      and (d.number is null or d.number <> i.number)) is true)
  into is_plain
  from unnest(room_ids, fences, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, fence, number, commit, encrypted, key_id)
  left join public.game_rooms as r on r.id = i.room_id and r.id = any (room_ids)
  left join public.room_deals as d on d.room_id = i.room_id and d.room_id = any (room_ids);
  if is_plain then
    begin
      perform public.write_deals(
        room_ids, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids);
      return query
      select i.item::integer, 'ok', i.commit, i.encrypted, i.key_id, null::text
      from unnest(seed_commits, seeds_encrypted, seed_key_ids)
        with ordinality as i (commit, encrypted, key_id, item);
      return;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  for given in
    select i.item::integer as item, i.room_id, i.fence, i.number, i.commit, i.encrypted, i.key_id
    from unnest(room_ids, fences, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
      with ordinality as i (room_id, fence, number, commit, encrypted, key_id, item)
    order by i.item
  loop
    item := given.item;
    problem := null;
    begin
      select p.outcome, p.promised_commit, p.promised_encrypted, p.promised_key_id
      into outcome, promised_commit, promised_encrypted, promised_key_id
      from public.promise_deal(
        given.room_id, given.fence, given.number, given.commit, given.encrypted,
        given.key_id) as p;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
      outcome := 'invalid';
      promised_commit := null;
      promised_encrypted := null;
      promised_key_id := null;
      problem := sqlerrm;
    end;
    return next;
  end loop;
end
$function$;
comment on function public.promise_deals(
  bigint[], bigint[], integer[], bytea[], bytea[], bytea[]) is
  'Promises the next deals of many rooms, at most 256, in one call; one result an item, in order, as
promise_deal() answers for each in turn. One item''s refusal never sinks others. Outcomes: those of
promise_deal(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids.
Example: select * from promise_deals(''{1}'', ''{0}'', ''{1}'', array[sha256(''a'')],
array[sha256(''a'')], ''{k}'');';

-- Starts -----------------------------------------------------------------------------------------

create function public.may_start_at(moment timestamptz)
returns boolean
language sql
stable
return moment between now() - interval '30 days' and now() + interval '5 minutes';
comment on function public.may_start_at(timestamptz) is
  'Whether a hand may have an identifier of that time: not older than 30 days, at most 5 minutes
ahead. Internal.';

create function public.may_settle_from(started_at timestamptz)
returns boolean
language sql
stable
return started_at >= now() - interval '30 days';
comment on function public.may_settle_from(timestamptz) is
  'Whether a hand that started then may still be settled: an older one is voided. Internal.';

create function public.ready_seats(rooms bigint[])
returns table (
  room_id bigint, seat smallint, session_id uuid, user_id uuid, wallet_id bigint, stack bigint)
language sql
stable
begin atomic
  select s.room_id, s.seat, s.id, s.user_id, s.seat_wallet_id, w.balance
  from public.game_sessions as s
  join public.user_wallets as w on w.id = s.seat_wallet_id
  where s.room_id = any (rooms) and s.stood_up_at is null and s.leave_requested_at is null
    and w.balance > 0;
end;
comment on function public.ready_seats(bigint[]) is
  'The seats of rooms that can be dealt in: somebody sits there, wants to stay, and has chips. The
stack is what the seat''s wallet holds; it cannot change until the settlement. Internal.';

create function public.write_starts(
  hand_ids uuid[],
  room_ids bigint[],
  rules_versions integer[],
  hand_options jsonb[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[],
  opener_seats smallint[],
  seat_items integer[],
  seats smallint[],
  client_seeds text[],
  bot_strengths smallint[],
  bot_seeds bytea[],
  bot_styles text[]
)
returns table (item integer, hand_number integer, stacks bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  return query
  with started as (
    insert into public.game_hands (
      id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
      opener_seat, server_seed_commit, server_seed_encrypted, key_id, started_at)
    select
      i.hand_id, r.id, r.hands_started + 1, r.game_id, i.rules_version, i.options, r.currency,
      r.base_bet, r.rake_bps, r.rake_cap, i.opener_seat, i.commit, i.encrypted, i.key_id,
      public.id_time(i.hand_id)
    from unnest(
      hand_ids, room_ids, rules_versions, hand_options, seed_commits, seeds_encrypted,
      seed_key_ids, opener_seats
    ) as i (hand_id, room_id, rules_version, options, commit, encrypted, key_id, opener_seat)
    join public.game_rooms as r on r.id = i.room_id
    where r.id = any (room_ids)
    returning id, room_id, number
  ),
  dealt_in as (
    insert into public.hand_seats (
      hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, bot_strength,
      bot_seed, bot_style)
    select
      hand_ids[i.item], q.seat, q.session_id, q.user_id, q.wallet_id, q.stack, i.client_seed,
      i.bot_strength, i.bot_seed, i.bot_style
    from unnest(seat_items, seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
      as i (item, seat, client_seed, bot_strength, bot_seed, bot_style)
    join public.ready_seats(room_ids) as q
      on q.room_id = room_ids[i.item] and q.seat = i.seat
    order by i.item, i.seat
    returning hand_id, seat, session_id, stack_start
  ),
  played as (
    update public.game_sessions as s
    set first_hand = coalesce(s.first_hand, h.number), last_hand = h.number
    from dealt_in as d
    join started as h on h.id = d.hand_id
    where s.id = d.session_id and s.room_id = any (room_ids)
  ),
  running as (
    update public.game_rooms as r
    set hands_started = h.number, current_hand_id = h.id
    from started as h
    where r.id = h.room_id and r.id = any (room_ids)
  )
  select
    array_position(hand_ids, h.id), h.number, array_agg(d.stack_start order by d.seat)
  from started as h
  join dealt_in as d on d.hand_id = h.id
  group by h.id, h.number
  order by 1;
end
$function$;
comment on function public.write_starts(
  uuid[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[], integer[],
  smallint[], text[], smallint[], bytea[], text[]) is
  'Writes hands that were found to be in order, with their seats, in one statement. The caller holds
the locks of the rooms, and compares the stacks with the seats that it gave. Internal.';

create or replace function public.start_hand(
  hand_id uuid,
  room bigint,
  room_fence bigint,
  hand_rules_version integer,
  hand_options jsonb,
  seed_commit bytea,
  seed_encrypted bytea,
  seed_key_id bytea,
  seats smallint[],
  client_seeds text[],
  hand_opener_seat smallint default null,
  bot_strengths smallint[] default null,
  bot_seeds bytea[] default null,
  bot_styles text[] default null,
  out outcome text,
  out hand_number integer,
  out stacks bigint[]
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
declare
  locked record;
  earlier public.game_hands;
  seats_min smallint;
  fit integer;
  violated text;
begin
  if array_ndims(seats) > 1 or array_ndims(client_seeds) > 1 or array_ndims(bot_strengths) > 1
    or array_ndims(bot_seeds) > 1 or array_ndims(bot_styles) > 1 then
    raise exception 'start_hand: an array has more than one dimension'
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each seat.';
  end if;
  if cardinality(seats) is null or cardinality(client_seeds) is distinct from cardinality(seats)
    or cardinality(bot_strengths) <> cardinality(seats)
    or cardinality(bot_seeds) <> cardinality(seats)
    or cardinality(bot_styles) <> cardinality(seats) then
    raise exception
      'start_hand: seats, client_seeds and what bots have differ in length, or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  if exists (
    select
    from unnest(seats) with ordinality as i (seat, n)
    join unnest(seats) with ordinality as j (seat, n) on j.n = i.n + 1
    where j.seat <= i.seat
  ) then
    raise exception 'start_hand: seats % are not in ascending order', seats
      using errcode = 'invalid_parameter_value',
        hint = 'Each seat once, the lowest first; seeds and bots in the same order.';
  end if;
  if public.is_version_7(hand_id) is not true then
    raise exception 'start_hand: hand_id is %',
      coalesce(hand_id || ', which is not of version 7', 'null')
      using errcode = 'invalid_parameter_value', hint = 'Choose a version-7 id, as new_id() does.';
  end if;
  if num_nulls(hand_rules_version, hand_options, seed_commit, seed_encrypted, seed_key_id) > 0 then
    raise exception 'start_hand: rules version, options and the three parts of the seed are needed'
      using errcode = 'invalid_parameter_value',
        hint = 'No options are {}; the seed is its SHA-256, itself encrypted, the name of the key.';
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(room, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into earlier from public.game_hands as h where h.id = hand_id;
  if found then
    outcome := case
      when earlier.room_id = room and earlier.server_seed_commit = seed_commit
        and earlier.rules_version = hand_rules_version and earlier.options = hand_options
        and earlier.opener_seat is not distinct from hand_opener_seat
        and not exists (
          select
          from (
            select h.seat, h.client_seed, h.bot_strength, h.bot_seed, h.bot_style
            from public.hand_seats as h
            where h.hand_id = earlier.id
          ) as s
          full join unnest(seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
            as i (seat, client_seed, bot_strength, bot_seed, bot_style) on i.seat = s.seat
          where (i.seat, i.client_seed, i.bot_strength, i.bot_seed, i.bot_style)
            is distinct from
            (s.seat, s.client_seed, s.bot_strength, s.bot_seed, s.bot_style))
        then 'exists'
      else 'exists_with_different_content'
    end;
    if outcome = 'exists' then
      hand_number := earlier.number;
      stacks := (
        select array_agg(s.stack_start order by s.seat)
        from public.hand_seats as s
        where s.hand_id = earlier.id);
    end if;
    return;
  end if;
  if locked.status <> 'open' then
    outcome := 'room_closed';
    return;
  end if;
  if locked.current_hand_id is not null then
    outcome := 'hand_running';
    return;
  end if;
  if not public.may_start_at(public.id_time(hand_id)) then
    outcome := 'id_out_of_window';
    return;
  end if;
  select g.seats_min into strict seats_min from public.games as g where g.id = locked.game_id;
  if cardinality(seats) < seats_min then
    outcome := 'too_few_seats';
    return;
  end if;
  -- Stacks are what the seats' wallets hold; they cannot change until the settlement.
  select count(*)
  into fit
  from public.ready_seats(array[room]) as s
  where s.seat = any (seats);
  if fit <> cardinality(seats) then
    outcome := 'seat_not_ready';
    return;
  end if;
  begin
    select w.hand_number, w.stacks
    into hand_number, stacks
    from public.write_starts(
      array[hand_id], array[room], array[hand_rules_version], array[hand_options],
      array[seed_commit], array[seed_encrypted], array[seed_key_id], array[hand_opener_seat],
      array_fill(1, array[cardinality(seats)]), seats, client_seeds, bot_strengths, bot_seeds,
      bot_styles) as w;
  exception when check_violation then
    get stacked diagnostics violated = constraint_name;
    raise exception 'start_hand: %', sqlerrm
      using errcode = 'check_violation', constraint = violated,
        hint = 'It must keep: ' || coalesce(
          public.rule_of('public.game_hands', violated),
          public.rule_of('public.hand_seats', violated));
  end;
end
$function$;

create function public.start_hands(
  hand_ids uuid[],
  room_ids bigint[],
  fences bigint[],
  rules_versions integer[],
  hand_options jsonb[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[],
  opener_seats smallint[],
  seat_items integer[],
  seats smallint[],
  client_seeds text[],
  bot_strengths smallint[],
  bot_seeds bytea[],
  bot_styles text[]
)
returns table (item integer, outcome text, hand_number integer, stacks bigint[], problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  hands_max constant integer := 256;
  seats_max constant integer := 2048;
  items constant integer := cardinality(hand_ids);
  is_plain boolean;
  hands_written bigint;
  seats_written bigint;
  given record;
begin
  perform public.check_batch(
    'start_hands', hands_max,
    array[items, cardinality(room_ids), cardinality(fences), cardinality(rules_versions),
      cardinality(hand_options), cardinality(seed_commits), cardinality(seeds_encrypted),
      cardinality(seed_key_ids)],
    array[cardinality(opener_seats)],
    array[array_ndims(hand_ids), array_ndims(room_ids), array_ndims(fences),
      array_ndims(rules_versions), array_ndims(hand_options), array_ndims(seed_commits),
      array_ndims(seeds_encrypted), array_ndims(seed_key_ids), array_ndims(opener_seats)]);
  perform public.check_parts(
    'start_hands', items, seats_max, seat_items,
    array[cardinality(seats), cardinality(client_seeds)],
    array[cardinality(bot_strengths), cardinality(bot_seeds), cardinality(bot_styles)],
    array[array_ndims(seat_items), array_ndims(seats), array_ndims(client_seeds),
      array_ndims(bot_strengths), array_ndims(bot_seeds), array_ndims(bot_styles)]);
  perform public.lock_rooms(room_ids);

  -- The fast way stands only where every hand is new and in order; it refuses nothing itself.
  select
    count(distinct i.hand_id) = items and count(distinct i.room_id) = items
    and bool_and((
      public.is_version_7(i.hand_id) and public.may_start_at(public.id_time(i.hand_id))
      and h.id is null and r.fence = i.fence and r.status = 'open' and r.current_hand_id is null
      and num_nulls(i.rules_version, i.options, i.commit, i.encrypted, i.key_id) = 0
      and s.seats >= g.seats_min and s.ascend) is true)
  into is_plain
  from unnest(
    hand_ids, room_ids, fences, rules_versions, hand_options, seed_commits, seeds_encrypted,
    seed_key_ids
  ) with ordinality as i (
    hand_id, room_id, fence, rules_version, options, commit, encrypted, key_id, item)
  left join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join public.game_rooms as r on r.id = i.room_id and r.id = any (room_ids)
  left join public.games as g on g.id = r.game_id
  left join (
    select
      u.item, count(*) as seats,
      bool_and(u.seat is not null and u.seat > coalesce(u.seat_before, -1)) as ascend
    from (
      select
        j.item, j.seat,
        lag(j.seat) over (partition by j.item order by j.place) as seat_before
      from unnest(seat_items, seats) with ordinality as j (item, seat, place)
    ) as u
    group by u.item
  ) as s on s.item = i.item;
  if is_plain then
    begin
      select count(*), sum(cardinality(w.stacks))
      into hands_written, seats_written
      from public.write_starts(
        hand_ids[:], room_ids[:], rules_versions, hand_options, seed_commits, seeds_encrypted,
        seed_key_ids, opener_seats, seat_items, seats, client_seeds, bot_strengths, bot_seeds,
        bot_styles) as w;
      if hands_written = items and seats_written = cardinality(seats) then
        return query
        select i.item::integer, 'ok', h.number, s.stacks, null::text
        from unnest(hand_ids) with ordinality as i (hand_id, item)
        join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
        cross join lateral (
          select array_agg(d.stack_start order by d.seat) as stacks
          from public.hand_seats as d
          where d.hand_id = i.hand_id
        ) as s
        order by i.item;
        return;
      end if;
      raise exception 'a seat is not ready';
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  for given in
    select
      i.item::integer as item, i.hand_id, i.room_id, i.fence, i.rules_version, i.options, i.commit,
      i.encrypted, i.key_id, i.opener_seat, coalesce(s.seats, '{}') as seats,
      coalesce(s.client_seeds, '{}') as client_seeds,
      coalesce(s.bot_strengths, '{}') as bot_strengths,
      coalesce(s.bot_seeds, '{}') as bot_seeds, coalesce(s.bot_styles, '{}') as bot_styles
    from unnest(
      hand_ids, room_ids, fences, rules_versions, hand_options, seed_commits, seeds_encrypted,
      seed_key_ids, opener_seats
    ) with ordinality as i (
      hand_id, room_id, fence, rules_version, options, commit, encrypted, key_id, opener_seat,
      item)
    left join (
      select
        j.item, array_agg(j.seat order by j.place) as seats,
        array_agg(j.client_seed order by j.place) as client_seeds,
        array_agg(j.bot_strength order by j.place) as bot_strengths,
        array_agg(j.bot_seed order by j.place) as bot_seeds,
        array_agg(j.bot_style order by j.place) as bot_styles
      from unnest(seat_items, seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
        with ordinality as j (
          item, seat, client_seed, bot_strength, bot_seed, bot_style, place)
      group by j.item
    ) as s on s.item = i.item
    order by i.item
  loop
    item := given.item;
    problem := null;
    begin
      select s.outcome, s.hand_number, s.stacks
      into outcome, hand_number, stacks
      from public.start_hand(
        given.hand_id, given.room_id, given.fence, given.rules_version, given.options,
        given.commit, given.encrypted, given.key_id, given.seats, given.client_seeds,
        given.opener_seat, given.bot_strengths, given.bot_seeds, given.bot_styles) as s;
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
      outcome := 'invalid';
      hand_number := null;
      stacks := null;
      problem := sqlerrm;
    end;
    return next;
  end loop;
end
$function$;
comment on function public.start_hands(
  uuid[], bigint[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[],
  integer[], smallint[], text[], smallint[], bytea[], text[]) is
  'Starts hands in many rooms, at most 256, in one call; one result an item, in order, as
start_hand() answers for each in turn. seat_items says to which hand each seat belongs, from 1; the
arrays of openers and bots may be null. One item''s refusal never sinks others. Outcomes: those of
start_hand(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids.
Example: select * from start_hands(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'',
null, ''{}'', ''{}'', ''{}'', null, null, null);';

-- Settlements ------------------------------------------------------------------------------------

create function public.payment_problem(
  payer smallint, payee smallint, amount bigint, reason text)
returns text
language sql
immutable
parallel safe
return case
  when payer is null then 'no seat pays'
  when payer = payee then 'seat ' || payer::text || ' pays itself'
  when amount is null then 'it has no amount'
  when reason is null or length(reason) > 200 then 'its reason is null or over 200 characters'
end;
comment on function public.payment_problem(smallint, smallint, bigint, text) is
  'Why no settlement can have such a payment; null where it can be. Internal.';

create function public.is_hand_result(result jsonb)
returns boolean
language sql
immutable
parallel safe
return coalesce(jsonb_typeof(result) = 'object' and length(result::text) <= 20000, false);
comment on function public.is_hand_result(jsonb) is
  'Whether it can be the result of a hand: an object of at most 20000 characters. Internal.';

create function public.settlement_hash(
  payer_seats smallint[], payee_seats smallint[], payment_amounts bigint[],
  payment_reasons text[], hand_result jsonb)
returns bytea
language sql
stable
parallel safe
return sha256(convert_to(jsonb_build_array(
  to_jsonb(payer_seats), to_jsonb(payee_seats), to_jsonb(payment_amounts),
  to_jsonb(payment_reasons), hand_result)::text, 'UTF8'));
comment on function public.settlement_hash(
  smallint[], smallint[], bigint[], text[], jsonb) is
  'SHA-256 of what a settlement says, to tell a repeated one from another. Internal.';

create function public.hand_end(given_end timestamptz, started_at timestamptz)
returns timestamptz
language sql
stable
return coalesce(given_end, greatest(now(), started_at));
comment on function public.hand_end(timestamptz, timestamptz) is
  'When a hand ended: as given, else now. The clock of the host that started it may be ahead of
this one. Internal.';

create function public.is_hand_end(ended_at timestamptz, started_at timestamptz)
returns boolean
language sql
stable
return ended_at between started_at and greatest(now(), started_at) + interval '5 minutes';
comment on function public.is_hand_end(timestamptz, timestamptz) is
  'Whether a hand that started then can have ended so. Internal.';

create function public.rake_problem(
  rake bigint, rake_cap bigint, won numeric, rake_bps smallint)
returns text
language sql
immutable
parallel safe
return case
  when rake > rake_cap
    then 'a rake of ' || rake::text || ' is above the table''s cap of ' || rake_cap::text
  when rake::numeric * 10000 > won * rake_bps
    then 'a rake of ' || rake::text || ' is above ' || rake_bps::text || ' basis points of the '
      || won::text || ' won'
end;
comment on function public.rake_problem(bigint, bigint, numeric, smallint) is
  'Why a hand''s rake is too high for what was won, rake included; null where it is not. Internal.';

create function public.post_hands(
  hand_ids uuid[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[]
)
returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  payments_max constant integer := 1000;  -- as post_batch() has it
  given record;
  payments integer;
  from_place integer := 1;
  to_place integer;
  outcomes text[] := '{}';
begin
  select
    array_agg(p.id) as ids,
    array_agg(p.kind) as kinds,
    array_agg(p.payer_wallet) as debits,
    array_agg(p.payee_wallet) as credits,
    array_agg(p.currency) as currencies,
    array_agg(p.amount) as amounts,
    array_agg(p.group_id) as groups,
    array_agg(p.group_size) as sizes,
    array_agg(p.hand_id) as reference_ids,
    array_agg(p.metadata) as metadata
  into given
  from (
    select
      d.item, d.n, d.hand_id, d.kind, d.payer_wallet, d.payee_wallet, d.currency, d.amount,
      d.metadata, d.id, d.group_size,
      first_value(d.id) over (partition by d.item order by d.n) as group_id
    from (
      select
        i.item, i.n, i.amount, h.currency, h.id::text as hand_id, i.group_size,
        public.reserved_id(h.started_at, h.id::text, 'settlement', i.n) as id,
        case when i.payee is null then 'rake' else 'settlement' end as kind,
        coalesce(f.wallet_id, -i.n) as payer_wallet,
        coalesce(case when i.payee is null then k.id else t.wallet_id end, 0) as payee_wallet,
        jsonb_build_object('reason', i.reason) as metadata
      from (
        select
          u.item, u.payer, u.payee, u.amount, u.reason,
          (row_number() over (partition by u.item order by u.place))::integer as n,
          (count(*) over (partition by u.item))::integer as group_size
        from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
          with ordinality as u (item, payer, payee, amount, reason, place)
      ) as i
      join public.game_hands as h on h.id = hand_ids[i.item] and h.id = any (hand_ids)
      left join public.hand_seats as f
        on f.hand_id = h.id and f.seat = i.payer and f.hand_id = any (hand_ids)
      left join public.hand_seats as t
        on t.hand_id = h.id and t.seat = i.payee and t.hand_id = any (hand_ids)
      left join public.user_wallets as k
        on i.payee is null and k.code = 'rake' and k.currency = h.currency
    ) as d
    order by d.item, d.n
  ) as p;
  payments := coalesce(cardinality(given.ids), 0);
  if payments > payments_max then
    -- Several batches follow: the wallets of all of them first, in order.
    perform
    from public.user_wallets as w
    where w.id = any (given.debits || given.credits) and w.kind <> 'system'
    order by w.id
    for no key update;
  end if;
  while from_place <= payments loop
    to_place := least(from_place + payments_max - 1, payments);
    -- A hand is paid whole: where it would be cut, it waits for the next batch.
    if to_place < payments and given.groups[to_place + 1] = given.groups[to_place] then
      to_place := array_position(given.groups, given.groups[to_place]) - 1;
      if to_place < from_place then
        to_place := from_place + given.sizes[from_place] - 1;
      end if;
    end if;
    outcomes := outcomes || (public.post_batch(
      true,
      ids => given.ids[from_place:to_place], kinds => given.kinds[from_place:to_place],
      debit_wallet_ids => given.debits[from_place:to_place],
      credit_wallet_ids => given.credits[from_place:to_place],
      currencies => given.currencies[from_place:to_place],
      amounts => given.amounts[from_place:to_place],
      group_ids => given.groups[from_place:to_place],
      group_sizes => given.sizes[from_place:to_place],
      reference_types => array_fill('hand'::text, array[to_place - from_place + 1]),
      reference_ids => given.reference_ids[from_place:to_place],
      metadata => given.metadata[from_place:to_place])).outcomes;
    from_place := to_place + 1;
  end loop;
  return outcomes;
end
$function$;
comment on function public.post_hands(
  uuid[], integer[], smallint[], smallint[], bigint[], text[]) is
  'Posts the payments of hands, each hand as one group of the ledger: whole or not at all. Answers
the outcomes of post_transactions() in the order of hands and payments. The identifiers follow from
the hands. The caller holds the locks of the hands. Internal. Locks: the seats'' wallets.';

-- Every row is written twice, at the start and at the settlement. With room for both versions the
-- second leaves the four indexes alone.
alter table public.hand_seats set (fillfactor = 50);

create function public.write_settlements(
  hand_ids uuid[],
  ends_ats timestamptz[],
  hand_results jsonb[],
  content_hashes bytea[],
  revealed_seeds bytea[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  out outcome text,
  out rakes bigint[],
  out problem text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  outcomes text[] := public.post_hands(
    hand_ids, payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons);
begin
  outcome := 'ok';
  if 'ok' <> any (outcomes) then
    select coalesce(min(u.outcome) filter (where u.outcome <> 'group_failed'), 'group_failed')
    into outcome
    from unnest(outcomes) as u (outcome)
    where u.outcome <> 'ok';
    return;
  end if;
  with leg as (
    select h.hand_id, h.seat, 0::bigint as net, 0::bigint as rake
    from public.hand_seats as h
    where h.hand_id = any (hand_ids)
    union all
    select
      hand_ids[i.item], i.payer, -i.amount, case when i.payee is null then i.amount else 0 end
    from unnest(payment_items, payer_seats, payee_seats, payment_amounts)
      as i (item, payer, payee, amount)
    union all
    select hand_ids[i.item], i.payee, i.amount, 0
    from unnest(payment_items, payee_seats, payment_amounts) as i (item, payee, amount)
    where i.payee is not null
  ),
  written as (
    update public.hand_seats as s
    set net = n.net, rake = n.rake
    from (
      select l.hand_id, l.seat, sum(l.net) as net, sum(l.rake) as rake
      from leg as l
      group by l.hand_id, l.seat
    ) as n
    where s.hand_id = n.hand_id and s.seat = n.seat and s.hand_id = any (hand_ids)
    returning s.hand_id, s.net, s.rake
  ),
  total as (
    select
      w.hand_id, sum(w.rake)::bigint as rake,
      coalesce(sum(w.net) filter (where w.net > 0), 0) + sum(w.rake) as won
    from written as w
    group by w.hand_id
  )
  select
    array_agg(coalesce(t.rake, 0) order by i.item),
    min(public.rake_problem(t.rake, h.rake_cap, t.won, h.rake_bps))
  into rakes, problem
  from unnest(hand_ids) with ordinality as i (hand_id, item)
  join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join total as t on t.hand_id = i.hand_id;
  if problem is not null then
    return;
  end if;
  with settled as (
    update public.game_hands as h
    set
      status = 'settled', ended_at = i.ends_at, rake = i.rake, result = i.result,
      settlement_hash = i.content_hash, server_seed = i.seed,
      server_seed_encrypted = case when i.seed is null then h.server_seed_encrypted end,
      key_id = case when i.seed is null then h.key_id end
    from unnest(hand_ids, ends_ats, rakes, hand_results, content_hashes, revealed_seeds)
      as i (hand_id, ends_at, rake, result, content_hash, seed)
    where h.id = i.hand_id and h.id = any (hand_ids)
    returning h.room_id
  )
  update public.game_rooms as r
  set current_hand_id = null
  where r.id = any (array(select s.room_id from settled as s));
end
$function$;
comment on function public.write_settlements(
  uuid[], timestamptz[], jsonb[], bytea[], bytea[], integer[], smallint[], smallint[], bigint[],
  text[]) is
  'Pays and ends hands that were found to be in order, each once, all but the totals of the players.
Where outcome is not ok (what the ledger refused) or problem is not null (the rake), the caller
takes everything back. It holds the locks of the rooms and hands. Internal.
Locks: the seats'' wallets.';

create function public.time_zone_at(
  time_zone text, next_time_zone text, changes_at timestamptz, moment timestamptz)
returns text
language sql
immutable
parallel safe
return coalesce(case when changes_at <= moment then next_time_zone else time_zone end, 'UTC');
comment on function public.time_zone_at(text, text, timestamptz, timestamptz) is
  'The time zone that holds for a player at a moment, from what the profile has; UTC without one.
Example: select time_zone_at(''Asia/Jakarta'', null, null, now());';

create or replace function public.player_day(player_id uuid, moment timestamptz default now())
returns date
language sql
stable
begin atomic
  select (moment at time zone coalesce((
    select public.time_zone_at(p.time_zone, p.next_time_zone, p.time_zone_changes_at, moment)
    from public.user_profiles as p
    where p.user_id = player_id), 'UTC'))::date;
end;

create function public.record_hand_results(hand_ids uuid[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  results integer;
  written integer;
  recorded integer := 0;
begin
  -- A player's hands one after the other, for the streak: the first round has every player, and
  -- locks their rows in order; further rounds are for those who played several of the hands.
  for round in 1 .. cardinality(hand_ids) loop
    with given as (
      select
        s.user_id, h.game_id, h.currency, s.net, s.rake, h.ended_at,
        row_number() over (
          partition by s.user_id, h.game_id, h.currency order by i.item) as nth
      from unnest(hand_ids) with ordinality as i (hand_id, item)
      join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
      join public.hand_seats as s on s.hand_id = i.hand_id and s.hand_id = any (hand_ids)
    ),
    added as (
      insert into public.game_statistics as g (
        user_id, game_id, currency, hands_played, hands_won, chips_won, chips_lost, rake_paid,
        biggest_win, streak, best_streak, last_played_at)
      select
        s.user_id, s.game_id, s.currency, 1, (s.net > 0)::integer, greatest(s.net, 0),
        greatest(-s.net, 0), s.rake, greatest(s.net, 0), sign(s.net)::integer,
        (s.net > 0)::integer, s.ended_at
      from given as s
      where s.nth = round
      order by s.user_id, s.game_id, s.currency
      on conflict (user_id, game_id, currency) do update
      set
        hands_played = g.hands_played + 1,
        hands_won = g.hands_won + excluded.hands_won,
        chips_won = g.chips_won + excluded.chips_won,
        chips_lost = g.chips_lost + excluded.chips_lost,
        rake_paid = g.rake_paid + excluded.rake_paid,
        biggest_win = greatest(g.biggest_win, excluded.biggest_win),
        streak = case excluded.streak
          when 1 then greatest(g.streak, 0) + 1
          when -1 then least(g.streak, 0) - 1
          else g.streak
        end,
        best_streak = case excluded.streak
          when 1 then greatest(g.best_streak, greatest(g.streak, 0) + 1)
          else g.best_streak
        end,
        last_played_at = greatest(g.last_played_at, excluded.last_played_at)
      returning user_id
    )
    select (select count(*) from given), (select count(*) from added)
    into results, written;
    recorded := recorded + written;
    exit when recorded >= results;
  end loop;
  insert into public.player_day_totals as t (user_id, day, currency, hands, won, lost)
  select d.user_id, d.day, d.currency, count(*), sum(greatest(d.net, 0)), sum(greatest(-d.net, 0))
  from (
    select
      s.user_id, h.currency, s.net,
      (h.ended_at at time zone coalesce(public.time_zone_at(
        p.time_zone, p.next_time_zone, p.time_zone_changes_at, h.ended_at), 'UTC'))::date as day
    from public.game_hands as h
    join public.hand_seats as s on s.hand_id = h.id and s.hand_id = any (hand_ids)
    left join lateral (
      select u.time_zone, u.next_time_zone, u.time_zone_changes_at
      from public.user_profiles as u
      where u.user_id = s.user_id
      limit 1
    ) as p on true
    where h.id = any (hand_ids)
  ) as d
  group by d.user_id, d.day, d.currency
  order by d.user_id, d.day, d.currency
  on conflict (user_id, day, currency) do update
  set
    hands = t.hands + excluded.hands,
    won = t.won + excluded.won,
    lost = t.lost + excluded.lost;
end
$function$;
comment on function public.record_hand_results(uuid[]) is
  'Adds settled hands, each given once, to the statistics and day totals of their players. Internal.
Locks: statistics, then day totals, both in the order of the players.';

create function public.settle_hand_without_totals(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea,
  hand_ended_at timestamptz,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  payments constant integer := cardinality(payment_amounts);
  odd record;
  hand public.game_hands;
  locked record;
  content_hash bytea;
  ends_at timestamptz;
  written record;
begin
  if payments is null or (cardinality(payer_seats), cardinality(payee_seats),
    cardinality(payment_reasons)) is distinct from (payments, payments, payments) then
    raise exception 'settle_hand: the arrays of payments differ in length or are null'
      using errcode = 'invalid_parameter_value';
  end if;
  select i.n, public.payment_problem(i.payer, i.payee, i.amount, i.reason) as problem
  into odd
  from unnest(payer_seats, payee_seats, payment_amounts, payment_reasons)
    with ordinality as i (payer, payee, amount, reason, n)
  where public.payment_problem(i.payer, i.payee, i.amount, i.reason) is not null
  order by i.n
  limit 1;
  if found or array_ndims(payment_amounts) > 1 then
    raise exception 'settle_hand: payment % cannot be: %', coalesce(odd.n, 1),
      coalesce(odd.problem, 'the arrays have more than one dimension')
      using errcode = 'invalid_parameter_value',
        hint = 'It has a seat that pays, another seat or null for rake, an amount and a reason.';
  end if;
  if not public.is_hand_result(hand_result) then
    raise exception 'settle_hand: hand_result is no object of at most 20000 characters'
      using errcode = 'invalid_parameter_value', hint = 'Give the public result as an object.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = settle_hand_without_totals.hand_id;
  if not found then
    outcome := 'hand_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = settle_hand_without_totals.hand_id
  for no key update;
  content_hash := public.settlement_hash(
    payer_seats, payee_seats, payment_amounts, payment_reasons, hand_result);
  if hand.status = 'settled' then
    outcome := case
      when hand.settlement_hash = content_hash then 'exists' else 'exists_with_different_content'
    end;
    rake_taken := hand.rake;
    return;
  end if;
  if hand.status = 'voided' then
    outcome := 'voided';
    return;
  end if;
  if not public.may_settle_from(hand.started_at) then
    outcome := 'id_out_of_window';
    return;
  end if;
  ends_at := public.hand_end(hand_ended_at, hand.started_at);
  if not public.is_hand_end(ends_at, hand.started_at) then
    raise exception 'settle_hand: a hand that started at % cannot have ended at %',
      hand.started_at, ends_at
      using errcode = 'invalid_parameter_value';
  end if;
  if sha256(revealed_seed) <> hand.server_seed_commit then
    raise exception 'settle_hand: the revealed seed is not the one that was committed to'
      using errcode = 'invalid_parameter_value',
        hint = 'Give the decrypted seed of this hand, or null to reveal none.';
  end if;
  written := public.write_settlements(
    array[hand.id], array[ends_at], array[hand_result], array[content_hash],
    array[revealed_seed], array_fill(1, array[payments]), payer_seats, payee_seats,
    payment_amounts, payment_reasons);
  if written.problem is not null then
    raise exception 'settle_hand: %', written.problem
      using errcode = 'invalid_parameter_value';
  end if;
  outcome := written.outcome;
  rake_taken := written.rakes[1];
end
$function$;
comment on function public.settle_hand_without_totals(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'All that settle_hand() does but the totals of the players: record_hand_results() follows where
the outcome is ok. Internal.
Locks: the room, exclusively; the hand; the seats'' wallets.';

create or replace function public.settle_hand(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea default null,
  hand_ended_at timestamptz default null,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
begin
  select s.outcome, s.rake_taken
  into outcome, rake_taken
  from public.settle_hand_without_totals(
    hand_id, room_fence, payer_seats, payee_seats, payment_amounts, payment_reasons, hand_result,
    revealed_seed, hand_ended_at) as s;
  if outcome = 'ok' then
    perform public.record_hand_results(array[hand_id]);
  end if;
end
$function$;
-- Nobody but settle_hand() could call it.
-- squawk-ignore ban-drop-function
drop function public.record_hand_results(uuid, text, text, timestamptz);

create function public.settle_hands(
  hand_ids uuid[],
  fences bigint[],
  hand_results jsonb[],
  revealed_seeds bytea[],
  ended_ats timestamptz[],
  payment_items integer[],
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[]
)
returns table (item integer, outcome text, rake_taken bigint, problem text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  hands_max constant integer := 256;
  payments_max constant integer := 8192;
  items constant integer := cardinality(hand_ids);
  room_ids bigint[];
  is_plain boolean;
  ends_ats timestamptz[];
  content_hashes bytea[];
  written record;
  given record;
  settled record;
  with_totals boolean;
  outcomes text[];
  rakes bigint[];
  problems text[];
begin
  perform public.check_batch(
    'settle_hands', hands_max,
    array[items, cardinality(fences), cardinality(hand_results)],
    array[cardinality(revealed_seeds), cardinality(ended_ats)],
    array[array_ndims(hand_ids), array_ndims(fences), array_ndims(hand_results),
      array_ndims(revealed_seeds), array_ndims(ended_ats)]);
  perform public.check_parts(
    'settle_hands', items, payments_max, payment_items,
    array[cardinality(payer_seats), cardinality(payee_seats), cardinality(payment_amounts),
      cardinality(payment_reasons)],
    null,
    array[array_ndims(payment_items), array_ndims(payer_seats), array_ndims(payee_seats),
      array_ndims(payment_amounts), array_ndims(payment_reasons)]);
  -- The room of a hand never changes, so it may be read before it is locked.
  room_ids := array(select h.room_id from public.game_hands as h where h.id = any (hand_ids));
  perform public.lock_rooms(room_ids);
  perform
  from public.game_hands as h
  where h.id = any (hand_ids)
  order by h.id
  for no key update;

  -- The fast way stands only where every hand is to be settled and in order; it refuses nothing.
  select
    count(distinct i.hand_id) = items and bool_and((
      h.status = 'playing' and r.fence = i.fence and public.may_settle_from(h.started_at)
      and public.is_hand_result(i.result) and public.is_hand_end(e.ends_at, h.started_at)
      and coalesce(sha256(i.seed) = h.server_seed_commit, true)
      and coalesce(p.are_possible, true)) is true),
    array_agg(e.ends_at order by i.item),
    array_agg(
      public.settlement_hash(
        coalesce(p.payers, '{}'), coalesce(p.payees, '{}'), coalesce(p.amounts, '{}'),
        coalesce(p.reasons, '{}'), i.result)
      order by i.item)
  into is_plain, ends_ats, content_hashes
  from unnest(hand_ids, fences, hand_results, revealed_seeds, ended_ats)
    with ordinality as i (hand_id, fence, result, seed, ended_at, item)
  left join public.game_hands as h on h.id = i.hand_id and h.id = any (hand_ids)
  left join public.game_rooms as r on r.id = h.room_id and r.id = any (room_ids)
  cross join lateral (select public.hand_end(i.ended_at, h.started_at) as ends_at) as e
  left join (
    select
      u.item, array_agg(u.payer order by u.place) as payers,
      array_agg(u.payee order by u.place) as payees,
      array_agg(u.amount order by u.place) as amounts,
      array_agg(u.reason order by u.place) as reasons,
      bool_and(public.payment_problem(u.payer, u.payee, u.amount, u.reason) is null)
        as are_possible
    from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
      with ordinality as u (item, payer, payee, amount, reason, place)
    group by u.item
  ) as p on p.item = i.item;
  if is_plain then
    begin
      written := public.write_settlements(
        hand_ids[:], ends_ats, hand_results, content_hashes, revealed_seeds, payment_items,
        payer_seats, payee_seats, payment_amounts, payment_reasons);
      if written.outcome = 'ok' and written.problem is null then
        perform public.record_hand_results(hand_ids);
        return query
        select i.item::integer, 'ok', i.rake, null::text
        from unnest(written.rakes) with ordinality as i (rake, item);
        return;
      end if;
      raise exception 'a hand is not in order';
    exception when others then
      if not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end if;

  -- Many settlements follow one another: the wallets of all of them first, in order.
  perform
  from public.user_wallets as w
  where w.id = any (array(
    select s.wallet_id from public.hand_seats as s where s.hand_id = any (hand_ids)))
  order by w.id
  for no key update;
  -- The totals of all players come last and at once, so that their rows are locked in order. Only
  -- where one of them cannot be written is each hand tried with its own.
  foreach with_totals in array array[false, true] loop
    begin
      outcomes := '{}';
      rakes := '{}';
      problems := '{}';
      for given in
        select
          i.item::integer as item, i.hand_id, i.fence, i.result, i.seed, i.ended_at,
          coalesce(p.payers, '{}') as payers, coalesce(p.payees, '{}') as payees,
          coalesce(p.amounts, '{}') as amounts, coalesce(p.reasons, '{}') as reasons
        from unnest(hand_ids, fences, hand_results, revealed_seeds, ended_ats)
          with ordinality as i (hand_id, fence, result, seed, ended_at, item)
        left join (
          select
            u.item, array_agg(u.payer order by u.place) as payers,
            array_agg(u.payee order by u.place) as payees,
            array_agg(u.amount order by u.place) as amounts,
            array_agg(u.reason order by u.place) as reasons
          from unnest(payment_items, payer_seats, payee_seats, payment_amounts, payment_reasons)
            with ordinality as u (item, payer, payee, amount, reason, place)
          group by u.item
        ) as p on p.item = i.item
        order by i.item
      loop
        begin
          if with_totals then
            select s.outcome, s.rake_taken
            into settled
            from public.settle_hand(
              given.hand_id, given.fence, given.payers, given.payees, given.amounts,
              given.reasons, given.result, given.seed, given.ended_at) as s;
          else
            select s.outcome, s.rake_taken
            into settled
            from public.settle_hand_without_totals(
              given.hand_id, given.fence, given.payers, given.payees, given.amounts,
              given.reasons, given.result, given.seed, given.ended_at) as s;
          end if;
          outcomes[given.item] := settled.outcome;
          rakes[given.item] := settled.rake_taken;
        exception when others then
          if not public.is_fault_of_item(sqlstate) then
            raise;
          end if;
          outcomes[given.item] := 'invalid';
          rakes[given.item] := null;
          problems[given.item] := sqlerrm;
        end;
      end loop;
      if not with_totals then
        perform public.record_hand_results(array(
          select u.hand_id
          from unnest(hand_ids, outcomes) with ordinality as u (hand_id, outcome, item)
          where u.outcome = 'ok'
          order by u.item));
      end if;
      exit;
    exception when others then
      if with_totals or not public.is_fault_of_item(sqlstate) then
        raise;
      end if;
    end;
  end loop;
  return query
  select g.n, outcomes[g.n], rakes[g.n], problems[g.n]
  from generate_series(1, items) as g (n);
end
$function$;
comment on function public.settle_hands(
  uuid[], bigint[], jsonb[], bytea[], timestamptz[], integer[], smallint[], smallint[], bigint[],
  text[]) is
  'Settles many hands, at most 256, in one call; one result an item, in order, as settle_hand()
answers for each in turn. payment_items says to which hand each payment belongs, from 1; the arrays
of seeds and ends may be null. One item''s refusal never sinks others. Outcomes: those of
settle_hand(), and invalid, where it raises an error, with that error in problem.
READ COMMITTED only. Locks: the rooms, exclusively, in the order of their ids; the hands; the
seats'' wallets; the totals of the players in their order.
Example: select * from settle_hands(''{}'', ''{}'', ''{}'', null, null, ''{}'', ''{}'', ''{}'',
''{}'', ''{}'');';

-- Rights -----------------------------------------------------------------------------------------

grant execute on function
  public.promise_deals(bigint[], bigint[], integer[], bytea[], bytea[], bytea[]),
  public.start_hands(
    uuid[], bigint[], bigint[], integer[], jsonb[], bytea[], bytea[], bytea[], smallint[],
    integer[], smallint[], text[], smallint[], bytea[], text[]),
  public.settle_hands(
    uuid[], bigint[], jsonb[], bytea[], timestamptz[], integer[], smallint[], smallint[],
    bigint[], text[])
to higgs_app;
-- player_day() runs with the rights of whoever calls it.
grant execute on function public.time_zone_at(text, text, timestamptz, timestamptz)
to higgs_app, higgs_readonly;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  10, 'hands_in_batches', 'aa981c8b240d14df3903559591b6fe21a0772f2469b0f637d5ec76ab8011358c', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 011_leaner_posting.sql --------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 11)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '011_leaner_posting.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 011 Leaner posting: post_batch() does the same with less work. Results and locks are as before;
-- docs/decisions/ledger-variants.md has the measurements.
--
-- 1. Wallets are locked and written by one subtransaction.
-- 2. Wallets are locked by a join with the list of them, and checked once more after a wait without
--    reading the list.
-- 3. The place of a wallet among the locked ones is found by halving, not by looking at each.
-- 4. Wallets of the house are looked for among what is not locked.

set role higgs_owner;

create or replace function public.post_batch(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  id_window_past constant interval := interval '35 days';
  id_window_ahead constant interval := interval '5 minutes';
  balance_max constant bigint := 9007199254740991;
  problem text := public.posting_problem(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata);
  oldest uuid := public.id_lower_bound(now() - id_window_past);
  newest uuid := public.id_lower_bound(now() + id_window_ahead);
  xid bigint;
  wallet_ids bigint[];
  wallet_balances bigint[];
  wallet_places integer[];
  wallet_frozen boolean;
  balances bigint[];
  debits integer[];
  credits integer[];
  balance bigint;
  -- The fast way takes every id for new; it refuses nothing itself.
  is_plain boolean := reverses is null and not ('buy_in' = any (kinds));
  violated text;
begin
  if problem is not null then
    raise exception 'post_transactions: %', problem
      using errcode = 'invalid_parameter_value';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'post_transactions needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if ids = '{}' then
    outcomes := '{}';
    return;
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  xid := public.ledger_xid();

  if is_plain and group_ids is not null then
    select coalesce(bool_and(
      g.group_id is null
      or coalesce(
        g.items = g.group_size and g.ids = g.items and g.has_first and g.stand_together,
        false)), true)
    into is_plain
    from (
      select
        i.group_id, count(*) as items, count(distinct i.id) as ids,
        case when min(i.group_size) = max(i.group_size) then min(i.group_size) else 0 end
          as group_size,
        bool_or(i.id = i.group_id) as has_first,
        max(i.ordinal) - min(i.ordinal) + 1 = count(*) as stand_together
      from unnest(ids, group_ids, group_sizes)
        with ordinality as i (id, group_id, group_size, ordinal)
      group by i.group_id
    ) as g;
  end if;

  -- Everything from the locks on is one subtransaction: where a wallet is locked by one and written
  -- by another, each of its versions names both, by a number that every later reader looks up.
  for attempt in 1 .. 2 loop
    begin
      -- Locks, in a statement of its own and in the order of the ids: wallets, then the originals
      -- of reversals. A wallet that was changed while its lock was waited for is checked again,
      -- which is cheap for a join; "id = any (list)" would sort the list again for each. System
      -- wallets are never locked, since every payment of the house uses them: they are looked for
      -- among what is not locked.
      with wanted as materialized (
        select distinct n.id from unnest(debit_wallet_ids || credit_wallet_ids) as n (id)
      ),
      locked as materialized (
        select u.id, u.balance, u.currency, u.kind as place, u.frozen_at is not null as is_frozen
        from wanted as n
        join public.user_wallets as u on u.id = n.id
        where u.kind <> 'system'
        order by u.id
        for no key update of u
      )
      select
        array_agg(w.id), array_agg(w.balance),
        array_agg(public.posting_place(w.place, w.currency)), bool_or(w.is_frozen)
      into wallet_ids, wallet_balances, wallet_places, wallet_frozen
      from (
        select l.id, l.balance, l.currency, l.place, l.is_frozen
        from locked as l
        union all
        select s.id, null, s.currency, s.code, false
        from wanted as n
        join public.user_wallets as s on s.id = n.id and s.kind = 'system'
        where n.id not in (select l.id from locked as l)
        order by id
      ) as w;
      if reverses is not null then
        perform
        from public.transactions as o
        where o.id = any (post_batch.reverses)
        order by o.id
        for update;
      end if;

      is_plain := is_plain and not coalesce(wallet_frozen, true);
      if is_plain then
        select
          array_agg(i.debit order by i.ordinal), array_agg(i.credit order by i.ordinal),
          coalesce(bool_and(
            wallet_ids[i.debit] = i.debit_wallet_id and wallet_ids[i.credit] = i.credit_wallet_id
            and i.id >= oldest and i.id < newest
            and (from_within or public.is_version_7(i.id))
            and i.amount between 1 and 1000000000000000
            and public.posting_allowed(
              case when from_within then public.posting_masks(true)
                else public.posting_masks(false) end,
              i.kind, i.currency, wallet_places[i.debit], wallet_places[i.credit])), false)
        into debits, credits, is_plain
        from (
          select
            u.ordinal, u.id, u.kind, u.amount, u.currency, u.debit_wallet_id, u.credit_wallet_id,
            width_bucket(u.debit_wallet_id, wallet_ids) as debit,
            width_bucket(u.credit_wallet_id, wallet_ids) as credit
          from unnest(ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts)
            with ordinality as u (
              id, kind, debit_wallet_id, credit_wallet_id, currency, amount, ordinal)
        ) as i;
      end if;
      if is_plain then
        balances := wallet_balances;
        debit_afters := amounts;
        credit_afters := amounts;
        for step in 1 .. cardinality(ids) loop
          balance := balances[debits[step]] - amounts[step];
          balances[debits[step]] := balance;
          debit_afters[step] := balance;
          if balance < 0 then
            is_plain := false;
            exit;
          end if;
          balance := balances[credits[step]] + amounts[step];
          balances[credits[step]] := balance;
          credit_afters[step] := balance;
          if balance > balance_max then
            is_plain := false;
            exit;
          end if;
        end loop;
      end if;
      if is_plain then
        perform public.write_postings(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
          null, debit_afters, credit_afters, wallet_ids, balances, xid);
        outcomes := array_fill('ok'::text, array[cardinality(ids)]);
        return;
      end if;
      select e.outcomes, e.debit_afters, e.credit_afters
      into outcomes, debit_afters, credit_afters
      from public.post_exactly(
        from_within, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts,
        group_ids, group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
        wallet_ids, wallet_balances, oldest, newest, xid) as e;
      return;
    exception
      when unique_violation then
        -- Some id is stored already: only the exact way can say which. The locks are given back
        -- with the rest, so they are taken anew.
        get stacked diagnostics violated = constraint_name;
        if not is_plain or violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        -- Some item can never be stored: the exact way says so, unless it refuses it first.
        if not is_plain then
          raise;
        end if;
    end;
    is_plain := false;
  end loop;
end
$function$;

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  11, 'leaner_posting', 'f0a9171e5cdece44c0d3278a98840759649ff80ac5b54a8ec7b285bf9ee2135a', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- 012_clearer_refusals.sql ------------------------------------------------------------------------
\set higgs_pending true
\if :higgs_has_record
  select not exists (select from public.schema_migrations where version = 12)
    as higgs_pending \gset
\endif
\if :higgs_pending
\echo '012_clearer_refusals.sql'
select clock_timestamp() as higgs_started \gset
\o /dev/null
begin;

-- 012 Clearer refusals: words that say what to do, where a constraint showed a whole row.
--
-- 1. A call whose arrays differ in length is told the length of each, a missing one as null.
-- 2. The size of what is promised, a missing client seed, and a revealed seed that is not 32 bytes
--    long are named. The last is refused before the payments are tried.
-- 3. A hand's opener is one of its seats; any number was taken.
-- 4. The guard of append-only tables speaks of reversals only where there are payments.
-- 5. Examples that call what they are examples of.

set role higgs_owner;

create or replace function public.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
begin
  raise exception '% on %: the table is append-only', tg_op, tg_table_name
    using errcode = 'insufficient_privilege',
      hint = case
        when tg_table_name ~ '^transactions(_|$)'
          then 'History is never changed. To undo a payment post its reversal.'
        else 'History is never changed. What comes later is a row of its own.'
      end;
end
$function$;
comment on function public.refuse_change() is
  'Trigger of the append-only tables: refuses UPDATE, DELETE and TRUNCATE, the owner''s included.
Example: create temporary table kept (id bigint); create trigger refuse_change before update or
delete on kept for each statement execute function public.refuse_change();';

create or replace function public.check_batch(
  caller text, items_max integer, lengths integer[], optional_lengths integer[],
  dimensions integer[])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $function$
begin
  if array_position(lengths, null) is not null or lengths[1] <> any (lengths)
    or lengths[1] <> any (array_remove(optional_lengths, null)) then
    raise exception '%: arrays that belong together must be equally long, and have % elements',
      caller, array_to_string(lengths || array_remove(optional_lengths, null), ', ', 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Each array has one element for each item, payment or seat, a null where it has '
          'none. The lengths are in the order of the parameters; at the end are those of arrays '
          'that may be null, but are not.';
  end if;
  if lengths[1] > items_max then
    raise exception '%: % items in one call, more than %', caller, lengths[1], items_max
      using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
  end if;
  if 1 < any (dimensions) then
    raise exception '%: an array has more than one dimension', caller
      using errcode = 'invalid_parameter_value', hint = 'Give one element for each item.';
  end if;
end
$function$;

create or replace function public.write_deals(
  room_ids bigint[], hand_numbers integer[], seed_commits bytea[], seeds_encrypted bytea[],
  seed_key_ids bytea[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  odd record;
begin
  select i.room_id, coalesce(octet_length(i.commit), 0) as commit_bytes,
    coalesce(octet_length(i.encrypted), 0) as encrypted_bytes,
    coalesce(octet_length(i.key_id), 0) as key_bytes
  into odd
  from unnest(room_ids, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, commit, encrypted, key_id)
  where (octet_length(i.commit) = 32 and octet_length(i.encrypted) between 29 and 256
    and octet_length(i.key_id) between 1 and 32) is not true
  limit 1;
  if found then
    raise exception 'promise_deal: room % is promised a commit of % bytes, an encrypted seed of % '
      'and a key name of %', odd.room_id, odd.commit_bytes, odd.encrypted_bytes, odd.key_bytes
      using errcode = 'invalid_parameter_value',
        hint = 'A commit is the SHA-256 of the seed, 32 bytes; an encrypted seed has 29 to 256, '
          'the name of its key 1 to 32.';
  end if;
  insert into public.room_deals as d (
    room_id, number, server_seed_commit, server_seed_encrypted, key_id)
  select i.room_id, i.number, i.commit, i.encrypted, i.key_id
  from unnest(room_ids, hand_numbers, seed_commits, seeds_encrypted, seed_key_ids)
    as i (room_id, number, commit, encrypted, key_id)
  order by i.room_id
  on conflict (room_id) do update
  set
    number = excluded.number, server_seed_commit = excluded.server_seed_commit,
    server_seed_encrypted = excluded.server_seed_encrypted, key_id = excluded.key_id,
    promised_at = now();
end
$function$;

create or replace function public.write_starts(
  hand_ids uuid[],
  room_ids bigint[],
  rules_versions integer[],
  hand_options jsonb[],
  seed_commits bytea[],
  seeds_encrypted bytea[],
  seed_key_ids bytea[],
  opener_seats smallint[],
  seat_items integer[],
  seats smallint[],
  client_seeds text[],
  bot_strengths smallint[],
  bot_seeds bytea[],
  bot_styles text[]
)
returns table (item integer, hand_number integer, stacks bigint[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  odd record;
begin
  select i.opener, i.opener <> all (p.seats) as is_stranger, p.seedless
  into odd
  from unnest(opener_seats) with ordinality as i (opener, item)
  join (
    select
      u.item, array_agg(u.seat) as seats,
      min(u.seat) filter (where u.client_seed is null) as seedless
    from unnest(seat_items, seats, client_seeds) as u (item, seat, client_seed)
    group by u.item
  ) as p on p.item = i.item
  where p.seedless is not null or i.opener <> all (p.seats)
  order by i.item
  limit 1;
  if odd.is_stranger then
    raise exception 'start_hand: seat % opens, and is not dealt in', odd.opener
      using errcode = 'invalid_parameter_value', hint = 'Name one of the seats, or null.';
  end if;
  if odd.seedless is not null then
    raise exception 'start_hand: seat % has no client seed', odd.seedless
      using errcode = 'invalid_parameter_value', hint = 'Give one of 1 to 64 characters.';
  end if;
  return query
  with started as (
    insert into public.game_hands (
      id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps, rake_cap,
      opener_seat, server_seed_commit, server_seed_encrypted, key_id, started_at)
    select
      i.hand_id, r.id, r.hands_started + 1, r.game_id, i.rules_version, i.options, r.currency,
      r.base_bet, r.rake_bps, r.rake_cap, i.opener_seat, i.commit, i.encrypted, i.key_id,
      public.id_time(i.hand_id)
    from unnest(
      hand_ids, room_ids, rules_versions, hand_options, seed_commits, seeds_encrypted,
      seed_key_ids, opener_seats
    ) as i (hand_id, room_id, rules_version, options, commit, encrypted, key_id, opener_seat)
    join public.game_rooms as r on r.id = i.room_id
    where r.id = any (room_ids)
    returning id, room_id, number
  ),
  dealt_in as (
    insert into public.hand_seats (
      hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed, bot_strength,
      bot_seed, bot_style)
    select
      hand_ids[i.item], q.seat, q.session_id, q.user_id, q.wallet_id, q.stack, i.client_seed,
      i.bot_strength, i.bot_seed, i.bot_style
    from unnest(seat_items, seats, client_seeds, bot_strengths, bot_seeds, bot_styles)
      as i (item, seat, client_seed, bot_strength, bot_seed, bot_style)
    join public.ready_seats(room_ids) as q
      on q.room_id = room_ids[i.item] and q.seat = i.seat
    order by i.item, i.seat
    returning hand_id, seat, session_id, stack_start
  ),
  played as (
    update public.game_sessions as s
    set first_hand = coalesce(s.first_hand, h.number), last_hand = h.number
    from dealt_in as d
    join started as h on h.id = d.hand_id
    where s.id = d.session_id and s.room_id = any (room_ids)
  ),
  running as (
    update public.game_rooms as r
    set hands_started = h.number, current_hand_id = h.id
    from started as h
    where r.id = h.room_id and r.id = any (room_ids)
  )
  select
    array_position(hand_ids, h.id), h.number, array_agg(d.stack_start order by d.seat)
  from started as h
  join dealt_in as d on d.hand_id = h.id
  group by h.id, h.number
  order by 1;
end
$function$;

create or replace function public.append_moves(
  room_ids bigint[],
  fences bigint[],
  hand_ids uuid[],
  nos integer[],
  seats smallint[],
  actors text[],
  moves bytea[],
  refs text[] default null,
  time_banks_ms integer[] default null,
  trustees boolean[] default null
)
returns table (item integer, outcome text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  rooms_max constant integer := 500;
  moves_max constant integer := 5000;
  attempts_max constant integer := 20;
  moves_given constant integer := cardinality(moves);
  rooms integer;
  moves_written integer;
  hands_written uuid[];
  hands_repeating uuid[] := '{}';  -- one number twice
  hands_invalid uuid[] := '{}';    -- a move that the table cannot hold
  violated text;
begin
  perform public.check_batch(
    'append_moves', moves_max,
    array[cardinality(room_ids), cardinality(fences), cardinality(hand_ids), cardinality(nos),
      cardinality(seats), cardinality(actors), moves_given],
    array[cardinality(refs), cardinality(time_banks_ms), cardinality(trustees)],
    array[array_ndims(room_ids), array_ndims(fences), array_ndims(hand_ids), array_ndims(nos),
      array_ndims(seats), array_ndims(actors), array_ndims(moves), array_ndims(refs),
      array_ndims(time_banks_ms), array_ndims(trustees)]);
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append_moves needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  if moves_given > rooms_max then
    rooms := (select count(distinct u.id) from unnest(room_ids) as u (id));
    if rooms > rooms_max then
      raise exception 'append_moves: % rooms in one call, more than %', rooms, rooms_max
        using errcode = 'invalid_parameter_value', hint = 'Split the batch.';
    end if;
  end if;

  -- Rooms are locked in order by a statement of its own. The statements after it see every takeover
  -- that came before; a takeover that comes later waits for this transaction.
  perform pg_advisory_xact_lock_shared(r.id)
  from (select distinct u.id from unnest(room_ids) as u (id) order by u.id) as r;

  for attempt in 1 .. attempts_max loop
    begin
      -- One pass over the items: joining them with themselves took time with their square.
      with given as (
        select
          i.hand_id, i.no, i.seat, i.actor, i.move, i.ref, i.time_bank_ms, i.trustee,
          min(i.no) over same_hand as first_no,
          max(i.no) over same_hand - min(i.no) over same_hand + 1 = count(*) over same_hand
            and bool_and(r.id is not null and s.seat is not null) over same_hand as is_run
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee)
        left join public.game_rooms as r
          on r.id = i.room_id and r.fence = i.fence and r.current_hand_id = i.hand_id
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
        window same_hand as (partition by i.hand_id, i.room_id)
      ),
      written as (
        insert into public.game_moves (
          hand_id, no, seat, actor, move, ref, time_bank_ms, trustee)
        select
          g.hand_id, g.no, g.seat, g.actor, g.move, g.ref, coalesce(g.time_bank_ms, 0),
          coalesce(g.trustee, false)
        from given as g
        where g.is_run and g.hand_id <> all (hands_repeating)
          and g.hand_id <> all (hands_invalid) and g.first_no = 1 + coalesce((
          select m.no
          from public.game_moves as m
          where m.hand_id = g.hand_id
          order by m.no desc
          limit 1), 0)
        order by g.hand_id, g.no
        returning hand_id
      )
      select count(*), array_agg(distinct w.hand_id)
      into moves_written, hands_written
      from written as w;
      if moves_written = moves_given then
        return query select g.n, 'ok' from generate_series(1, moves_given) as g (n);
        return;
      end if;
      -- What did not fit is told why; the rest stays written.
      return query
      with given as (
        select
          i.item::integer as item, i.hand_id, i.room_id, i.fence,
          m.hand_id is not null as is_there, s.seat is not null as is_dealt_in,
          (m.seat, m.actor, m.move, m.ref, m.time_bank_ms, m.trustee) is not distinct from
            (i.seat, i.actor, i.move, i.ref, coalesce(i.time_bank_ms, 0),
              coalesce(i.trustee, false)) as is_same
        from unnest(
          hand_ids, room_ids, fences, nos, seats, actors, moves, refs, time_banks_ms, trustees
        ) with ordinality as i (
          hand_id, room_id, fence, no, seat, actor, move, ref, time_bank_ms, trustee, item)
        left join public.game_moves as m on m.hand_id = i.hand_id and m.no = i.no
        left join public.hand_seats as s on s.hand_id = i.hand_id and s.seat = i.seat
      )
      select
        g.item,
        case
          when r.id is null or r.fence is distinct from g.fence then 'fenced'
          when g.hand_id = any (hands_invalid)
            or r.current_hand_id = g.hand_id and not bool_and(g.is_dealt_in) over same_room
            then 'invalid'
          when g.hand_id = any (hands_written) and r.current_hand_id = g.hand_id then 'ok'
          when bool_and(g.is_there and g.is_same) over same_room then 'exists'
          when bool_or(g.is_there) over same_room then 'different'
          when r.current_hand_id is distinct from g.hand_id then 'finished'
          else 'out_of_order'
        end
      from given as g
      left join public.game_rooms as r on r.id = g.room_id
      window same_room as (partition by g.hand_id, g.room_id)
      order by g.item;
      return;
    exception
      when unique_violation then
        get stacked diagnostics violated = constraint_name;
        if violated !~ '^game_moves_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
        -- Another call was first, and the next round sees its moves; or this one repeats a number.
        hands_repeating := array(
          select i.hand_id
          from unnest(hand_ids, nos) as i (hand_id, no)
          group by i.hand_id, i.no
          having count(*) > 1);
      when check_violation or not_null_violation then
        -- What the table cannot hold is told to its room, and does not sink the others.
        if hands_invalid <> '{}' then
          raise;
        end if;
        hands_invalid := array(
          select i.hand_id
          from unnest(hand_ids, nos, seats, actors, moves, refs, time_banks_ms)
            as i (hand_id, no, seat, actor, move, ref, time_bank_ms)
          where (
            i.no between 1 and 2000 and i.seat between 0 and 7
            and i.actor in ('player', 'bot', 'timeout', 'trustee', 'rules')
            and octet_length(i.move) between 1 and 64
            and coalesce(length(i.ref) between 1 and 64, true)
            and coalesce(i.time_bank_ms, 0) >= 0) is not true);
        if hands_invalid = '{}' then
          raise exception 'append_moves: %', sqlerrm
            using errcode = sqlstate,
              hint = 'A month may be missing: select ensure_partitions();';
        end if;
    end;
  end loop;
  raise exception 'append_moves: others kept writing the same moves in % attempts', attempts_max
    using errcode = 'serialization_failure', hint = 'Send the same batch again.';
end
$function$;

create or replace function public.settle_hand_without_totals(
  hand_id uuid,
  room_fence bigint,
  payer_seats smallint[],
  payee_seats smallint[],
  payment_amounts bigint[],
  payment_reasons text[],
  hand_result jsonb,
  revealed_seed bytea,
  hand_ended_at timestamptz,
  out outcome text,
  out rake_taken bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  payments constant integer := cardinality(payment_amounts);
  odd record;
  hand public.game_hands;
  locked record;
  content_hash bytea;
  ends_at timestamptz;
  written record;
begin
  if payments is null or (cardinality(payer_seats), cardinality(payee_seats),
    cardinality(payment_reasons)) is distinct from (payments, payments, payments) then
    raise exception 'settle_hand: the arrays of payments differ in length or are null: they have '
      '% elements', array_to_string(
        array[cardinality(payer_seats), cardinality(payee_seats), payments,
          cardinality(payment_reasons)], ', ', 'null')
      using errcode = 'invalid_parameter_value',
        hint = 'Give of each payment who pays, who is paid, the amount and the reason.';
  end if;
  select i.n, public.payment_problem(i.payer, i.payee, i.amount, i.reason) as problem
  into odd
  from unnest(payer_seats, payee_seats, payment_amounts, payment_reasons)
    with ordinality as i (payer, payee, amount, reason, n)
  where public.payment_problem(i.payer, i.payee, i.amount, i.reason) is not null
  order by i.n
  limit 1;
  if found or array_ndims(payment_amounts) > 1 then
    raise exception 'settle_hand: payment % cannot be: %', coalesce(odd.n, 1),
      coalesce(odd.problem, 'the arrays have more than one dimension')
      using errcode = 'invalid_parameter_value',
        hint = 'It has a seat that pays, another seat or null for rake, an amount and a reason.';
  end if;
  if not public.is_hand_result(hand_result) then
    raise exception 'settle_hand: hand_result is no object of at most 20000 characters'
      using errcode = 'invalid_parameter_value', hint = 'Give the public result as an object.';
  end if;
  select h.* into hand from public.game_hands as h where h.id = settle_hand_without_totals.hand_id;
  if not found then
    outcome := 'hand_not_found';
    return;
  end if;
  select l.outcome, (l.row_found).* into locked
  from public.locked_room(hand.room_id, room_fence) as l;
  outcome := locked.outcome;
  if outcome <> 'ok' then
    return;
  end if;
  select h.* into strict hand
  from public.game_hands as h
  where h.id = settle_hand_without_totals.hand_id
  for no key update;
  content_hash := public.settlement_hash(
    payer_seats, payee_seats, payment_amounts, payment_reasons, hand_result);
  if hand.status = 'settled' then
    outcome := case
      when hand.settlement_hash = content_hash then 'exists' else 'exists_with_different_content'
    end;
    rake_taken := hand.rake;
    return;
  end if;
  if hand.status = 'voided' then
    outcome := 'voided';
    return;
  end if;
  if not public.may_settle_from(hand.started_at) then
    outcome := 'id_out_of_window';
    return;
  end if;
  ends_at := public.hand_end(hand_ended_at, hand.started_at);
  if not public.is_hand_end(ends_at, hand.started_at) then
    raise exception 'settle_hand: a hand that started at % cannot have ended at %',
      hand.started_at, ends_at
      using errcode = 'invalid_parameter_value';
  end if;
  if sha256(revealed_seed) <> hand.server_seed_commit then
    raise exception 'settle_hand: the revealed seed is not the one that was committed to'
      using errcode = 'invalid_parameter_value',
        hint = 'Give the decrypted seed of this hand, or null to reveal none.';
  end if;
  if octet_length(revealed_seed) <> 32 then
    raise exception 'settle_hand: the seed that was committed to has % bytes, and a seed has 32',
      octet_length(revealed_seed)
      using errcode = 'invalid_parameter_value',
        hint = 'It cannot be revealed: settle with null, and promise seeds of 32 bytes.';
  end if;
  written := public.write_settlements(
    array[hand.id], array[ends_at], array[hand_result], array[content_hash],
    array[revealed_seed], array_fill(1, array[payments]), payer_seats, payee_seats,
    payment_amounts, payment_reasons);
  if written.problem is not null then
    raise exception 'settle_hand: %', written.problem
      using errcode = 'invalid_parameter_value';
  end if;
  outcome := written.outcome;
  rake_taken := written.rakes[1];
end
$function$;

-- Examples ---------------------------------------------------------------------------------------

comment on function public.refuse_unknown_time_zone() is
  'Trigger of user_profiles: a time zone that is none would stop every settlement of the player''s
hands, since the player''s day could not be told.
Example: create temporary table places (time_zone text, next_time_zone text); create trigger
refuse_unknown_time_zone before insert on places for each row execute function
public.refuse_unknown_time_zone();';
comment on function public.detach_month_partition(regclass, timestamptz) is
  'Takes an old month out of a partitioned table, guarded as before, to be dumped and moved away. It
refuses a month that ends within the id window, that is not sealed and rolled up, or that holds
moves of a running hand or a reversal of what stays. For the owner. Locks: ledger_state, then ACCESS
EXCLUSIVE on the parent for a moment, waiting a second at most. Returns the name of the table.
Example: select public.detach_month_partition(i.inhparent, now() - interval ''1 year'')
from pg_inherits as i where i.inhrelid = to_regclass(''public.game_moves_y2024m01'');';
comment on function public.return_stray_chips(bigint, uuid, text, uuid) is
  'An operator empties the wallet of a seat where nobody sits: to a player, or back to the issue
where player_id is null. Returns the chips, 0 where there are none. No function leaves chips there;
verify_journal() names a wallet where it happened. Audited as seat.chips_returned.
Locks: the room, exclusively; both wallets.
Example: select return_stray_chips(w.id, null, ''nobody sits there'') from user_wallets as w
where w.kind = ''seat'' and w.id = 0;';
comment on function public.sign_seal(bigint, text, bytea) is
  'Stores a signature of a seal that was made outside the database; false where that very signature
is stored. The database cannot check it, so it keeps up to 20 that name one key for one seal; higgs
ledger verify takes the one that the public key verifies, and names the others.
Example: select sign_seal(no, ''auditor-1'', decode(repeat(''00'', 64), ''hex''))
from ledger_head() where false;';
comment on function public.promise_deal(bigint, bigint, integer, bytea, bytea, bytea) is
  'Fixes the server seed of a room''s next hand before any client seed is taken. Where one is
promised for that hand already, the answer is exists with that one, whatever is given: a promise is
never exchanged. Outcomes: ok, exists, fenced, room_not_found, room_closed, out_of_order (not the
next hand). Locks: the room, exclusively.
Example: select outcome from promise_deal(1, 0, 1, sha256(''the seed''), ''the seed, encrypted, as
the server keeps it'', ''key-1'');';
comment on function public.start_hand(
  uuid, bigint, bigint, integer, jsonb, bytea, bytea, bytea, smallint[], text[], smallint,
  smallint[], bytea[], text[]) is
  'Starts a hand and freezes what it needs to be resumed at any move: options, rules version, seats,
stacks (read from the seats'' wallets, returned in seat order), opener, client seeds, the encrypted
server seed, and the bots. Seats are given in ascending order. seed_commit is the SHA-256 of a seed
of 32 bytes: one of another length could not be revealed.
Outcomes: ok, exists, exists_with_different_content, fenced, room_not_found, room_closed,
hand_running, too_few_seats, seat_not_ready, id_out_of_window. Locks: the room, exclusively.
Example: select outcome, stacks from start_hand(new_id(), 1, 0, 1, ''{}'', sha256(''the seed''),
''the seed, encrypted, as the server keeps it'', ''key-1'', ''{0,1}'', ''{ayu,budi}'');';
comment on function public.settle_hand(
  uuid, bigint, smallint[], smallint[], bigint[], text[], jsonb, bytea, timestamptz) is
  'Settles a hand exactly once: payments between its seats (payee null: rake) as one group of the
ledger, results of the seats, statistics, the result, the revealed seed. Identifiers of the payments
follow from the hand. Freezes and limits do not apply.
Outcomes: ok, exists, exists_with_different_content, fenced, hand_not_found, voided,
id_out_of_window (older than 30 days: void it), and those of post_transactions.
Locks: the room, exclusively; the hand; the seats'' wallets; totals in the order of the players.
Example: select outcome, rake_taken from settle_hand(new_id(), 0, ''{0}'', ''{1}'', ''{40}'',
''{lost}'', ''{}'');';
comment on function public.void_hand(uuid, bigint, text, uuid) is
  'Ends a hand without a result: every seat keeps the chips that it started with. Audited.
Outcomes: ok, exists, settled, fenced, hand_not_found. Locks: the room, exclusively; the hand.
Example: select void_hand(new_id(), 0, ''the lights went out'');';

reset role;

\o
set role higgs_owner;
insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
values (
  12, 'clearer_refusals', 'd32b015ae467f4c60e439709ab2f84947ba814107f4283b5793e3b0df752e470', session_user,
  extract(epoch from clock_timestamp() - :'higgs_started'::timestamptz) * 1000);
reset role;
commit;
\set higgs_has_record true
\set higgs_changed true
\endif

-- -------------------------------------------------------------------------------------------------
select pg_advisory_unlock(7162653105347891) as higgs_ignored \gset
select current_database() as higgs_database,
  (select to_char(max(version), 'FM000') from public.schema_migrations) as higgs_version \gset
\if :higgs_changed
  \echo 'Database' :higgs_database 'is now at' :higgs_version
\else
  \echo 'Database' :higgs_database 'is at' :higgs_version '- nothing to do'
\endif
