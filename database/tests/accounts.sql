-- Accounts and their wallets: create_player, the look-ups, freezing, the history of a wallet.
begin;
select plan(48);

create function pg_temp.hint_of(statement text)
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
  return hint;
end
$function$;
grant execute on function pg_temp.hint_of(text) to public;
set local role higgs_app;

-- create_player ----------------------------------------------------------------------------------

select create_player('Ayu', 'Ayu L.', 'registered', 'ID', 'id', 'Asia/Makassar') as ayu \gset
select create_player('bagus') as bagus \gset

select results_eq(
  format($$ select u.username, u.account_type, u.role, u.status, p.display_name, p.country,
              p.locale, p.time_zone, v.level, v.points
            from users as u
            join user_profiles as p on p.user_id = u.id
            join user_vip_status as v on v.user_id = u.id
            where u.id = %L $$, :'ayu'),
  $$ values ('Ayu', 'registered', 'player', 'active', 'Ayu L.', 'ID', 'id', 'Asia/Makassar',
       0::smallint, 0::bigint) $$,
  'one call makes the account, its profile and its VIP status');
select results_eq(
  format($$ select kind, currency, balance from user_wallets where user_id = %L
            order by currency $$, :'ayu'),
  $$ values ('player', 'COINS', 0::bigint), ('player', 'GEMS', 0), ('player', 'TOKENS', 0) $$,
  'it has an empty wallet of each currency');
select is(
  (select display_name from user_profiles where user_id = :'bagus'), 'bagus',
  'without a display name the username is shown');
select is(
  create_player('bagus', user_id => :'bagus'), :'bagus'::uuid,
  'the same id and name again is the same account');
select is(
  (select count(*) from user_wallets where user_id = :'bagus'), 3::bigint,
  'and makes nothing twice');
select throws_ok(
  format($$ select create_player('other', user_id => %L) $$, :'bagus'), '23505',
  format('account %s exists already under another name', :'bagus'),
  'an id that is used under another name is refused');
select throws_ok(
  $$ select create_player('AYU') $$, '23505', 'username ''AYU'' is taken',
  'a username is taken without regard to case');
select throws_ok(
  $$ select create_player('a b') $$, '22023', 'username ''a b'' cannot be used',
  'a username with a space is refused');
select throws_ok(
  $$ select create_player(null) $$, '22023', 'username null cannot be used',
  'a missing username is refused');
select throws_ok(
  format('select create_player(''citra'', user_id => %L)', i.id), '22023',
  format('account id %s is not of version 7', coalesce(i.id::text, 'null')),
  'an id of another version is refused, as none')
from (values (gen_random_uuid()), (null)) as i (id);
select throws_ok(
  $$ select create_player('citra', account_type => 'admin') $$, '22023',
  'account type ''admin'' is not known', 'an unknown type of account is refused');
select throws_ok(
  $$ select create_player('citra', time_zone => 'Asia/Nowhere') $$, '22023',
  'time zone ''Asia/Nowhere'' is not known', 'an unknown time zone is refused');
select is(
  array[is_time_zone('Asia/Jayapura'), is_time_zone('UTC'), is_time_zone('UTC+99'),
    is_time_zone('Asia/Nowhere'), is_time_zone(null)],
  array[true, true, false, false, false], 'only names are time zones');

-- Look-ups ---------------------------------------------------------------------------------------

select is(user_id_of('aYU'), :'ayu'::uuid, 'an account is found by its name in any case');
select is(user_id_of(:'ayu'), :'ayu'::uuid, 'and by its id written out');
select throws_ok(
  $$ select user_id_of('nobody') $$, 'P0002', 'there is no user ''nobody''',
  'an unknown name is an error');
select throws_ok(
  $$ select user_id_of(new_id()::text) $$, 'P0002', null, 'an unknown id is an error');
select is(
  wallet_of('issue', 'GEMS'),
  (select id from user_wallets where code = 'issue' and currency = 'GEMS'),
  'wallet_of finds a system wallet');
select throws_ok(
  $$ select wallet_of('issue', 'RUPIAH') $$, 'P0002', 'there is no wallet ''issue'' in RUPIAH',
  'and says where there is none');
select is(
  get_user_wallet(:'ayu', 'TOKENS'),
  (select id from user_wallets where user_id = :'ayu' and currency = 'TOKENS'),
  'get_user_wallet finds a player''s wallet');
select throws_ok(
  format($$ select get_user_wallet(%L, 'RUPIAH') $$, :'ayu'), 'P0002', null,
  'and says where there is none');
select matches(
  pg_temp.hint_of($$ select get_user_wallet(create_player('too_early'), 'COINS') $$),
  'what a statement makes is seen by the next one', 'also why a new account has none yet');
select is(get_user_balance(:'ayu', 'COINS'), 0::bigint, 'a new wallet holds nothing');
select throws_ok(
  $$ select get_user_balance(new_id(), 'COINS') $$, 'P0002', null,
  'an unknown user has no balance rather than none');
select throws_ok(
  format($$ select get_user_balance(%L, null) $$, :'ayu'), 'P0002', null,
  'nor has a currency that is null');

-- History ----------------------------------------------------------------------------------------

select get_user_wallet(:'ayu', 'COINS') as ayu_coins \gset
select get_user_wallet(:'bagus', 'COINS') as bagus_coins \gset
select is(
  (
    select array_agg(distinct p.outcome)
    from (
      select
        array_agg(derive_id(now() - n * interval '1 day', 'test', 'history', n) order by n desc)
          as ids,
        array_agg(wallet_of('issue', 'COINS')) as debits,
        array_agg(:'ayu_coins'::bigint) as credits,
        array_agg(n::bigint order by n desc) as amounts
      from generate_series(1, 30) as s (n)
    ) as b
    cross join lateral post_transactions(
      b.ids, array_fill('grant'::text, array[30]), b.debits, b.credits,
      array_fill('COINS'::text, array[30]), b.amounts) as p
  ), array['ok'], 'thirty payments over thirty days, two months of the ledger at least');
