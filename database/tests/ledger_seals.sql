-- Rollups, seals and verification. A row is final only when every older transaction has ended, so
-- this file commits; what tampers is rolled back, and judged afterwards.
select no_plan();
\ir fixtures/ledger.sql

do $players$
begin
  perform set_config('test.now', now()::text, false);
  perform pg_temp.player('ayu', 1000), pg_temp.player('budi', 500), pg_temp.player('citra');
end
$players$;
call pg_temp.given(
  'a transfer ayu budi 100
   g1 transfer ayu bonus 30 group=g1/2
   g2 rake bonus rake 3 group=g1/2
   r1 reversal budi ayu 40 reverses=a
   b grant issue:GEMS bonus:GEMS 70
   c bonus bonus:GEMS ayu:GEMS 20');

-- Before any rollup ------------------------------------------------------------------------------

select is(pg_temp.ledger_complaints(), null, 'an unsealed ledger verifies');
select is_empty('select h.no from ledger_head() as h', 'it has no head');
select is(
  array[pg_temp.balance('issue'), pg_temp.balance('rake'), pg_temp.balance('burn'),
    pg_temp.balance('issue:GEMS'), pg_temp.balance('bonus:GEMS'), pg_temp.balance('ayu'),
    public.wallet_balance(0)],
  array[-1500, 3, 0, -70, 50, 910, null]::numeric[],
  'system wallets have the balance of their rows, the others their own, an unknown one none');

select is(
  pg_temp.judged(
    $$ call pg_temp.given('own transfer ayu budi 1') $$,
    $$ select format('%s %s', seal_ledger() is not null and roll_up_ledger() is not null,
         (select count(*) from transactions as t, ledger_state as s
          where t.id = pg_temp.id_of('own')
            and (t.posted_xid <= s.sealed_to or t.posted_xid < s.rolled_up_to))) $$),
  't 0', 'rows of a running transaction are neither sealed nor rolled up');

-- Rollups ----------------------------------------------------------------------------------------

call pg_temp.wait_until_final();
select is(roll_up_ledger(), 8::bigint, 'final rows are rolled up');
select is(roll_up_ledger(), 0::bigint, 'once');
select is(
  array[pg_temp.balance('issue'), pg_temp.balance('rake'), pg_temp.balance('issue:GEMS')],
  array[-1500, 3, -70]::numeric[], 'which changes no balance');
select results_eq(
  $$ select r.balance, r.transactions, r.archived_balance from ledger_rollups as r
     where r.wallet_id = pg_temp.wallet('ayu') $$,
  $$ values (910::numeric, 4::bigint, 0::numeric) $$,
  'a rollup is the sum of a wallet''s rows, and their number');
call pg_temp.given('d burn ayu burn 10');
select is(
  array[pg_temp.balance('burn'), pg_temp.balance('ayu')], array[10, 900]::numeric[],
  'rows since count at once');
call pg_temp.given('e rake bonus rake 1');
call pg_temp.given(
  'f rake bonus rake 1
   h rake bonus rake 1');
call pg_temp.wait_until_final();
select is(
  array[roll_up_ledger(1), roll_up_ledger(1), roll_up_ledger(1), roll_up_ledger(1)],
  array[1, 1, 2, 0]::bigint[], 'a small limit takes whole transactions, one after the other');
select is(
  array[pg_temp.balance('burn'), pg_temp.balance('rake')], array[10, 6]::numeric[],
  'and ends at the same balances');
select is(pg_temp.ledger_complaints(), null, 'the rollups verify');
select throws_like($$ select roll_up_ledger(0) $$, '%0, not positive%', 'a limit is positive');
select throws_like($$ select roll_up_ledger(null) $$, '%not positive%', 'and known');

-- Seals ------------------------------------------------------------------------------------------

select is(seal_ledger(), 1, 'the rows are sealed as a block');
select is(seal_ledger(), 0, 'once');
select results_eq(
  $$ select h.no, s.transactions, h.last_xid = max(t.posted_xid), s.previous_hash,
       h.hash = sha256(s.previous_hash || string_agg(
         transaction_bytes(t), ''::bytea order by t.posted_xid, t.id))
     from ledger_head() as h
     join ledger_seals as s on s.no = h.no
     cross join transactions as t
     group by h.no, s.transactions, h.last_xid, s.previous_hash, h.hash $$,
  $$ values (1::bigint, 12, true, decode(repeat('00', 32), 'hex'), true) $$,
  'the head is the hash of the rows in their order');
call pg_temp.given('i transfer ayu budi 1');
call pg_temp.wait_until_final();
select is(seal_ledger(), 1, 'what is posted later goes into the next block');
select results_eq(
  $$ select s.no, s.transactions, s.previous_hash = (
       select p.hash from ledger_seals as p where p.no = s.no - 1)
     from ledger_seals as s where s.no = 2 $$,
  $$ values (2::bigint, 1, true) $$, 'which continues the one before');

do $many$
begin
  for batch in 1 .. 11 loop
    perform public.post_transactions(
      a.ids, array_fill('grant'::text, array[950]),
      array_fill(pg_temp.wallet('issue'), array[950]),
      array_fill(pg_temp.wallet('budi'), array[950]), array_fill('COINS'::text, array[950]),
      array_fill(1::bigint, array[950]))
    from (select array_agg(public.new_id()) as ids from generate_series(1, 950)) as a;
  end loop;
end
$many$;
call pg_temp.wait_until_final();
select is(
  array[seal_ledger(1), seal_ledger(1), seal_ledger(1)], array[1, 1, 0],
  'at most as many blocks a call as it is told');
select results_eq(
  $$ select s.no, s.transactions from ledger_seals as s where s.no > 2 order by s.no $$,
  $$ values (3::bigint, 10000), (4::bigint, 450) $$,
  'a block holds 10,000 rows at most, and may end within a transaction');
select throws_like($$ select seal_ledger(0) $$, '%0, not positive%', 'a limit is positive');
create temporary table saved as select h.hash as head from ledger_head() as h;
select is(
  (select pg_temp.ledger_complaints(s.head) from saved as s), null, 'the seals verify');
select is(
  (select array_agg(v.check_name || v.examined order by v.check_name)
   from verify_ledger(null, true) as v where v.is_ok and v.check_name = 'seals_intact'),
  array['seals_intact10463'], 'in short form, too');
select is_empty(
  $$ select v.check_name from verify_ledger(null, true) as v where not v.is_ok $$,
  'where nothing else is wrong either');
select is(
  (select array_agg(v.check_name order by v.check_name)
   from saved as s cross join verify_ledger(s.head) as v),
  array['balances_equal_postings', 'currencies_sum_to_zero', 'groups_whole',
    'head_is_in_the_chain', 'no_negative_balance', 'no_orphans', 'positions_are_past',
    'reversals_bounded', 'rollups_match', 'seals_intact'],
  'a row a check');

-- No two rows have the same bytes.
select is(
  (select count(distinct transaction_bytes(t))
   from (
     select row(
       '018f0000-0000-7000-8000-000000000000', c.kind, 1, 2, c.currency, c.amount, c.d, c.c,
       null, null, null, c.rt, c.ri, null, null, '2026-01-01 00:00+00', 1)::transactions as t
     from (values
       ('grant', 'COINS', 1, null, null, null, null),
       ('gran', 'tCOINS', 1, null, null, null, null),
       ('grant', 'COINS', 1, 1, null, null, null),
       ('grant', 'COINS', 1, null, 1, null, null),
       ('grant', 'COINS', 256, null, null, null, null),
       ('grant', 'COINS', 1, null, null, '', null),
       ('grant', 'COINS', 1, null, null, null, ''),
       ('grant', 'COINS', 1, null, null, 'ab', 'c'),
       ('grant', 'COINS', 1, null, null, 'a', 'bc')
     ) as c (kind, currency, amount, d, c, rt, ri)) as r),
  9::bigint, 'a null, an empty text and a moved border are told apart');

-- Signatures -------------------------------------------------------------------------------------

select is(
  array[sign_seal(1, 'test', sha256('a') || sha256('b')),
    sign_seal(1, 'test', sha256('a') || sha256('b')),
    sign_seal(1, 'next', sha256('a') || sha256('b'))],
  array[true, false, true], 'a signature of each key is stored once');
select is(
  sign_seal(1, 'test', sha256('the good one') || sha256('b')), true,
  'a bad one that came first does not keep the good one out');
-- The limit is not the owner's, so the session has to be the application's own.
begin;
set local session authorization higgs_app;
select is(
  (select bool_and(sign_seal(2, 'test', sha256(n::text::bytea) || sha256('b')))
   from generate_series(1, 20) as n), true, 'the application stores twenty of one key for a seal');
select throws_like(
  $$ select sign_seal(2, 'test', sha256('21') || sha256('c')) $$,
  'sign_seal: seal 2 has 20 other signatures by key test', 'and no more');
select is(
  sign_seal(2, 'test', sha256('7') || sha256('b')), false, 'one of them is still known');
select is(
  sign_seal(2, 'next', sha256('7') || sha256('b')), true, 'another key has its own twenty');
reset session authorization;
select is(
  sign_seal(2, 'test', sha256('21') || sha256('c')), true, 'the owner is never shut out');
rollback;
select throws_ok(c.call, c.state, c.message, c.message)
from (values
  ($$ select sign_seal(99, 'test', sha256('a') || sha256('b')) $$, 'P0002',
    'sign_seal: there is no seal 99'),
  ($$ select sign_seal(null, 'test', sha256('a') || sha256('b')) $$, 'P0002',
    'sign_seal: there is no seal null'),
  ($$ select sign_seal(2, 'test', sha256('a')) $$, '22023',
    'sign_seal: the signature has 32 bytes, not 64'),
  ($$ select sign_seal(2, 'test', null) $$, '22023',
    'sign_seal: the signature has no bytes, not 64'),
  ($$ select sign_seal(2, null, sha256('a') || sha256('b')) $$, '22023',
    'sign_seal: null cannot name a key'),
  ($$ select sign_seal(2, 'a key', sha256('a') || sha256('b')) $$, '22023',
    'sign_seal: ''a key'' cannot name a key'),
  ($$ select verify_ledger('\x0102') $$, '22023', 'verify_ledger: the head has 2 bytes, not 32'),
  ($$ select verify_ledger(convert_to(repeat('a', 64), 'UTF8')) $$, '22023',
    'verify_ledger: the head has 64 bytes, not 32')
) as c (call, state, message);

-- Tampering --------------------------------------------------------------------------------------
-- The owner disables the guards; pg_temp.judged() takes each case back.

select is(pg_temp.judged(c.statements, 'select pg_temp.ledger_complaints()'), c.complaints, c.what)
from (values
  ('', 'nothing', 'without tampering there is nothing to say'),
  ($$ update transactions set amount = amount + 1 where id = pg_temp.id_of('a') $$,
    'balances_equal_postings rollups_match seals_intact',
    'one amount changed by one'),
  ($$ update transactions set amount = amount - 1 where id = pg_temp.id_of('b') $$,
    'balances_equal_postings currencies_sum_to_zero rollups_match seals_intact',
    'a grant of the house changed by one'),
  ($$ update transactions set amount = amount + 1 where id = pg_temp.id_of('i');
      update user_wallets set balance = balance - 1 where id = pg_temp.wallet('ayu');
      update user_wallets set balance = balance + 1 where id = pg_temp.wallet('budi') $$,
    'seals_intact', 'a change of which the wallets know'),
  ($$ update transactions set metadata = '{"a": 1}' where id = pg_temp.id_of('i') $$,
    'seals_intact', 'a note that was added'),
  ($$ update transactions set posted_at = posted_at + interval '1 microsecond'
      where id = pg_temp.id_of('i') $$, 'seals_intact', 'a time that was shifted'),
  ($$ update transactions set posted_at = posted_at + interval '1 microsecond'
      where id = pg_temp.id_of('i');
      insert into ledger_archives (relation, parent, rows, first_xid, last_xid)
      values ('transactions_y2020m01', 'transactions', 1, 1, 4611686018427387904) $$,
    'seals_intact', 'one in a month that is only said to have left'),
  ($$ delete from transactions where id = pg_temp.id_of('i') $$,
    'balances_equal_postings seals_intact', 'a row that was deleted'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      select public.new_id(), 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'),
        'COINS', 5, t.posted_xid
      from transactions as t where t.id = pg_temp.id_of('a');
      update ledger_rollups set balance = balance - 5, transactions = transactions + 1
      where wallet_id = pg_temp.wallet('issue');
      update ledger_rollups set balance = balance + 5, transactions = transactions + 1
      where wallet_id = pg_temp.wallet('burn') $$,
    'seals_intact', 'a row that was put behind the seals'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      select public.new_id(), 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'),
        'COINS', 5, 1;
      update ledger_rollups set balance = balance - 5, transactions = transactions + 1
      where wallet_id = pg_temp.wallet('issue');
      update ledger_rollups set balance = balance + 5, transactions = transactions + 1
      where wallet_id = pg_temp.wallet('burn') $$,
    'seals_intact', 'one before the first'),
  ($$ alter table transactions drop constraint transactions_posted_xid_positive;
      insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      select public.new_id(), 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'),
        'COINS', 5, -7 $$,
    'rollups_match seals_intact', 'one below all positions'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      select public.new_id(), 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'),
        'COINS', 5, 4611686018427387904 $$,
    'positions_are_past', 'one ahead of the server, which no seal would ever reach'),
  ($$ update user_wallets set balance = balance + 1 where id = pg_temp.wallet('ayu') $$,
    'balances_equal_postings currencies_sum_to_zero', 'a chip out of nothing'),
  ($$ update user_wallets set balance = balance + 1 where id = pg_temp.wallet('ayu');
      update user_wallets set balance = balance - 1 where id = pg_temp.wallet('budi') $$,
    'balances_equal_postings', 'a chip that changed hands without a payment'),
  ($$ alter table user_wallets drop constraint user_wallets_balance_range;
      update user_wallets set balance = -1 where id = pg_temp.wallet('citra:GEMS');
      update user_wallets set balance = balance + 1 where id = pg_temp.wallet('ayu:GEMS') $$,
    'balances_equal_postings no_negative_balance', 'a balance below zero'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      values (public.new_id(), 'adjustment', 99999998, 99999999, 'COINS', 5, public.ledger_xid())
    $$,
    'no_orphans', 'a payment between wallets that are none'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, posted_xid)
      values (public.new_id(), 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'),
        'TOKENS', 5, public.ledger_xid()) $$,
    'no_orphans', 'a payment in a currency that its wallets are not of'),
  ($$ update ledger_rollups set balance = balance + 1 where wallet_id = pg_temp.wallet('rake') $$,
    'rollups_match', 'a rollup that was changed'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, group_id, group_size,
        posted_xid)
      select g.id, 'adjustment', pg_temp.wallet('issue'), pg_temp.wallet('burn'), 'COINS', 5,
        g.id, 2, public.ledger_xid()
      from (select public.new_id() as id) as g $$,
    'groups_whole', 'half a group'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, reverses, posted_xid)
      values (public.new_id(), 'reversal', pg_temp.wallet('burn'), pg_temp.wallet('issue'),
        'COINS', 5, public.new_id(), public.ledger_xid()) $$,
    'reversals_bounded', 'a reversal of nothing'),
  ($$ insert into transactions (
        id, kind, debit_wallet_id, credit_wallet_id, currency, amount, debit_balance_after,
        credit_balance_after, reverses, posted_xid)
      values (public.new_id(), 'reversal', pg_temp.wallet('budi'), pg_temp.wallet('ayu'),
        'COINS', 61, 0, 0, pg_temp.id_of('a'), public.ledger_xid());
      update user_wallets set balance = balance - 61 where id = pg_temp.wallet('budi');
      update user_wallets set balance = balance + 61 where id = pg_temp.wallet('ayu') $$,
    'reversals_bounded', 'more undone than was done'),
  ($$ update ledger_seals set hash = sha256('x') where no = 4 $$, 'seals_intact',
    'a seal that was changed'),
  ($$ update ledger_seals set transactions = 9999 where no = 3 $$, 'seals_intact',
    'a number of rows that was changed'),
  ($$ delete from ledger_seals where no = 3 $$, 'seals_intact', 'a seal that was taken out'),
  ($$ delete from ledger_seals where no >= 3 $$, 'seals_intact', 'the last seals taken off'),
  ($$ delete from ledger_seal_signatures; delete from ledger_seals $$, 'seals_intact',
    'all seals taken off')
) as c (statements, complaints, what);

