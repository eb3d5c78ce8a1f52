-- post_transactions: every outcome, and what it leaves behind.
begin;
select no_plan();
\ir fixtures/ledger.sql

create temporary table players as
select n.name, pg_temp.player(n.name, n.coins) as id
from (values ('ayu', 1000), ('budi', 500), ('citra', 0), ('dewi', 100)) as n (name, coins);

-- One payment ------------------------------------------------------------------------------------

select is(
  pg_temp.post('one transfer ayu budi 100'), 'ok',
  'a payment between two players is made');
select results_eq(
  $$ select t.debit_balance_after, t.credit_balance_after, t.posted_at = now(),
       t.posted_xid = public.ledger_xid()
     from transactions as t where t.id = pg_temp.id_of('one') $$,
  $$ values (900::bigint, 600::bigint, true, true) $$,
  'its row holds both balances after it, the time and the position');
select is(
  array[pg_temp.balance('ayu'), pg_temp.balance('budi')], array[900, 600]::numeric[],
  'and the wallets have the same balances');
select is(
  pg_temp.post('one transfer ayu budi 100'), 'exists',
  'the same payment again is answered as before');
select results_eq(
  $$ select p.item, p.id, p.outcome, p.debit_balance_after, p.credit_balance_after
     from post_transactions(array[pg_temp.id_of('one')], array['transfer'],
       array[pg_temp.wallet('ayu')], array[pg_temp.wallet('budi')], array['COINS'],
       array[100]) as p $$,
  $$ values (1, pg_temp.id_of('one'), 'exists', 900::bigint, 600::bigint) $$,
  'with the balances of that time');
select is(pg_temp.balance('ayu'), 900::numeric, 'and nothing moves twice');
select is(
  pg_temp.post('grant_one grant issue citra 50'), 'ok',
  'the house pays without having a balance');
select results_eq(
  $$ select t.debit_balance_after, t.credit_balance_after from transactions as t
     where t.id = pg_temp.id_of('grant one') $$,
  $$ values (null::bigint, 50::bigint) $$,
  'and its side of the row has none');
select is(
  (select w.balance from user_wallets as w where w.id = pg_temp.wallet('issue')), null,
  'nor has its wallet');

-- Sameness ---------------------------------------------------------------------------------------

call pg_temp.given('same transfer ayu budi 5 group=same/1 ref=order/7');
select is(
  pg_temp.post(c.line), 'exists_with_different_content', 'other content: ' || c.what)
from (values
  ('kind', 'same gift ayu budi 5 group=same/1 ref=order/7'),
  ('debit', 'same transfer dewi budi 5 group=same/1 ref=order/7'),
  ('credit', 'same transfer ayu dewi 5 group=same/1 ref=order/7'),
  ('currency', 'same transfer ayu budi 5 cur=GEMS group=same/1 ref=order/7'),
  ('amount', 'same transfer ayu budi 6 group=same/1 ref=order/7'),
  ('group', 'same transfer ayu budi 5 group=other/1 ref=order/7'),
  ('group size', 'same transfer ayu budi 5 group=same/2 ref=order/7'),
  ('no group', 'same transfer ayu budi 5 ref=order/7'),
  ('reverses', 'same reversal ayu budi 5 reverses=one group=same/1 ref=order/7'),
  ('reference type', 'same transfer ayu budi 5 group=same/1 ref=bill/7'),
  ('reference', 'same transfer ayu budi 5 group=same/1 ref=order/8'),
  ('no reference', 'same transfer ayu budi 5 group=same/1')) as c (what, line);
select is(
  (select p.outcome
   from post_transactions(
     ids => array[pg_temp.id_of('one')], kinds => array['transfer'],
     debit_wallet_ids => array[pg_temp.wallet('ayu')],
     credit_wallet_ids => array[pg_temp.wallet('budi')], currencies => array['COINS'],
     amounts => array[100], actor_ids => array[(select p.id from players as p limit 1)],
     metadata => array['{"note": "again"}'::jsonb]) as p),
  'exists', 'the actor and the metadata are not content');

-- Refusals ---------------------------------------------------------------------------------------

select is(
  pg_temp.post('poor transfer ayu budi 100000'), 'insufficient_funds',
  'nobody pays more than they have');
