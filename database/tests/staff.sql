-- What staff may do to accounts: roles, suspension, bans, closing; what the application may not.
begin;
select no_plan();

create temporary table account as
select n.name, create_player(n.name) as id
from (values ('ayu'), ('budi'), ('citra'), ('admin')) as n (name);
grant select on account to public;
create function pg_temp.id_of(account_name text)
returns uuid
language sql
return (select a.id from account as a where a.name = account_name);
create function pg_temp.state_of(account_name text)
returns text
language sql
return (
  select concat_ws(' ', u.role, u.status, (u.suspended_until > now())::text, (
    select count(*) from public.user_sessions as s where s.user_id = u.id and s.revoked_at is null))
  from public.users as u
  where u.username = account_name);
create function pg_temp.error_of(statement text)
returns text
language plpgsql
as $function$
declare
  hint text;
begin
  execute statement;
  return 'done';
exception when others then
  get stacked diagnostics hint = pg_exception_hint;
  return concat_ws(' ', sqlstate, sqlerrm, hint);
end
$function$;

-- A session of the application's own: the owner's rights are not behind it.
set local session authorization higgs_app;

select throws_ok(
  format('update users set %s', c.change), '42501', null, 'not by hand: ' || c.change)
from (values
  ('role = ''admin'''), ('status = ''active'''), ('suspended_until = null'),
  ('self_excluded_until = null'), ('closed_at = null'), ('id = new_id()'),
  ('created_at = now()')
) as c (change);
select throws_ok(
  format('insert into users (username, %s) values (''eve'', %s)', c.name, c.value), '42501', null,
  'nor when it is made: ' || c.name)
from (values
  ('role', '''admin'''), ('status', '''banned'''), ('self_excluded_until', 'now()')
) as c (name, value);
select lives_ok(
  format('update users set %s where id = pg_temp.id_of(''ayu'')', c.change),
  'the application writes: ' || c.change)
from (values
  ('username = ''ayu2'''), ('username = ''ayu'''), ('account_type = ''registered'''),
  ('password_hash = ''$2b$12$'' || repeat(''x'', 53)'), ('guest_secret_hash = sha256(''a'')'),
  ('key_id = ''\x01'', email_encrypted = sha256(''a''), email_lookup = sha256(''b'')'),
  ('email_verified_at = now()'), ('phone_encrypted = sha256(''a''), phone_lookup = sha256(''b'')'),
  ('failed_logins = 3, locked_until = now()'), ('last_seen_at = now(), updated_at = now()')
) as c (change);
insert into user_sessions (user_id, refresh_token_hash, expires_at)
select a.id, sha256(a.name::bytea), now() + interval '1 day' from account as a;

-- Roles ------------------------------------------------------------------------------------------

select is(
  set_user_role(pg_temp.id_of('admin'), 'admin', 'The first one'), true,
  'while there is no administrator, one is made');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select set_user_role(pg_temp.id_of('ayu'), 'admin', 'Me, too') $$,
    '^42501 a role is given by an administrator Name the administrator', 'then by nobody'),
  ($$ select set_user_role(pg_temp.id_of('ayu'), 'admin', 'Me', pg_temp.id_of('ayu')) $$,
    '^42501 .* may not give .* a role The actor is an active administrator', 'not by oneself'),
  ($$ select set_user_role(pg_temp.id_of('ayu'), 'admin', 'Me', pg_temp.id_of('budi')) $$,
    '^42501 .* may not give .* a role', 'not by a player'),
  ($$ select set_user_role(pg_temp.id_of('admin'), 'player', 'Off', pg_temp.id_of('admin')) $$,
    '^42501 .* may not give .* a role', 'nor does an administrator change the own'),
  ($$ select set_user_role(pg_temp.id_of('ayu'), 'king', 'Me', pg_temp.id_of('admin')) $$,
    '^22023 role ''king'' is not known Use player', 'a role that is none'),
  ($$ select set_user_role(pg_temp.id_of('ayu'), null, 'Me', pg_temp.id_of('admin')) $$,
    '^22023 role null is not known', 'no role'),
  ($$ select set_user_role(pg_temp.id_of('ayu'), 'auditor', ' ', pg_temp.id_of('admin')) $$,
    '^22023 a change of role needs a reason', 'no reason'),
  ($$ select set_user_role(null, 'auditor', 'Hired', pg_temp.id_of('admin')) $$,
    '^P0002 there is no user null Find', 'no account')
) as c (call, error, what);
select is(
  set_user_role(pg_temp.id_of('budi'), 'moderator', 'Joined', pg_temp.id_of('admin')), true,
  'an administrator gives a role');
select is(
  set_user_role(pg_temp.id_of('budi'), 'moderator', 'Joined', pg_temp.id_of('admin')), false,
  'once');
reset session authorization;
select is(
  set_user_role(pg_temp.id_of('citra'), 'auditor', 'From psql'), true,
  'the owner needs no administrator');
select is(
  set_user_role(pg_temp.id_of('citra'), 'player', 'From psql'), true, 'and takes it back');
set local session authorization higgs_app;

-- Suspending, banning, restoring, closing --------------------------------------------------------

