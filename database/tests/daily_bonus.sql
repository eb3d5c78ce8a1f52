-- The daily bonus: once a day of the player's, twenty hours apart, in rising streaks.
begin;
select plan(30);

set local role higgs_app;
select create_player('ayu', account_type => 'registered', time_zone => 'Asia/Jakarta') as ayu \gset
select create_player('bagus', time_zone => 'Asia/Jakarta') as bagus \gset
select create_player('citra', time_zone => 'Asia/Jakarta') as citra \gset
select create_player('robot', account_type => 'bot') as robot \gset
select (now() at time zone 'Asia/Jakarta')::date as today \gset

create function pg_temp.claimed_before(
  player uuid, day date, moment timestamptz, days_in_a_row integer)
returns void
language sql
begin atomic
  insert into public.daily_bonuses (
    user_id, claimed_on, claimed_at, streak, currency, amount, transaction_id)
  values (player, day, moment, days_in_a_row, 'COINS', 1, public.new_id());
end;

-- The first claim --------------------------------------------------------------------------------

select results_eq(
  format('select outcome, claimed_on, streak, currency, amount from claim_daily_bonus(%L)', :'ayu'),
  format($$ values ('ok', %L::date, 1, 'COINS', 1000::bigint) $$, :'today'),
  'the first bonus is paid');
select is(get_user_balance(:'ayu', 'COINS'), 1000::bigint, 'it is in the wallet');
select results_eq(
  format($$ select t.kind, t.debit_wallet_id, t.amount, t.reference_type, t.reference_id
            from daily_bonuses as b
            join transactions as t on t.id = b.transaction_id
            where b.user_id = %L $$, :'ayu'),
  format($$ values ('bonus', wallet_of('issue', 'COINS'), 1000::bigint, 'daily_bonus', %L) $$,
    :'today'),
  'the empty pool is passed over: the issue pays');
select results_eq(
  format('select outcome, claimed_on, streak, amount from claim_daily_bonus(%L)', :'ayu'),
  format($$ values ('already_claimed', %L::date, 1, 1000::bigint) $$, :'today'),
  'a second claim tells of the first');
select is(get_user_balance(:'ayu', 'COINS'), 1000::bigint, 'and pays nothing');
select ok(
  next_claim_at >= now() + interval '20 hours'
  and (next_claim_at at time zone 'Asia/Jakarta')::date > :'today'::date,
  'the next is twenty hours on at least, and on another day')
from claim_daily_bonus(:'ayu');

-- Streaks ----------------------------------------------------------------------------------------

reset role;
select pg_temp.claimed_before(:'bagus', :'today'::date - 1, now() - interval '21 hours', 3);
update user_vip_status set level = 3 where user_id = :'bagus';
set local role higgs_app;
select results_eq(
  format('select outcome, streak, amount from claim_daily_bonus(%L)', :'bagus'),
  $$ values ('ok', 4, 3000::bigint) $$,
  'the day after goes on with the streak, and the VIP level adds its percentage');
select create_player('lestari', time_zone => 'Asia/Jakarta') as lestari \gset
reset role;
select pg_temp.claimed_before(:'lestari', :'today'::date - 2, now() - interval '45 hours', 3);
set local role higgs_app;
select is(
  (select streak from claim_daily_bonus(:'lestari')), 1, 'a day left out begins anew');
reset role;
select pg_temp.claimed_before(:'citra', :'today'::date - 1, now() - interval '26 hours', 40);
set local role higgs_app;
select results_eq(
  format('select streak, amount from claim_daily_bonus(%L)', :'citra'),
  'values (41, 6000::bigint)', 'from the seventh day on it grows no more');

-- Twenty hours -----------------------------------------------------------------------------------

select create_player('made', time_zone => 'Asia/Jakarta') as made \gset
reset role;
select pg_temp.claimed_before(
  :'made', :'today'::date - 1, now() - interval '19 hours 59 minutes', 1);
set local role higgs_app;
select results_eq(
  format('select outcome, claimed_on, streak from claim_daily_bonus(%L)', :'made'),
  format($$ values ('too_soon', %L::date, 1) $$, :'today'::date - 1),
  'another day alone is not enough: twenty hours must have passed');