select matches(
  pg_temp.judged(c.statements,
    $$ select v.problem from verify_ledger() as v where v.check_name = 'seals_intact' $$),
  c.problem, c.what)
from (values
  ($$ update transactions set amount = amount + 1 where id = pg_temp.id_of('a') $$,
    '^seal 1 \(positions .* to \d+\) does not match its 12 rows$', 'verify names the seal'),
  ($$ update transactions set amount = amount + 1 where id = pg_temp.id_of('i') $$,
    '^seal 2 ', 'the right one'),
  ($$ delete from ledger_seals where no = 3 $$,
    '^seal 4 follows seal 2; seal 4 does not continue seal 2; seal 4 ', 'and which one is missing'),
  ($$ delete from ledger_seals where no >= 3 $$,
    '^seal 2 ends at position \d+, but the ledger was sealed to \d+: seals are missing$',
    'also at the end')
) as c (statements, problem, what);
select is(
  pg_temp.judged($$ update transactions set amount = amount + 1 where id = pg_temp.id_of('a') $$,
    $$ select string_agg(v.check_name, ' ') from verify_ledger(null, true) as v
       where not v.is_ok $$), 'seals_intact',
  'the short form looks at the last seals, which here are all');

-- An owner who recomputes the whole chain after a change of which wallets and rollups know.
create temporary table forgery as select $$
  update transactions set amount = amount + 1 where id = pg_temp.id_of('i');
  update user_wallets set balance = balance - 1 where id = pg_temp.wallet('ayu');
  update user_wallets set balance = balance + 1 where id = pg_temp.wallet('budi');
  delete from ledger_seal_signatures;
  delete from ledger_seals;
  update ledger_state set sealed_to = 0;
  select public.seal_ledger() $$ as statements;
