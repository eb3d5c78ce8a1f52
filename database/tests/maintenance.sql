-- Maintenance: the tasks, when they are due, what each does and does not do.
begin;
select plan(35);

select create_player('ayu') as ayu \gset
select create_player('bagus') as bagus \gset

-- Sign-ins ---------------------------------------------------------------------------------------

insert into user_sessions (
  user_id, refresh_token_hash, device_name, created_at, expires_at, revoked_at, revoked_reason)
select
  :'ayu', sha256(convert_to(s.name, 'UTF8')), s.name, now() - interval '200 days', s.expires_at,
  s.revoked_at, case when s.revoked_at is not null then 'signed_out' end
from (values
  ('live', now() + interval '1 day', null::timestamptz),
  ('expired', now() - interval '1 day', null),
  ('left lately', now() + interval '1 day', now() - interval '89 days'),
  ('left long ago', now() + interval '1 day', now() - interval '91 days')
) as s (name, expires_at, revoked_at);
select is(cleanup_expired_sessions(), 2::bigint, 'one is marked and one deleted');
select results_eq(
  'select device_name, revoked_reason from user_sessions order by device_name',
  $$ values ('expired', 'expired'), ('left lately', 'signed_out'), ('live', null) $$,
  'what lives stays, what expired is marked, what ended over ninety days ago is gone');
select is(cleanup_expired_sessions(), 0::bigint, 'there is nothing to do a second time');
select throws_ok(
  'select cleanup_expired_sessions(0)', '22023', 'rows_max is 0, not above zero',
  'a limit of nothing is refused');

-- Notifications ----------------------------------------------------------------------------------

insert into notifications (id, user_id, kind, title, read_at, expires_at)
select id_at(now() - n.age), :'ayu', 'system', n.title, n.read_at, n.expires_at
from (values
  ('new', interval '1 day', null::timestamptz, null::timestamptz),
  ('expired', interval '1 day', null, now() - interval '1 minute'),
  ('read lately', interval '29 days', now(), null),
  ('read long ago', interval '31 days', now(), null),
  ('unread', interval '179 days', null, null),
  ('unread too long', interval '181 days', null, null)
) as n (title, age, read_at, expires_at);
select is(cleanup_notifications(), 3::bigint, 'three are of no use any more');
select results_eq(
  'select title from notifications order by title',
  $$ values ('new'), ('read lately'), ('unread') $$, 'and the others stay');
select throws_ok(
  'select cleanup_notifications(null)', '22023', null, 'a limit of null is refused');

-- Messages ---------------------------------------------------------------------------------------

insert into game_rooms (name, game_id, currency, base_bet, buy_in_min, buy_in_max, seats)
values ('Meja', 'gaple', 'COINS', 100, 2000, 20000, 4)
returning id as room \gset
insert into messages (id, sender_id, recipient_id, room_id, body)
values
  (id_at(now() - interval '29 days'), :'ayu', null, :'room', 'table talk'),
  (id_at(now() - interval '31 days'), :'ayu', null, :'room', 'old table talk'),
  (id_at(now() - interval '32 days'), :'ayu', null, :'room', 'reported'),
  (id_at(now() - interval '33 days'), :'ayu', :'bagus', null, 'private');
insert into user_reports (reporter_id, reported_id, reason, message_id)
select :'bagus', :'ayu', 'abuse', m.id
from messages as m
where m.body = 'reported';
select results_eq(
  'select what, rows_removed from cleanup_old_data()',
  $$ values ('notifications', 0::bigint), ('table talk', 1), ('private messages', 0) $$,
  'it says what it deleted');
select results_eq(
  'select body from messages order by body',
  $$ values ('private'), ('reported'), ('table talk') $$,
  'private messages and what is reported stay');
update user_reports
set status = 'dismissed', handled_by = :'bagus', handled_at = now(), resolution = 'No ground';
select is(
  (select rows_removed from cleanup_old_data() where what = 'table talk'), 1::bigint,
  'once it is decided, it goes');

-- Materialized views -----------------------------------------------------------------------------

select is(
  (select count(*) from daily_statistics), 90::bigint, 'thirty days in three currencies are kept');
select is(
  refresh_all_materialized_views(), (
    select count(*)::integer from pg_matviews where schemaname = 'public'),
  'all are refreshed beside their readers');
select is(
  refresh_all_materialized_views(false), (
    select count(*)::integer from pg_matviews where schemaname = 'public'),
  'and without');
select is_empty(
  $$ select m.matviewname
     from pg_matviews as m
     where m.schemaname = 'public' and not exists (
       select from pg_index as i
       where i.indrelid = format('%I.%I', m.schemaname, m.matviewname)::regclass
         and i.indisunique and i.indpred is null) $$,
  'each has the unique index that this needs');
