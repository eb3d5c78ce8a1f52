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