select is(
  pg_temp.judged((select f.statements from forgery as f), 'select pg_temp.ledger_complaints()'),
  'nothing', 'an owner who recomputes the whole chain deceives the database');
select is(
  pg_temp.judged((select f.statements from forgery as f),
    'select pg_temp.ledger_complaints(s.head) from saved as s'),
  'head_is_in_the_chain', 'but not a head that was saved before');

-- A restore into a younger server ----------------------------------------------------------------
-- There the numbers of transactions are lower than the positions in the restored ledger.

create temporary table restored as select $$
  alter table public.ledger_seals disable trigger user;
  update transactions set posted_xid = posted_xid + 1000000000;
  delete from ledger_seal_signatures;
  delete from ledger_seals;
  update ledger_state set rolled_up_to = rolled_up_to + 1000000000, sealed_to = 0,
    xid_base = 1000000000;
  select public.seal_ledger();
  update ledger_state set xid_base = 0 $$ as statements;
select is(
  pg_temp.judged((select r.statements from restored as r), 'select pg_temp.ledger_complaints()'),
  'positions_are_past', 'verification tells that the server is younger than the ledger');
select is(
  pg_temp.judged((select r.statements from restored as r),
    $$ select array[seal_ledger(), roll_up_ledger()] $$),
  '{0,0}', 'nothing is sealed or rolled up there');