select is(
  (
    select array_agg(distinct p.outcome)
    from (
      select
        array_agg(case
          when n = 0 then new_id()
          else derive_id(now() - (n + 0.5) * interval '1 day', 'test', 'transfer', n)
        end order by n desc) as ids,
        array_agg(case n when 0 then 100 else 1 end::bigint order by n desc) as amounts
      from generate_series(0, 20) as s (n)
    ) as b
    cross join lateral post_transactions(
      b.ids, array_fill('transfer'::text, array[21]),
      array_fill(:'ayu_coins'::bigint, array[21]), array_fill(:'bagus_coins'::bigint, array[21]),
      array_fill('COINS'::text, array[21]), b.amounts) as p
  ), array['ok'], 'and twenty-one to another player between them');
select is(get_user_balance(:'ayu', 'COINS'), 345::bigint, 'the balance is their sum');
select results_eq(
  format($$ select kind, signed_amount, balance_after, other_wallet_id
            from get_wallet_history(%s, null, 2) $$, :'ayu_coins'),
  format($$ values ('transfer', -100::bigint, 345::bigint, %s::bigint),
       ('grant', 1, 465, wallet_of('issue', 'COINS')) $$, :'bagus_coins'),
  'the history begins with the newest, given ones negative, with the balance after each');
select results_eq(
  format($$ select kind, signed_amount from get_wallet_history(%s, null, 1) $$, :'bagus_coins'),
  $$ values ('transfer', 100::bigint) $$, 'the other side of a payment is positive');
create temporary table pages (place integer, id uuid, signed_amount bigint) on commit drop;
do $pages$
declare
  last_id uuid;
  added integer;
begin
  loop
    insert into pages (place, id, signed_amount)
    select (select count(*) from pages) + h.ordinal, h.id, h.signed_amount
    from get_wallet_history(
      (
        select w.id
        from user_wallets as w
        where w.user_id = user_id_of('ayu') and w.currency = 'COINS'
      ), last_id, 7) with ordinality as h (
        id, kind, signed_amount, balance_after, other_wallet_id, reverses, reference_type,
        reference_id, posted_at, ordinal);
    get diagnostics added = row_count;
    exit when added = 0;
    select p.id into last_id from pages as p order by p.place desc limit 1;
  end loop;
end
$pages$;
select results_eq(
  'select id from pages order by place',
  format($$ select id from get_wallet_history(%s, null, 200) $$, :'ayu_coins'),
  'page by page gives the same as all at once');
select is((select count(*) from pages), 51::bigint, 'all of it, each once');
select is_empty(
  $$ select from get_wallet_history(0) $$, 'a wallet that is not there has no history');
select throws_ok(
  $$ select from get_wallet_history(1, null, 0) $$, '22023',
  'rows_max is 0, not between 1 and 200', 'no empty pages');
select throws_ok(
  $$ select from get_wallet_history(1, null, 201) $$, '22023',
  'rows_max is 201, not between 1 and 200', 'no endless pages');

-- Freezing ---------------------------------------------------------------------------------------

select is(
  freeze_wallet(:'ayu_coins', ' Chargeback ', :'bagus'), true, 'a wallet is frozen once');
select is(freeze_wallet(:'ayu_coins', 'Again'), false, 'and not again');
select is(
  (
    select p.outcome
    from post_transactions(
      array[new_id()], array['transfer'], array[:'ayu_coins'::bigint],
      array[:'bagus_coins'::bigint], array['COINS'], array[1::bigint]) as p
  ), 'wallet_frozen', 'nothing leaves it then');
select is(
  (select frozen_reason from user_wallets where id = :'ayu_coins'), 'Chargeback',
  'the reason is kept');
select is(
  unfreeze_wallet(:'ayu_coins', 'Settled', :'bagus'), true, 'it is let go again');
select is(unfreeze_wallet(:'ayu_coins', 'Settled'), false, 'once');
select results_eq(
  format($$ select action, reason, actor_id, details ->> 'frozen_reason'
            from audit_logs where target_type = 'wallet' and target_id = %L order by id $$,
    :'ayu_coins'),
  format($$ values ('wallet.frozen', 'Chargeback', %L::uuid, null),
       ('wallet.unfrozen', 'Settled', %L, 'Chargeback') $$, :'bagus', :'bagus'),
  'the audit log has both, each once');
select throws_ok(
  $$ select freeze_wallet(wallet_of('issue', 'COINS'), 'No') $$, '22023', null,
  'a system wallet cannot be frozen');
select throws_ok(
  $$ select freeze_wallet(0, 'No') $$, 'P0002', 'there is no wallet 0',
  'nor one that is not there');
select throws_ok(
  format($$ select freeze_wallet(%s, '  ') $$, :'ayu_coins'), '22023',
  'a freeze needs a reason of 1 to 200 characters', 'a freeze needs a reason');
select throws_ok(
  $$ select unfreeze_wallet(0, 'No') $$, 'P0002', 'there is no wallet 0',
  'a wallet that is not there cannot be unfrozen');
select throws_ok(
  format($$ update user_wallets set frozen_at = null where id = %s $$, :'ayu_coins'), '42501',
  'permission denied for table user_wallets', 'the application itself cannot touch a freeze');

select finish();
rollback;