reset role;
update daily_bonuses set claimed_at = now() - interval '20 hours' where user_id = :'made';
set local role higgs_app;
select is(
  (select outcome from claim_daily_bonus(:'made')), 'ok', 'after twenty hours it is paid');

-- A change of time zone --------------------------------------------------------------------------

select create_player('dewi', time_zone => 'Pacific/Kiritimati') as dewi \gset
select is(
  (select claimed_on from claim_daily_bonus(:'dewi')),
  (now() at time zone 'Pacific/Kiritimati')::date, 'a day is the player''s own');
reset role;
update user_profiles
set next_time_zone = 'Pacific/Pago_Pago', time_zone_changes_at = now() + interval '1 hour'
where user_id = :'dewi';
select is(player_time_zone(:'dewi'), 'Pacific/Kiritimati', 'a change waits for its time');
update user_profiles
set time_zone_changes_at = now() - interval '1 hour'
where user_id = :'dewi';
set local role higgs_app;
select is(player_time_zone(:'dewi'), 'Pacific/Pago_Pago', 'and then holds');
select is(
  (select outcome from claim_daily_bonus(:'dewi')), 'already_claimed',
  'travelling west does not live a day twice');

-- The pool ---------------------------------------------------------------------------------------

reset role;
select is(
  (
    select outcome
    from post_transactions(
      array[new_id()], array['grant'], array[wallet_of('issue', 'COINS')],
      array[wallet_of('bonus', 'COINS')], array['COINS'], array[1500::bigint])
  ), 'ok', 'an economist funds the pool');
set local role higgs_app;
select create_player('eko') as eko \gset
select create_player('fajar') as fajar \gset
select create_player('gita') as gita \gset
select is(
  (select outcome from claim_daily_bonus(:'eko')), 'ok', 'a bonus is claimed');
select is(
  (select balance from user_wallets where id = wallet_of('bonus', 'COINS')), 500::bigint,
  'the pool pays while it holds enough');
select is(
  (select outcome from claim_daily_bonus(:'fajar')), 'ok', 'the next one finds too little in it');
select is(
  (select balance from user_wallets where id = wallet_of('bonus', 'COINS')), 500::bigint,
  'and is paid by the issue');
select freeze_wallet(wallet_of('bonus', 'COINS'), 'Audit') as frozen \gset
select is(
  (select outcome from claim_daily_bonus(:'gita')), 'ok', 'a frozen pool stops no bonus');

-- Refusals ---------------------------------------------------------------------------------------

select create_player('hadi') as hadi \gset
select freeze_wallet(get_user_wallet(:'hadi', 'COINS'), 'Investigation') as frozen \gset
select is(
  (select outcome from claim_daily_bonus(:'hadi')), 'wallet_frozen',
  'a frozen wallet gets nothing');
select is_empty(
  format('select from daily_bonuses where user_id = %L', :'hadi'), 'and the day is not used up');
select unfreeze_wallet(get_user_wallet(:'hadi', 'COINS'), 'Cleared') as unfrozen \gset
select is(
  (select outcome from claim_daily_bonus(:'hadi')), 'ok', 'later on it can be claimed');
select is(
  (select outcome from claim_daily_bonus(:'robot')), 'not_eligible', 'bots get none');
reset role;
update users set self_excluded_until = now() + interval '1 day' where id = :'bagus';
set local role higgs_app;
select is(
  (select outcome from claim_daily_bonus(:'bagus')), 'not_eligible',
  'nor does who has excluded themselves');
reset role;
update users set self_excluded_until = null, status = 'banned' where id = :'bagus';
set local role higgs_app;
select is(
  (select outcome from claim_daily_bonus(:'bagus')), 'not_eligible', 'nor does a banned account');
select throws_ok(
  $$ select from claim_daily_bonus(new_id()) $$, 'P0002', null, 'an unknown player is an error');
select throws_ok(
  $$ select from claim_daily_bonus(null) $$, 'P0002', 'there is no player null',
  'so is a player that is null');
select throws_ok(
  $$ insert into daily_bonuses (user_id, claimed_on, streak, currency, amount, transaction_id)
     values (user_id_of('ayu'), '2020-01-01', 1, 'COINS', 1, new_id()) $$,
  '42501', 'permission denied for table daily_bonuses',
  'the application cannot write a claim by itself');

select finish();
rollback;