select is(
  pg_temp.post('poor transfer ayu budi 1'), 'ok',
  'a refused id leaves no trace and may succeed later, also with other content');
select is(pg_temp.post(c.line), c.outcome, c.what)
from (values
  ('r1 transfer 999999999 budi 1', 'wallet_not_found', 'no such debit wallet'),
  ('r2 transfer ayu 999999999 1', 'wallet_not_found', 'no such credit wallet'),
  ('r3 transfer 999999998 999999999 1', 'wallet_not_found', 'neither wallet'),
  ('r4 transfer ayu budi 1 cur=GEMS', 'currency_mismatch', 'both wallets of another currency'),
  ('r5 transfer ayu budi:GEMS 1', 'currency_mismatch', 'credit wallet of another currency'),
  ('r6 transfer ayu:GEMS budi 1 cur=COINS', 'currency_mismatch',
    'debit wallet of another currency'),
  ('r7 transfer ayu budi 1 cur=SHELLS', 'currency_mismatch', 'a currency that is none'),
  ('r8 transfer ayu budi 0', 'amount_out_of_range', 'nothing'),
  ('r9 transfer ayu budi -5', 'amount_out_of_range', 'less than nothing'),
  ('r10 grant issue budi 1000000000000001', 'amount_out_of_range', 'above the largest amount'),
  ('r11 grant issue budi 9223372036854775807', 'amount_out_of_range', 'the largest bigint'),
  ('r12@-36_days transfer ayu budi 1', 'id_out_of_window', 'an id of 36 days ago'),
  ('r13@6_minutes transfer ayu budi 1', 'id_out_of_window', 'an id of 6 minutes ahead'),
  ('r14@-34_days transfer ayu budi 1', 'ok', 'an id of 34 days ago'),
  ('r15@4_minutes transfer ayu budi 1', 'ok', 'an id of 4 minutes ahead')
) as c (line, outcome, what);
select is(
  (select count(*)::integer from transactions as t
   where t.id in (select pg_temp.id_of('r' || n) from generate_series(1, 13) as n)),
  0, 'refused payments leave no row');

