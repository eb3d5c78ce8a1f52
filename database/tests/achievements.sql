-- Achievements, VIP points, notifications, the audit log.
begin;
select plan(37);

set local role higgs_app;
select create_player('ayu') as ayu \gset
select create_player('bagus') as bagus \gset
select create_player('robot', account_type => 'bot') as robot \gset

-- Achievements -----------------------------------------------------------------------------------

select results_eq(
  format($$ select outcome, progress, goal, unlocked_at, reward_transaction_id
            from record_achievement_progress(%L, 'hundred_hands', 40) $$, :'ayu'),
  $$ values ('progress', 40::bigint, 100::bigint, null::timestamptz, null::uuid) $$,
  'progress is noted');
select is(
  (select progress from record_achievement_progress(:'ayu', 'hundred_hands', 30)), 40::bigint,
  'a smaller total changes nothing');
select is(get_user_balance(:'ayu', 'COINS'), 0::bigint, 'nothing is paid before the goal');
select results_eq(
  format($$ select outcome, progress from record_achievement_progress(%L, 'hundred_hands', 123) $$,
    :'ayu'),
  $$ values ('unlocked', 100::bigint) $$, 'past the goal it is unlocked, and progress ends there');
select is(get_user_balance(:'ayu', 'COINS'), 10000::bigint, 'the reward is in the wallet');
select results_eq(
  format($$ select t.kind, t.amount, t.reference_type, t.reference_id
            from user_achievements as a
            join transactions as t on t.id = a.reward_transaction_id
            where a.user_id = %L $$, :'ayu'),
  $$ values ('reward', 10000::bigint, 'achievement', 'hundred_hands') $$,
  'its payment is in the ledger and named in the achievement');
select is(
  (select outcome from record_achievement_progress(:'ayu', 'hundred_hands', 200)),
  'already_unlocked', 'it is unlocked once');
select is(get_user_balance(:'ayu', 'COINS'), 10000::bigint, 'and paid once');
select is(
  (select points from user_vip_status where user_id = :'ayu'), 100::bigint,
  'its VIP points are added once');
select results_eq(
  format($$ select kind, title, payload ->> 'achievement_id' from notifications
            where user_id = %L $$, :'ayu'),
  $$ values ('achievement', 'Regular', 'hundred_hands') $$, 'the player is told once');
select freeze_wallet(get_user_wallet(:'bagus', 'GEMS'), 'Investigation') as frozen \gset
select results_eq(
  format($$ select outcome, reward_transaction_id
            from record_achievement_progress(%L, 'ten_streak', 10) $$, :'bagus'),
  $$ values ('unlocked', null::uuid) $$, 'a frozen wallet does not keep it from being unlocked');
select unfreeze_wallet(get_user_wallet(:'bagus', 'GEMS'), 'Cleared') as unfrozen \gset
select isnt(
  (select reward_transaction_id from record_achievement_progress(:'bagus', 'ten_streak', 10)),
  null, 'the next call pays');
select is(get_user_balance(:'bagus', 'GEMS'), 10::bigint, 'what was owed');
select throws_ok(
  format($$ select from record_achievement_progress(%L, 'flying', 1) $$, :'ayu'), 'P0002',
  'there is no achievement ''flying''', 'an unknown achievement is an error');
select throws_ok(
  $$ select from record_achievement_progress(new_id(), 'first_win', 1) $$, 'P0002', null,
  'so is an unknown user');
select throws_ok(
  format($$ select from record_achievement_progress(%L, 'first_win', -1) $$, :'ayu'), '22023',
  null, 'so is less than nothing');
select throws_ok(
  format($$ select from record_achievement_progress(%L, 'first_win', null) $$, :'ayu'), '22023',
  null, 'so is null');
select results_eq(
  format($$ select achievement_id, progress, percent, unlocked_at is not null, reward_is_paid
            from user_achievements_progress
            where user_id = %L and achievement_id in ('hundred_hands', 'first_win')
            order by achievement_id $$, :'ayu'),
  $$ values ('first_win', 0::bigint, 0, false, false),
       ('hundred_hands', 100, 100, true, true) $$,
  'the view shows all achievements, begun or not');
reset role;
update achievements set is_hidden = true where id = 'first_win';
set local role higgs_app;
select is(
  (
    select count(*)
    from user_achievements_progress
    where user_id = :'ayu' and achievement_id = 'first_win'
  ), 0::bigint, 'a hidden one is not shown');
select is(
  (select outcome from record_achievement_progress(:'ayu', 'first_win', 1)), 'unlocked',
  'until it is reached');
select is(
  (
    select percent
    from user_achievements_progress
    where user_id = :'ayu' and achievement_id = 'first_win'
  ), 100, 'then it is');

-- VIP --------------------------------------------------------------------------------------------

select is(add_vip_points(:'bagus', 499), 0::smallint, 'points short of a level raise nothing');
select is(add_vip_points(:'bagus', 1), 1::smallint, 'the last one does');
select is(
  (select count(*) from notifications where user_id = :'bagus' and kind = 'vip_level'), 1::bigint,
  'and is announced once');
select is(add_vip_points(:'bagus', 400000), 5::smallint, 'several levels may go by at once');
select throws_ok(
  format('select add_vip_points(%L, -1)', :'bagus'), '22023', null, 'points are never taken');
select throws_ok(
  'select add_vip_points(new_id(), 1)', 'P0002', null, 'an unknown user gets none');

-- Notifications ----------------------------------------------------------------------------------

select isnt(
  send_notification(:'bagus', 'system', 'Maintenance tonight', 'From two to three.'), null,
  'a notification is left');
select is(
  send_notification(:'robot', 'system', 'Hello'), null, 'bots have no use for one');
select is(
  (
    select count(send_notification(:'ayu', 'system', 'Number ' || n))
    from generate_series(1, 510) as s (n)
  ), 510::bigint, 'very many are left');
select is(
  (select count(*) from notifications where user_id = :'ayu'), 500::bigint,
  'the newest five hundred are kept');
select throws_ok(
  $$ select send_notification(new_id(), 'system', 'Hello') $$, 'P0002', null,
  'an unknown user is an error');
select throws_ok(
  format($$ select send_notification(%L, 'System!', 'Hello') $$, :'ayu'), '23514', null,
  'an unfit kind is refused');

-- The audit log ----------------------------------------------------------------------------------

select create_audit_log(
  :'ayu', 'user.suspended', 'user', :'bagus', 'Abuse', '{"days": 3}', '192.0.2.7', 'request-1')
  as entry \gset
select results_eq(
  format($$ select actor_id, action, target_type, target_id, reason, details, address, request_id,
              database_user = session_user
            from audit_logs where id = %L $$, :'entry'),
  format($$ values (%L::uuid, 'user.suspended', 'user', %L, 'Abuse', '{"days": 3}'::jsonb,
              '192.0.2.7'::inet, 'request-1', true) $$, :'ayu', :'bagus'),
  'an act is written down with who, what, to whom and why');
select throws_ok(
  $$ select create_audit_log(null, 'suspended') $$, '22023', null,
  'an action names a thing and an act');
select throws_ok(
  $$ delete from audit_logs $$, '42501', 'permission denied for table audit_logs',
  'the application deletes nothing there');
reset role;
select throws_ok(
  $$ delete from audit_logs $$, '42501', null, 'nor does the owner');

select finish();
rollback;
