-- 011 Leaner posting: post_batch() does the same with less work. Results and locks are as before;
-- docs/decisions/ledger-variants.md has the measurements.
--
-- 1. Wallets are locked and written by one subtransaction.
-- 2. Wallets are locked by a join with the list of them, and checked once more after a wait without
--    reading the list.
-- 3. The place of a wallet among the locked ones is found by halving, not by looking at each.
-- 4. Wallets of the house are looked for among what is not locked.

set role higgs_owner;

create or replace function public.post_batch(
  from_within boolean,
  ids uuid[],
  kinds text[],
  debit_wallet_ids bigint[],
  credit_wallet_ids bigint[],
  currencies text[],
  amounts bigint[],
  group_ids uuid[] default null,
  group_sizes integer[] default null,
  reverses uuid[] default null,
  reference_types text[] default null,
  reference_ids text[] default null,
  actor_ids uuid[] default null,
  metadata jsonb[] default null,
  out outcomes text[],
  out debit_afters bigint[],
  out credit_afters bigint[]
)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $function$
#variable_conflict use_column
declare
  id_window_past constant interval := interval '35 days';
  id_window_ahead constant interval := interval '5 minutes';
  balance_max constant bigint := 9007199254740991;
  problem text := public.posting_problem(
    ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids, group_sizes,
    reverses, reference_types, reference_ids, actor_ids, metadata);
  oldest uuid := public.id_lower_bound(now() - id_window_past);
  newest uuid := public.id_lower_bound(now() + id_window_ahead);
  xid bigint;
  wallet_ids bigint[];
  wallet_balances bigint[];
  wallet_places integer[];
  wallet_frozen boolean;
  balances bigint[];
  debits integer[];
  credits integer[];
  balance bigint;
  -- The fast way takes every id for new; it refuses nothing itself.
  is_plain boolean := reverses is null and not ('buy_in' = any (kinds));
  violated text;
begin
  if problem is not null then
    raise exception 'post_transactions: %', problem
      using errcode = 'invalid_parameter_value';
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'post_transactions needs READ COMMITTED, and this transaction is %',
      upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported',
        hint = 'Begin the transaction with: begin isolation level read committed;';
  end if;
  if ids = '{}' then
    outcomes := '{}';
    return;
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  xid := public.ledger_xid();

  if is_plain and group_ids is not null then
    select coalesce(bool_and(
      g.group_id is null
      or coalesce(
        g.items = g.group_size and g.ids = g.items and g.has_first and g.stand_together,
        false)), true)
    into is_plain
    from (
      select
        i.group_id, count(*) as items, count(distinct i.id) as ids,
        case when min(i.group_size) = max(i.group_size) then min(i.group_size) else 0 end
          as group_size,
        bool_or(i.id = i.group_id) as has_first,
        max(i.ordinal) - min(i.ordinal) + 1 = count(*) as stand_together
      from unnest(ids, group_ids, group_sizes)
        with ordinality as i (id, group_id, group_size, ordinal)
      group by i.group_id
    ) as g;
  end if;

  -- Everything from the locks on is one subtransaction: where a wallet is locked by one and written
  -- by another, each of its versions names both, by a number that every later reader looks up.
  for attempt in 1 .. 2 loop
    begin
      -- Locks, in a statement of its own and in the order of the ids: wallets, then the originals
      -- of reversals. A wallet that was changed while its lock was waited for is checked again,
      -- which is cheap for a join; "id = any (list)" would sort the list again for each. System
      -- wallets are never locked, since every payment of the house uses them: they are looked for
      -- among what is not locked.
      with wanted as materialized (
        select distinct n.id from unnest(debit_wallet_ids || credit_wallet_ids) as n (id)
      ),
      locked as materialized (
        select u.id, u.balance, u.currency, u.kind as place, u.frozen_at is not null as is_frozen
        from wanted as n
        join public.user_wallets as u on u.id = n.id
        where u.kind <> 'system'
        order by u.id
        for no key update of u
      )
      select
        array_agg(w.id), array_agg(w.balance),
        array_agg(public.posting_place(w.place, w.currency)), bool_or(w.is_frozen)
      into wallet_ids, wallet_balances, wallet_places, wallet_frozen
      from (
        select l.id, l.balance, l.currency, l.place, l.is_frozen
        from locked as l
        union all
        select s.id, null, s.currency, s.code, false
        from wanted as n
        join public.user_wallets as s on s.id = n.id and s.kind = 'system'
        where n.id not in (select l.id from locked as l)
        order by id
      ) as w;
      if reverses is not null then
        perform
        from public.transactions as o
        where o.id = any (post_batch.reverses)
        order by o.id
        for update;
      end if;

      is_plain := is_plain and not coalesce(wallet_frozen, true);
      if is_plain then
        select
          array_agg(i.debit order by i.ordinal), array_agg(i.credit order by i.ordinal),
          coalesce(bool_and(
            wallet_ids[i.debit] = i.debit_wallet_id and wallet_ids[i.credit] = i.credit_wallet_id
            and i.id >= oldest and i.id < newest
            and (from_within or public.is_version_7(i.id))
            and i.amount between 1 and 1000000000000000
            and public.posting_allowed(
              case when from_within then public.posting_masks(true)
                else public.posting_masks(false) end,
              i.kind, i.currency, wallet_places[i.debit], wallet_places[i.credit])), false)
        into debits, credits, is_plain
        from (
          select
            u.ordinal, u.id, u.kind, u.amount, u.currency, u.debit_wallet_id, u.credit_wallet_id,
            width_bucket(u.debit_wallet_id, wallet_ids) as debit,
            width_bucket(u.credit_wallet_id, wallet_ids) as credit
          from unnest(ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts)
            with ordinality as u (
              id, kind, debit_wallet_id, credit_wallet_id, currency, amount, ordinal)
        ) as i;
      end if;
      if is_plain then
        balances := wallet_balances;
        debit_afters := amounts;
        credit_afters := amounts;
        for step in 1 .. cardinality(ids) loop
          balance := balances[debits[step]] - amounts[step];
          balances[debits[step]] := balance;
          debit_afters[step] := balance;
          if balance < 0 then
            is_plain := false;
            exit;
          end if;
          balance := balances[credits[step]] + amounts[step];
          balances[credits[step]] := balance;
          credit_afters[step] := balance;
          if balance > balance_max then
            is_plain := false;
            exit;
          end if;
        end loop;
      end if;
      if is_plain then
        perform public.write_postings(
          ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts, group_ids,
          group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
          null, debit_afters, credit_afters, wallet_ids, balances, xid);
        outcomes := array_fill('ok'::text, array[cardinality(ids)]);
        return;
      end if;
      select e.outcomes, e.debit_afters, e.credit_afters
      into outcomes, debit_afters, credit_afters
      from public.post_exactly(
        from_within, ids, kinds, debit_wallet_ids, credit_wallet_ids, currencies, amounts,
        group_ids, group_sizes, reverses, reference_types, reference_ids, actor_ids, metadata,
        wallet_ids, wallet_balances, oldest, newest, xid) as e;
      return;
    exception
      when unique_violation then
        -- Some id is stored already: only the exact way can say which. The locks are given back
        -- with the rest, so they are taken anew.
        get stacked diagnostics violated = constraint_name;
        if not is_plain or violated !~ '^transactions_y[0-9]{4}m[0-9]{2}_pkey$' then
          raise;
        end if;
      when check_violation then
        -- Some item can never be stored: the exact way says so, unless it refuses it first.
        if not is_plain then
          raise;
        end if;
    end;
    is_plain := false;
  end loop;
end
$function$;

reset role;