select is(
  pg_temp.post(
    'big1 grant issue citra 1000000000000000
     big2 grant issue citra 1000000000000000
     big3 grant issue citra 1000000000000000
     big4 grant issue citra 1000000000000000
     big5 grant issue citra 1000000000000000
     big6 grant issue citra 1000000000000000
     big7 grant issue citra 1000000000000000
     big8 grant issue citra 1000000000000000
     big9 grant issue citra 1000000000000000
     big10 grant issue citra 7199254740941
     big11 grant issue citra 1
     big12 transfer ayu budi 1'),
  'ok ok ok ok ok ok ok ok ok ok amount_out_of_range ok',
  'a balance stops at 2^53 - 1 and sinks nothing else');
select is(pg_temp.balance('citra'), 9007199254740991::numeric, 'which is exactly reached');

-- An old id that is stored still answers.
alter table transactions disable trigger refuse_change;
insert into transactions (
  id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
  credit_balance_after, posted_xid)
select pg_temp.id_of('old@-35 days -1 minute'), 'transfer', pg_temp.wallet('ayu'),
  pg_temp.wallet('budi'), 'COINS', 3, 1, 1, 1;
select is(
  pg_temp.post('old@-35_days_-1_minute transfer ayu budi 3'), 'exists',
  'outside the window a stored id answers exists');
select is(
  pg_temp.post('old@-35_days_-1_minute transfer ayu budi 4'), 'exists_with_different_content',
  'or that its content differs');
delete from transactions where id = pg_temp.id_of('old@-35 days -1 minute');
alter table transactions enable always trigger refuse_change;

-- Freezing ---------------------------------------------------------------------------------------

create temporary table opened as
select create_room('Meja', 'gaple', 'COINS', 100, 1000, 20000, 4::smallint) as id;
call pg_temp.given(
  'f01 buy_in ayu @Meja.0 40
   f02 buy_in budi @Meja.1 10', true);
call pg_temp.given(
  'f03 transfer dewi budi 1
   f04 transfer ayu bonus 10');
update user_wallets set frozen_at = now(), frozen_reason = 'a test'
where id = pg_temp.wallet('dewi');
select is(pg_temp.post(c.line), c.outcome, c.what)
from (values
  ('f1 transfer dewi budi 1', 'wallet_frozen', 'a frozen wallet pays nothing'),
  ('f2 transfer ayu dewi 1', 'wallet_frozen', 'nor does it receive'),
  ('f7 refund bonus dewi 1', 'ok', 'a refund ignores the freeze'),
  ('f8 reversal budi dewi 1 reverses=f03', 'wallet_frozen', 'a reversal does not')
) as c (line, outcome, what);
update user_wallets set frozen_at = now(), frozen_reason = 'a test'
where id = pg_temp.wallet('@Meja.0');
select is(pg_temp.post(c.line, true), c.outcome, c.what)
from (values
  ('f3 buy_in dewi @Meja.1 1', 'wallet_frozen', 'who is frozen does not buy in'),
  ('f4 settlement @Meja.0 @Meja.1 1', 'ok', 'a settlement ignores the freeze'),
  ('f5 rake @Meja.0 rake 1', 'ok', 'rake too'),
  ('f6 cash_out @Meja.0 dewi 1', 'ok', 'a cash-out too')
) as c (line, outcome, what);
select is(
  pg_temp.post(
    'f9 transfer ayu budi 1
     f10 transfer dewi ayu 1
     f11 transfer ayu budi 1'),
  'ok wallet_frozen ok', 'a frozen wallet sinks only its own items');
update user_wallets set frozen_at = now(), frozen_reason = 'a test'
where id = pg_temp.wallet('bonus');
select is(
  pg_temp.post('f12 refund bonus dewi 1') || ' ' || pg_temp.post('f13 rake bonus rake 1'),
  'wallet_frozen wallet_frozen', 'a frozen pool pays nothing, under whatever name');
update user_wallets set frozen_at = null, frozen_reason = null
where id in (pg_temp.wallet('dewi'), pg_temp.wallet('@Meja.0'), pg_temp.wallet('bonus'));

-- Order and running balances within a batch ------------------------------------------------------

create temporary table empty as select pg_temp.player('empty') as id;
select is(
  pg_temp.post(
    'o1 transfer empty budi 1
     o2 grant issue empty 10
     o3 transfer empty budi 7
     o4 transfer empty budi 4
     o5 transfer empty budi 3
     o6 transfer empty budi 1'),
  'insufficient_funds ok ok insufficient_funds ok insufficient_funds',
  'items are decided one after the other');
select results_eq(
  $$ select t.debit_balance_after, t.credit_balance_after from transactions as t
     where t.id in (pg_temp.id_of('o3'), pg_temp.id_of('o5'))
     order by t.debit_balance_after desc $$,
  $$ select 3::bigint, pg_temp.balance('budi')::bigint - 3
     union all select 0::bigint, pg_temp.balance('budi')::bigint $$,
  'each with its running balance');
select is(
  (select array_agg(p.item order by o.ordinal)
   from post_transactions(
     array[pg_temp.id_of('q3'), pg_temp.id_of('q1'), pg_temp.id_of('q2')],
     array['transfer', 'transfer', 'transfer'],
     array[pg_temp.wallet('ayu'), pg_temp.wallet('ayu'), pg_temp.wallet('budi')],
     array[pg_temp.wallet('budi'), pg_temp.wallet('budi'), pg_temp.wallet('ayu')],
     array['COINS', 'COINS', 'COINS'], array[1, 2, 3])
     with ordinality as o (item, id, outcome, d, c, ordinal)
   cross join lateral (select o.item) as p),
  array[1, 2, 3], 'results come in the order of the items');
select is(
  (select count(*)::integer from post_transactions('{}', '{}', '{}', '{}', '{}', '{}')), 0,
  'an empty batch is nothing');

-- Twice in one batch -----------------------------------------------------------------------------

select is(
  pg_temp.post(
    'd1 transfer ayu budi 1
     d1 transfer ayu budi 1
     d1 transfer ayu budi 2
     d1 transfer ayu budi 1'),
  'ok exists exists_with_different_content exists',
  'the second use of an id in a batch is a repetition, or an error');
select is(
  pg_temp.post(
    'd2 transfer empty budi 1
     d2 transfer ayu budi 1
     d2 transfer ayu budi 1'),
  'insufficient_funds ok exists', 'a refused first use leaves no trace in the batch either');
select is(
  pg_temp.post(
    'd3 transfer ayu budi 1
     one transfer ayu budi 100
     one transfer ayu budi 100
     one transfer ayu budi 101'),
  'ok exists exists exists_with_different_content',
  'stored and new ids mix');

-- Groups -----------------------------------------------------------------------------------------

select is(
  pg_temp.post(
    'g1 transfer ayu budi 1 group=g1/2
     g2 transfer budi dewi 1 group=g1/2'),
  'ok ok', 'a group is posted whole');
select is(
  pg_temp.post(
    'g1 transfer ayu budi 1 group=g1/2
     g2 transfer budi dewi 1 group=g1/2'),
  'exists exists', 'and answers as before');
select is(
  pg_temp.post(
    'g3 transfer ayu budi 1 group=g3/3
     g4 transfer empty dewi 1 group=g3/3
     g5 transfer budi dewi 1 group=g3/3
     g6 transfer ayu budi 1'),
  'group_failed insufficient_funds group_failed ok',
  'one refusal sinks its group and nothing else');
select is(
  pg_temp.post(
    'g7 transfer ayu empty 5 group=g7/2
     g8 transfer dewi budi 100000 group=g7/2
     g9 transfer empty budi 5'),
  'group_failed insufficient_funds insufficient_funds',
  'what a failed group moved is taken back before the next item');
select is(
  pg_temp.post(
    'g3 transfer ayu budi 1 group=g3/2
     g5 transfer budi dewi 1 group=g3/2'),
  'ok ok', 'ids of a failed group may be used again');
select is(
  pg_temp.post(
    'h1 transfer ayu budi 1 group=h1/2
     h2 transfer ayu budi 1
     h3 transfer budi ayu 1 group=h1/2
     h4 transfer empty budi 1'),
  'ok ok ok insufficient_funds', 'items of a group need not stand together');
select is(pg_temp.post(c.batch), c.outcomes, c.what)
from (values
  ('m1 transfer ayu budi 1 group=m1/2', 'group_mismatch', 'a group that is short'),
  ('m2 transfer ayu budi 1 group=m2/1
    m3 transfer ayu budi 1 group=m2/1', 'group_mismatch group_mismatch', 'one that is long'),
  ('m4 transfer ayu budi 1 group=m4/2
    m5 transfer ayu budi 1 group=m4/3', 'group_mismatch group_mismatch', 'one of two sizes'),
  ('m6 transfer ayu budi 1 group=m6/2
    m7 transfer ayu budi 1 group=m6/3
    m8 transfer ayu budi 1', 'group_mismatch group_mismatch ok', 'two sizes, and an item beside'),
  ('m9 transfer ayu budi 1 group=mx/1', 'group_mismatch', 'one named for none of its items'),
  ('n1 transfer ayu budi 1 group=n1/2
    n1 transfer ayu budi 1 group=n1/2', 'group_mismatch group_mismatch',
    'one whose items have one id'),
  ('n2 transfer ayu budi 1 group=n2/2
    n3 transfer ayu budi 1 group=n2/2
    n3 transfer ayu budi 1 group=n2/2', 'ok ok exists', 'one with a repetition is whole'),
  ('n4 transfer ayu budi 1 group=n4/2
    one transfer ayu budi 1 group=n4/2', 'group_failed exists_with_different_content',
    'one with an id that is stored outside it'),
  ('n5 transfer ayu budi 1 group=n5/2
    n6 transfer ayu budi 1 group=n5/2
    n7 transfer ayu budi 1 group=n7/2
    n6 transfer ayu budi 1 group=n7/2', 'ok ok group_failed exists_with_different_content',
    'two that share an id'),
  ('g1 transfer ayu budi 1 group=g1/2
    g2 transfer budi dewi 2 group=g1/2', 'exists exists_with_different_content',
    'a stored one with a change'),
  ('g1 transfer ayu budi 1 group=g1/2', 'exists', 'half of a stored one'),
  ('g1 transfer ayu budi 1 group=g1/2
    g2 transfer budi dewi 1 group=g1/2
    n8 transfer budi dewi 1 group=g1/2', 'exists exists group_mismatch',
    'a stored one with an addition')
) as c (batch, outcomes, what);

-- Reversals --------------------------------------------------------------------------------------

call pg_temp.given('v1 transfer ayu budi 10');
select is(pg_temp.post(c.batch), c.outcomes, c.what)
from (values
  ('v2 reversal budi ayu 4 reverses=v1', 'ok', 'a payment is undone in part'),
  ('v3 reversal budi ayu 7 reverses=v1', 'reversal_exceeds_original', 'not more than it was'),
  ('v4 reversal budi ayu 6 reverses=v1', 'ok', 'then the rest'),
  ('v5 reversal budi ayu 1 reverses=v1', 'reversal_exceeds_original', 'then nothing more'),
  ('v4 reversal budi ayu 6 reverses=v1', 'exists', 'a repetition is answered as before'),
  ('v6 reversal budi ayu 1 reverses=nothing', 'reversal_not_found', 'no such payment'),
  ('v7 reversal ayu budi 1 reverses=one', 'reversal_mismatch', 'not in the same direction'),
  ('v8 reversal dewi ayu 1 reverses=one', 'reversal_mismatch', 'not from another wallet'),
  ('v9 reversal ayu budi 1 reverses=v4', 'reversal_mismatch', 'a reversal is not reversed'),
  ('w1 transfer ayu budi 5
    w2 reversal budi ayu 3 reverses=w1
    w3 reversal budi ayu 3 reverses=w1
    w4 reversal budi ayu 2 reverses=w1', 'ok ok reversal_exceeds_original ok',
    'within one batch the same holds'),
  ('w5 reversal budi ayu 3 reverses=w6
    w6 transfer ayu budi 5', 'reversal_not_found ok', 'what comes later is not there yet'),
  ('w7 transfer ayu budi 5 group=w7/2
    w8 transfer empty budi 5 group=w7/2
    w9 reversal budi ayu 5 reverses=w7', 'group_failed insufficient_funds reversal_not_found',
    'what a failed group moved cannot be undone')
) as c (batch, outcomes, what);

-- Limits of the player ---------------------------------------------------------------------------

insert into player_limits (user_id, currency, daily_loss_max)
select p.id, 'COINS', 50 from players as p where p.name = 'ayu';
select is(
  pg_temp.post(
    'l1 buy_in ayu @Meja.0 30
     l2 buy_in ayu @Meja.0 30
     l3 buy_in ayu @Meja.0 20
     l4 transfer ayu budi 30
     l5 buy_in budi @Meja.1 60', true),
  'ok limit_exceeded ok ok ok', 'a buy-in keeps to the limit, with those before it in the batch');

-- Bad shapes -------------------------------------------------------------------------------------

prepare post_shape(
  uuid[], text[], bigint[], bigint[], text[], bigint[], uuid[], integer[], uuid[], text[], text[],
  uuid[], jsonb[]) as
select p.outcome
from post_transactions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as p;

create function pg_temp.shape(
  ids text default $$array[public.new_id()]$$, kinds text default $$'{transfer}'$$,
  debits text default $$array[pg_temp.wallet('ayu')]$$,
  credits text default $$array[pg_temp.wallet('budi')]$$,
  currencies text default $$'{COINS}'$$, amounts text default $$'{1}'$$,
  others text default 'null, null, null, null, null, null, null')
returns text
language sql
return format('execute post_shape(%s, %s, %s, %s, %s, %s, %s)',
  ids, kinds, debits, credits, currencies, amounts, others);

select lives_ok(pg_temp.shape(), 'the plain shape is good');
select throws_like(c.call, c.message, c.what)
from (values
  (pg_temp.shape(ids => 'null'), '%ids is null%', 'no ids'),
  (pg_temp.shape(kinds => 'null'), '%kinds null%', 'no kinds'),
  (pg_temp.shape(debits => 'null'), '%debit_wallet_ids null%', 'no debit wallets'),
  (pg_temp.shape(credits => 'null'), '%credit_wallet_ids null%', 'no credit wallets'),
  (pg_temp.shape(currencies => 'null'), '%currencies null%', 'no currencies'),
  (pg_temp.shape(amounts => 'null'), '%amounts null%', 'no amounts'),
  (pg_temp.shape(amounts => $$'{1,2}'$$), '%amounts 2%equally long%', 'too many amounts'),
  (pg_temp.shape(kinds => $$'{}'$$), '%kinds 0%equally long%', 'no kind'),
  (pg_temp.shape(ids => $$'{null}'$$), '%ids holds a null%', 'a null id'),
  (pg_temp.shape(kinds => $$'{null}'$$), '%kinds holds a null%', 'a null kind'),
  (pg_temp.shape(debits => $$'{null}'$$), '%debit_wallet_ids holds a null%', 'a null debit'),
  (pg_temp.shape(credits => $$'{null}'$$), '%credit_wallet_ids holds a null%', 'a null credit'),
  (pg_temp.shape(currencies => $$'{null}'$$), '%currencies holds a null%', 'a null currency'),
  (pg_temp.shape(amounts => $$'{null}'$$), '%amounts holds a null%', 'a null amount'),
  (pg_temp.shape(others => $$'{}', null, null, null, null, null, null$$),
    '%optional array is neither null nor 1 items long%', 'an optional array of another length'),
  (pg_temp.shape(others => $$null, null, null, null, null, null, array['{}', '{}']::jsonb[]$$),
    '%optional array%', 'metadata of another length'),
  (pg_temp.shape(amounts => $$'[0:0]={1}'$$), '%one dimension that starts at 1%',
    'an array that starts at 0'),
  (pg_temp.shape(kinds => $$'{{transfer}}'$$), '%one dimension that starts at 1%',
    'a table in place of an array'),
  (pg_temp.shape(others => $$'[0:0]={018f0000-0000-7000-8000-000000000000}', '{1}', null, null,
      null, null, null$$), '%one dimension that starts at 1%',
    'an optional array that starts at 0'),
  (pg_temp.shape(others => $$null, null, array[[null]]::uuid[], null, null, null, null$$),
    '%one dimension that starts at 1%', 'a table in place of an optional array')
) as c (call, message, what);

-- What the table could never hold sinks its item only. Each stands between two good ones.
create function pg_temp.odd(
  kind text default 'transfer', debit text default 'ayu', credit text default 'budi',
  id uuid default public.new_id(), group_id uuid default null, group_size integer default null,
  reverses uuid default null, reference_type text default null, reference_id text default null,
  metadata jsonb default null)
returns text
language sql
return (
  select string_agg(p.outcome, ' ' order by p.item)
  from public.post_transactions(
    array[public.new_id(), id, public.new_id()], array['transfer', kind, 'transfer'],
    array[pg_temp.wallet('ayu'), pg_temp.wallet(debit), pg_temp.wallet('ayu')],
    array[pg_temp.wallet('budi'), pg_temp.wallet(credit), pg_temp.wallet('budi')],
    array['COINS', 'COINS', 'COINS'], array[1, 1, 1], array[null, group_id, null],
    array[null, group_size, null], array[null, reverses, null],
    array[null, reference_type, null], array[null, reference_id, null], null,
    array[null, metadata, '{}']) as p);

select is(pg_temp.odd(), 'ok ok ok', 'the plain item is good');
select is(c.outcomes, 'ok invalid ok', c.what || ' is invalid, and sinks nothing beside it')
from (values
  (pg_temp.odd(kind => 'theft'), 'an unknown kind'),
  (pg_temp.odd(kind => ''), 'an empty kind'),
  (pg_temp.odd(credit => 'ayu'), 'from a wallet to itself'),
  (pg_temp.odd(debit => 'rake', credit => 'rake'), 'from a system wallet to itself'),
  (pg_temp.odd(kind => 'reversal'), 'a reversal of nothing'),
  (pg_temp.odd(reverses => pg_temp.id_of('one')), 'a transfer that reverses'),
  (pg_temp.odd(group_size => 2), 'a size without a group'),
  (pg_temp.odd(group_id => public.new_id()), 'a group without a size'),
  (pg_temp.odd(reference_type => 'order'), 'half a reference'),
  (pg_temp.odd(reference_id => '7'), 'the other half'),
  (pg_temp.odd(reference_type => '', reference_id => '7'), 'an empty reference'),
  (pg_temp.odd(reference_type => repeat('x', 33), reference_id => '7'), 'a long reference type'),
  (pg_temp.odd(reference_type => 'order', reference_id => repeat('7', 65)), 'a long reference'),
  (pg_temp.odd(metadata => '[1]'), 'metadata that is no object'),
  (pg_temp.odd(metadata => 'null'), 'metadata that is a null'),
  (pg_temp.odd(metadata => jsonb_build_object('x', repeat('y', 2000))), 'metadata without end'),
  (pg_temp.odd(id => gen_random_uuid()), 'an id of version 4'),
  (pg_temp.odd(id => reserved_id(now(), 'a', 'test', 1)), 'an id that is reserved'),
  (pg_temp.odd(id => id_lower_bound(now())), 'an id of no version')
) as c (outcomes, what);
select is(
  pg_temp.post(
    'i1 transfer ayu budi 1 group=i1/3
     i2 transfer ayu ayu 1 group=i1/3
     i3 theft ayu budi 1 group=i1/3
     i4 transfer ayu budi 1'),
  'group_failed invalid group_failed ok', 'an invalid item sinks its group');
select is(
  pg_temp.post('i1 transfer ayu budi 1'), 'ok', 'whose ids may be used again');
select is(
  pg_temp.post('i1 transfer ayu ayu 1'), 'exists_with_different_content',
  'a stored id answers first');
select is(
  pg_temp.post(format('i5 transfer ayu budi 1 ref=%s/1', repeat('x', 32)))
    || ' ' || pg_temp.post(format('i6 transfer ayu budi 1 ref=x/%s', repeat('x', 64))),
  'ok ok', 'references have a largest length');
select is(
  pg_temp.post('f01 buy_in ayu @Meja.0 40'), 'exists',
  'so does the payment of a table, to anybody');

-- What may go where ------------------------------------------------------------------------------

insert into user_wallets (kind, code, currency, balance) values ('pool', 'cup', 'COINS', 0);
call pg_temp.given(
  'w01 grant issue ayu 100000
   w02 grant issue budi 100000
   w03 grant issue bonus 100000
   w04 grant issue cup 100000');
update player_limits set daily_loss_max = null;
call pg_temp.given(
  'w05 buy_in ayu @Meja.0 5000
   w06 buy_in budi @Meja.1 5000', true);
create temporary table place (place text, giver text, receiver text);
insert into place
values
  ('player', 'ayu', 'budi'), ('seat', '@Meja.0', '@Meja.1'), ('pool', 'bonus', 'cup'),
  ('issue', 'issue', 'issue'), ('rake', 'rake', 'rake'), ('burn', 'burn', 'burn');
create temporary table route as
select
  k.kind, g.place as giver, r.place as receiver, b.from_within,
  pg_temp.post(
    format('%s %s %s %s 1', concat_ws('_', 'route', k.kind, g.place, r.place, b.from_within),
      k.kind, g.giver, r.receiver), b.from_within) as outcome
from unnest(posting_kinds()) as k (kind)
cross join place as g
cross join place as r
cross join (values (false), (true)) as b (from_within)
where k.kind <> 'reversal' and (g.place <> r.place or g.place in ('player', 'seat', 'pool'));
select results_eq(
  $$ select count(*), count(*) filter (where r.outcome = 'ok') from route as r $$,
  $$ select 2 * 15 * (36 - 3)::bigint,
       (select count(*) from posting_rules() as p
        where p.writer = 'caller' and p.kind <> 'reversal')
       + (select count(*) from posting_rules() as p where p.kind <> 'reversal') $$,
  'every kind was tried from everywhere to everywhere, by a caller and by the tables');
select is_empty(
  $$ select r.kind, r.giver, r.receiver, r.from_within, r.outcome
     from route as r
     where r.outcome <> case when exists (
       select
       from posting_rules() as p
       where p.kind = r.kind and p.giver = r.giver and p.receiver = r.receiver
         and (p.writer = 'caller' or r.from_within)) then 'ok' else 'kind_not_allowed' end $$,
  'and went exactly where posting_rules() has it');
select is_empty(
  $$ select r.kind, r.giver, r.receiver from posting_rules() as r
     where r.writer = 'caller' and (r.giver = 'seat' or r.receiver = 'seat')
       or r.giver in ('rake', 'burn') and r.kind <> 'reversal'
       or r.writer not in ('caller', 'table') $$,
  'no caller reaches a seat, and nothing but a reversal comes out of rake and burn');
select set_eq(
  $$ select unnest(posting_kinds()) $$,
  $$ select m[1]
     from regexp_matches(
       rule_of('transactions', 'transactions_kind_known'), '''([a-z_]+)''', 'g') as m $$,
  'the table knows the same kinds');
select is(pg_temp.post(c.batch), c.outcomes, c.what)
from (values
  ('x1 reversal @Meja.0 ayu 1 reverses=w05', 'kind_not_allowed', 'a buy-in is not reversed'),
  ('x2 burn ayu burn 5
    x3 reversal burn ayu 2 reverses=x2', 'ok ok', 'what was burned by mistake is'),
  ('x4 transfer ayu budi 1 group=x4/2
    x5 transfer ayu @Meja.0 1 group=x4/2
    x6 transfer ayu budi 1', 'group_failed kind_not_allowed ok', 'a refusal sinks its group only')
) as c (batch, outcomes, what);
select throws_like(
  $$ select public.post_transactions(
       array_agg(public.new_id()), array_agg('transfer'::text), array_agg(pg_temp.wallet('ayu')),
       array_agg(pg_temp.wallet('budi')), array_agg('COINS'::text), array_agg(1::bigint))
     from generate_series(1, 1001) $$,
  '%1001 items in one call, more than 1000; split the batch%', 'a batch has a largest size');
select is(
  lock_wallets(array(
    select w.id from user_wallets as w where w.user_id = p.id or w.code = 'issue' order by w.id)),
  3, 'a player''s three wallets are locked, and the issue not')
from players as p
where p.name = 'ayu';
select is(lock_wallets('{}'), 0, 'none are none');
select throws_like(c.call, '%lock_wallets: at most 2000 wallets, none of them null%', c.what)
from (values
  ('select lock_wallets(null)', 'no array to lock'),
  ('select lock_wallets(array[1, null])', 'a wallet that is null'),
  ('select lock_wallets(array[[1, 2]])', 'a table of wallets'),
  ('select lock_wallets(array_agg(n)) from generate_series(1::bigint, 2001) as n',
    'more wallets than may be')
) as c (call, what);

select is(
  (select count(*)::integer
   from (
     select array_agg(public.new_id()) as ids, array_agg('grant'::text) as kinds,
       array_agg(pg_temp.wallet('issue')) as debits, array_agg(pg_temp.wallet('budi')) as credits,
       array_agg('COINS'::text) as currencies, array_agg(1::bigint) as amounts
     from generate_series(1, 1000)) as a
   cross join lateral post_transactions(
     a.ids, a.kinds, a.debits, a.credits, a.currencies, a.amounts) as p
   where p.outcome = 'ok'),
  1000, 'which is posted');

-- Locks and writes -------------------------------------------------------------------------------

-- A wallet that is locked by one (sub)transaction and written by another names both by a multixact.
-- Each try has a wallet that this transaction has not posted to yet. Other sessions may well
-- make some meanwhile, so one try without any is enough: where posting makes them, every try does.
create function pg_temp.multixacts_of_a_payment()
returns integer
language plpgsql
as $function$
declare
  before integer;
  made integer;
begin
  for attempt in 1 .. 20 loop
    perform pg_temp.player(format('fresh%s', attempt), 0);
    before := mxid_age('1'::xid);
    perform pg_temp.post(format('mx%s grant issue fresh%s 1', attempt, attempt));
    made := mxid_age('1'::xid) - before;
    exit when made = 0;
  end loop;
  return made;
end
$function$;
select is(
  pg_temp.multixacts_of_a_payment(), 0, 'wallets are locked and written by one subtransaction');

-- Durability -------------------------------------------------------------------------------------

set local synchronous_commit = off;
select is(
  pg_temp.post('s1 transfer ayu budi 1') || ' ' || current_setting('synchronous_commit'), 'ok on',
  'synchronous_commit is never off where money moves');

-- At the end -------------------------------------------------------------------------------------

select is(pg_temp.ledger_complaints(), null, 'after all of this the ledger verifies');

select finish();
rollback;