select is(
  (
    select accounts_created
    from daily_statistics
    where currency = 'COINS'
    order by day desc
    limit 1
  ),
  2::bigint, 'a refresh brings in what is new');
select cmp_ok(analyze_partitioned_tables(), '>=', 4, 'the partitioned tables are analyzed');

-- Tasks ------------------------------------------------------------------------------------------

set local role higgs_app;
select set_has(
  'select task from maintenance_tasks()',
  $$ values ('ensure_partitions'), ('expire_sessions'), ('clean_notifications'),
       ('clean_old_data'), ('refresh_views'), ('analyze') $$,
  'the tasks of the baseline are there');
select is_empty(
  $$ select task from maintenance_tasks()
     where task !~ '^[a-z_]+$' or purpose !~ '\.$' or runs_every <= interval '0'
       or statement !~ '^select ' or is_logged is null $$,
  'each says what it is for, how often and how');
select is(
  (select count(*) from maintenance_tasks() group by task order by 1 desc limit 1), 1::bigint,
  'no two have one name');
select set_has(
  'select task, due_since from maintenance_due()',
  $$ values ('ensure_partitions', '-infinity'::timestamptz), ('refresh_views', '-infinity') $$,
  'what never ran is due');
select is(run_maintenance('expire_sessions'), 0::bigint, 'a task runs and says what it did');
select results_eq(
  $$ select action, target_id, (details ->> 'changed')::integer, actor_id from audit_logs
     where target_type = 'maintenance_task' $$,
  $$ values ('maintenance.done', 'expire_sessions', 0, null::uuid) $$, 'its run is written down');
select isnt(maintenance_last_run('expire_sessions'), null, 'so that its time is known');
select is_empty(
  $$ select from maintenance_due() where task = 'expire_sessions' $$, 'then it is not due');
select throws_ok(
  $$ select run_maintenance('coffee') $$, 'P0002', 'there is no maintenance task ''coffee''',
  'an unknown task is an error');
select set_eq(
  'select task from maintenance_due()',
  $$ select task from maintenance_tasks() where task <> 'expire_sessions' $$,
  'the others are due still');
create temporary table done on commit drop as
select task, outcome, changed, milliseconds from scheduled_maintenance();
select is_empty(
  $$ select task, outcome from done where outcome <> 'done' or changed is null $$,
  'scheduled_maintenance() does all that is due');
select is(
  (select count(*) from done where task = 'expire_sessions'), 0::bigint, 'and nothing else');
select is_empty(
  $$ select task from maintenance_due() where task in (
       select b.task from done as b where b.task in (
         'ensure_partitions', 'clean_notifications', 'refresh_views', 'analyze')) $$,
  'afterwards nothing of it is due');

-- A task that fails, a task of a later migration, a task whose time has come again ----------------

reset role;
create or replace function maintenance_tasks()
returns table (
  task text, purpose text, runs_every interval, statement text, is_logged boolean,
  last_run_at timestamptz)
language sql
stable
begin atomic
  select t.task, t.purpose, t.runs_every, t.statement, t.is_logged, t.last_run_at
  from (values
    ('broken', 'Fail.', interval '1 day', 'select 1 / 0', true, null::timestamptz),
    ('keeps_its_record', 'Do nothing.', interval '1 hour', 'select 7', false,
      now() - interval '2 hours'),
    ('rests', 'Do nothing.', interval '3 hours', 'select 7', false, now() - interval '2 hours')
  ) as t (task, purpose, runs_every, statement, is_logged, last_run_at);
end;
set local client_min_messages = error;
select results_eq(
  'select task, due_since from maintenance_due()',
  $$ values ('broken', '-infinity'::timestamptz),
       ('keeps_its_record', now() - interval '1 hour') $$,
  'a task is due when its time has passed');
select results_eq(
  'select task, outcome, changed from scheduled_maintenance()',
  $$ values ('broken', 'failed: division by zero', null::bigint),
       ('keeps_its_record', 'done', 7) $$,
  'one that fails does not stop the others');
select is_empty(
  $$ select from audit_logs where target_id in ('broken', 'keeps_its_record') $$,
  'what fails, and what keeps its own record, is not in the log');
select throws_ok(
  $$ select run_maintenance('broken') $$, '22012', null, 'alone, its error is seen');

-- Rights -----------------------------------------------------------------------------------------

set local role higgs_readonly;
select lives_ok('select from maintenance_due()', 'the read-only role may see what is due');
select throws_ok(
  $$ select run_maintenance('rests') $$, '42501', null, 'but runs nothing');

select finish();
rollback;
