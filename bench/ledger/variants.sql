-- A thousand players with chips, and a procedure that posts between them and tells how long the
-- calls took. For bench/ledger/variants.

insert into users (username)
select 'bench' || g.n
from generate_series(1, 1000) as g (n);

insert into user_wallets (kind, user_id, currency, balance)
select 'player', u.id, 'COINS', 0
from users as u;

do $grant$
begin
  perform post_transactions(
    array_agg(new_id()), array_agg('grant'::text),
    array_agg((select w.id from user_wallets as w where w.code = 'issue' and w.currency = 'COINS')),
    array_agg(p.id), array_agg('COINS'::text), array_agg(1000000000::bigint))
  from user_wallets as p
  where p.kind = 'player';
end
$grant$;

create procedure bench_post(calls integer, batch integer)
language plpgsql
as $procedure$
declare
  wallets constant bigint[] := array(
    select w.id from user_wallets as w where w.kind = 'player' order by w.id);
  ids uuid[];
  debits bigint[];
  credits bigint[];
  began timestamptz;
  spent interval := '0';
  posted integer;
begin
  for turn in 1 .. calls loop
    select
      array_agg(new_id()), array_agg(wallets[g.place]),
      array_agg(wallets[1 + (g.place + g.step - 1) % 1000])
    into ids, debits, credits
    from (
      select 1 + floor(random() * 1000)::integer as place, 1 + floor(random() * 998)::integer as step
      from generate_series(1, batch)
    ) as g;
    began := clock_timestamp();
    select count(*) filter (where p.outcome = 'ok')
    into posted
    from post_transactions(
      ids, array_fill('transfer'::text, array[batch]), debits, credits,
      array_fill('COINS'::text, array[batch]), array_fill(7::bigint, array[batch]),
      reference_types => array_fill('hand'::text, array[batch]),
      reference_ids => array_fill('01890a5d-ac96-774b-bcce-b302099a8057'::text, array[batch])
    ) as p;
    spent := spent + (clock_timestamp() - began);
    if posted <> batch then
      raise exception 'only % of % were posted', posted, batch;
    end if;
    commit;
  end loop;
  raise notice '%', round((extract(epoch from spent) * 1e6 / (calls * batch))::numeric, 1);
end
$procedure$;