create function pg_temp.refusal_of(statement text)
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
  return sqlstate || ' ' || sqlerrm || ' ' || hint;
end
$function$;

select matches(
  pg_temp.judged(c.statements,
    $$ select pg_temp.refusal_of('call pg_temp.given(''z transfer ayu budi 1'')') $$),
  '^55000 the ledger is sealed or rolled up to position \d+, .* select ledger_rebase\(\);$',
  c.what)
from (values
  ((select r.statements from restored as r), 'posting is refused, and the way out is told'),
  ($$ update ledger_state set sealed_to = 4611686018427387904 $$, 'below the last seal'),
  ($$ update ledger_state set rolled_up_to = 4611686018427387904 $$, 'below the last rollup')
) as c (statements, what);

create temporary table rebased as
select r.statements || $$; select public.ledger_rebase() $$ as statements from restored as r;
select is(
  pg_temp.judged(
    (select r.statements || '; call pg_temp.given(''z transfer ayu budi 1'')' from rebased as r),
    $$ select concat_ws(' ', (
         select t.posted_xid > (select max(o.posted_xid) from transactions as o where o.id <> t.id)
           and t.posted_xid > s.sealed_to and t.posted_xid >= s.rolled_up_to
         from transactions as t cross join ledger_state as s
         where t.id = pg_temp.id_of('z')),
       coalesce(pg_temp.ledger_complaints(), 'nothing')) $$),
  't nothing', 'after ledger_rebase() posting goes on above all positions');
select is(
  pg_temp.judged((select r.statements from rebased as r),
    $$ select format('%s %s', ledger_rebase() = s.xid_base, (
         select count(*) from audit_logs as a where a.action = 'ledger.rebased'))
       from ledger_state as s $$),
  't 1', 'which does nothing where nothing is to be done, and is audited');
select ok(
  not has_function_privilege('higgs_app', 'ledger_rebase()', 'execute'),
  'only the owner rebases');

select is(
  (select pg_temp.ledger_complaints(s.head) from saved as s), null,
  'after all of this the ledger verifies');
select finish();