select is(c.done, c.result, c.what)
from (values
  (suspend_user(pg_temp.id_of('ayu'), now() + interval '1 day', 'Abuse', pg_temp.id_of('budi')),
    true, 'an account is suspended')
) as c (done, result, what);
select is(pg_temp.state_of('ayu'), 'player suspended true 0', 'and its sign-ins end');
select is(
  suspend_user(pg_temp.id_of('ayu'), now() + interval '1 day', 'Abuse'), false, 'once');
select is(
  suspend_user(pg_temp.id_of('ayu'), now() + interval '2 days', 'More'), true, 'or for longer');
select is(ban_user(pg_temp.id_of('ayu'), 'Chip dumping'), true, 'then it is banned');
select is(pg_temp.state_of('ayu'), 'player banned 0', 'without an end');
select is(ban_user(pg_temp.id_of('ayu'), 'Chip dumping'), false, 'once');
select is(restore_user(pg_temp.id_of('ayu'), 'A mistake'), true, 'and restored');
select is(pg_temp.state_of('ayu'), 'player active 0', 'to what it was');
select is(restore_user(pg_temp.id_of('ayu'), 'A mistake'), false, 'once');
select is(close_user(pg_temp.id_of('ayu'), 'Asked for it'), true, 'an account is closed');
select is(close_user(pg_temp.id_of('ayu'), 'Asked for it'), false, 'once');
select ok(
  (select u.closed_at = now() from users as u where u.username = 'ayu'), 'with the time');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select restore_user(pg_temp.id_of('ayu'), 'Back') $$,
    '^55000 account .* is closed, for good The player makes', 'it stays closed'),
  ($$ select suspend_user(pg_temp.id_of('budi'), now(), 'Abuse') $$,
    '^22023 a suspension until .* has no end that is to come Give', 'a suspension that is over'),
  ($$ select suspend_user(pg_temp.id_of('budi'), null, 'Abuse') $$,
    '^22023 a suspension until null has no end', 'one of no length'),
  ($$ select suspend_user(pg_temp.id_of('budi'), 'infinity', 'Abuse') $$,
    '^22023 a suspension until infinity has no end', 'one without end'),
  ($$ select ban_user(pg_temp.id_of('budi'), null) $$,
    '^22023 user.banned needs a reason of 1 to 200 characters The audit log', 'no reason'),
  ($$ select close_user(pg_temp.id_of('budi'), repeat('x', 201)) $$,
    '^22023 user.closed needs a reason', 'a reason without end'),
  ($$ select ban_user(new_id(), 'Who') $$, '^P0002 there is no user', 'no account'),
  ($$ select ban_user(null, 'Who') $$, '^P0002 there is no user null', 'not even an id')
) as c (call, error, what);

-- Self-exclusion ---------------------------------------------------------------------------------

select is(
  set_self_exclusion(pg_temp.id_of('citra'), now() + c.length), now() + c.holds, c.what)
from (values
  (interval '7 days', interval '7 days', 'a player is kept out for a week'),
  (interval '1 day', interval '7 days', 'a day does not make it shorter'),
  (interval '7 days', interval '7 days', 'the same changes nothing'),
  (interval '30 days', interval '30 days', 'a month makes it longer')
) as c (length, holds, what);
select is(
  set_self_exclusion(pg_temp.id_of('citra'), 'infinity'), 'infinity', 'it may be for ever');
select is(
  set_self_exclusion(pg_temp.id_of('citra'), now() + interval '1 year'), 'infinity',
  'and then is');
select matches(pg_temp.error_of(c.call), c.error, c.what)
from (values
  ($$ select set_self_exclusion(pg_temp.id_of('budi'), now()) $$,
    '^22023 a self-exclusion until .* is over already Give', 'none that is over'),
  ($$ select set_self_exclusion(pg_temp.id_of('budi'), null) $$,
    '^22023 a self-exclusion until null', 'none of no length'),
  ($$ select set_self_exclusion(new_id(), 'infinity') $$, '^P0002 there is no player',
    'nobody''s')
) as c (call, error, what);

-- The audit log ----------------------------------------------------------------------------------

reset session authorization;
select results_eq(
  $$ select a.action, t.username, c.username, a.reason, count(*)
     from audit_logs as a
     join users as t on t.id::text = a.target_id
     left join users as c on c.id = a.actor_id
     where a.action ~ '^(user|player)\.'
     group by 1, 2, 3, 4
     order by 1, 2, 4 $$,
  $$ values ('player.self_excluded', 'citra', 'citra', null, 3::bigint),
       ('user.banned', 'ayu', null, 'Chip dumping', 1),
       ('user.closed', 'ayu', null, 'Asked for it', 1),
       ('user.restored', 'ayu', null, 'A mistake', 1),
       ('user.role_changed', 'admin', null, 'The first one', 1),
       ('user.role_changed', 'budi', 'admin', 'Joined', 1),
       ('user.role_changed', 'citra', null, 'From psql', 2),
       ('user.suspended', 'ayu', 'budi', 'Abuse', 1), ('user.suspended', 'ayu', null, 'More', 1) $$,
  'every act is in the audit log, each once, with who and why');
select results_eq(
  $$ select a.details -> 'before' ->> 'status', a.details -> 'after' ->> 'status'
     from audit_logs as a where a.action = 'user.banned' $$,
  $$ values ('suspended', 'banned') $$, 'with before and after');

select finish();
rollback;
