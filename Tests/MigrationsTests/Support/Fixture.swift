import Migrations

/// A small set of migrations that makes one object of every kind.
enum Fixture {
  /// Name and text of every file, in order.
  static let files: [(name: String, sql: String)] = [
    ("001_record.sql", record), ("002_objects.sql", objects), ("003_index.sql", index),
  ]

  /// The files as a folder that was never on a disk.
  static func folder(_ files: [(name: String, sql: String)] = files) throws -> MigrationFolder {
    try MigrationFolder(
      path: "fixture",
      contents: files.map { (name: $0.name, bytes: Array($0.sql.utf8)) }
    )
  }

  /// Roles, rights and the record.
  static let record = """
    -- 001: roles, rights, the record.
    do $roles$
    declare
      role_name text;
    begin
      foreach role_name in array array['higgs_owner', 'higgs_app', 'higgs_readonly'] loop
        if not exists (select from pg_roles where rolname = role_name) then
          begin
            execute format(
              'create role %I %s', role_name,
              case when role_name = 'higgs_owner' then 'nologin' else 'login' end);
          exception when duplicate_object or unique_violation then null;
          end;
        end if;
      end loop;
      if not pg_has_role('higgs_owner', 'usage') then
        execute format('grant higgs_owner to %I', current_user);
      end if;
      execute 'alter role higgs_app set synchronous_commit = on';
      execute format('revoke all on database %I from public', current_database());
      execute format('grant connect on database %I to higgs_app', current_database());
      execute format('grant create on database %I to higgs_owner', current_database());
      execute 'grant usage, create on schema public to higgs_owner';
    end
    $roles$;

    set role higgs_owner;

    create table public.schema_migrations (
      version integer primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now(),
      applied_by text not null default session_user,
      duration_ms integer not null
    );

    reset role;

    """

  /// One object of every kind.
  static let objects = """
    -- 002: one object of every kind.
    set role higgs_owner;
    set search_path = pg_catalog;

    create table public.note (
      id integer constraint note_pkey primary key, words text not null default ''
    );
    create index note_words on public.note (words);
    comment on column public.note.words is 'What it says.';

    create type public.mood as enum ('glad', 'sad');
    create domain public.amount as bigint constraint amount_positive check (value > 0);
    create type public.pair as (one integer, other text);
    comment on type public.mood is 'How one feels.';

    create table public.player (
      id bigint generated always as identity constraint player_pkey primary key,
      name text not null default 'nobody',
      mood public.mood,
      points bigint not null default 0 constraint player_points_check check (points >= 0),
      shout text generated always as (upper(name)) stored,
      constraint player_name_key unique (name)
    ) with (fillfactor = 80);
    comment on table public.player is 'Who plays.';
    comment on column public.player.name is 'What he is called.';
    grant select (id, name), insert on public.player to higgs_app;

    create table public.wallet (
      id bigint constraint wallet_pkey primary key,
      player_id bigint not null
        constraint wallet_player_fkey references public.player on delete cascade,
      balance public.amount
    );
    create index wallet_player on public.wallet (player_id) where balance is not null;
    create statistics public.wallet_statistics on id, player_id from public.wallet;

    create function public.guard() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $body$
    begin
      return new;
    end
    $body$;
    comment on function public.guard() is 'Lets everything pass.';
    revoke all on function public.guard() from public;
    grant execute on function public.guard() to higgs_app;
    create function public.twice(value bigint) returns bigint
    language sql immutable strict parallel safe
    begin atomic
      select value * 2;
    end;
    create procedure public.nothing() language sql as 'select 1';
    create aggregate public.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0');

    create trigger player_guard before update on public.player
      for each row execute function public.guard();
    alter table public.player enable always trigger player_guard;
    alter table public.player enable row level security;
    create policy player_policy on public.player for select to higgs_app using (id > 0);
    create rule wallet_rule as on delete to public.wallet do also nothing;

    create view public.player_summary with (security_barrier) as
      select p.id, p.name, w.balance
      from public.player as p join public.wallet as w on w.player_id = p.id
      where p.points > 0;
    create materialized view public.player_ranking as
      select p.id, w.balance
      from public.player as p join public.wallet as w on w.player_id = p.id
      with no data;
    create unique index player_ranking_id on public.player_ranking (id);
    create sequence public.ticket as integer increment 2;

    create table public.move (
      id bigint not null, no integer not null, constraint move_pkey primary key (id)
    ) partition by range (id);
    create table public.move_2026_01 partition of public.move for values from (0) to (1000);
    create table public.part (id bigint constraint part_pkey primary key) partition by hash (id);
    create table public.part_0 partition of public.part
      for values with (modulus 1, remainder 0);

    alter default privileges grant select on tables to higgs_readonly;
    create schema extra;
    insert into public.player (name) values ('ada');
    insert into public.wallet values (1, 1, 5);

    reset role;

    """

  /// An index that is built outside a transaction.
  static let index = """
    -- 003: an index that is built while others write.
    -- higgs: no-transaction
    set role higgs_owner;
    create index concurrently if not exists wallet_balance on public.wallet (balance);
    comment on index public.wallet_balance is 'Finds the rich.';
    reset role;

    """
}
