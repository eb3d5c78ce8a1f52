import Postgres

/// What an owner of the database can do to the ledger, who knows how it is made.
struct OwnerAttack {
  let owner: PostgresConnection

  /// Changes the ledger with its guards switched off, and switches them on again.
  func unguarded(_ script: String) async throws {
    let tables = ["transactions", "ledger_seals", "ledger_seal_signatures"]
    let off = tables.map { "alter table public.\($0) disable trigger user;" }
    let on = tables.flatMap { table in
      ["refuse_change", "refuse_truncate"].map {
        "alter table public.\(table) enable always trigger \($0);"
      }
    }
    let script = off.joined(separator: "\n") + script + "\n" + on.joined(separator: "\n")
    try await owner.execute(script: script)
  }

  /// A player's first grant becomes larger by one, with every figure that follows from it.
  static let raiseFirstGrant = """
    create temporary table victim as
      select id, credit_wallet_id as wallet, debit_wallet_id as issue, posted_xid
      from transactions where kind = 'grant' order by posted_xid, id limit 1;
    update transactions set amount = amount + 1 where id = (select id from victim);
    update transactions set credit_balance_after = credit_balance_after + 1
      where credit_wallet_id = (select wallet from victim);
    update transactions set debit_balance_after = debit_balance_after + 1
      where debit_wallet_id = (select wallet from victim);
    update user_wallets set balance = balance + 1 where id = (select wallet from victim);
    update ledger_rollups set balance = balance + 1 where wallet_id = (select wallet from victim);
    update ledger_rollups set balance = balance - 1 where wallet_id = (select issue from victim);
    """

  /// A payment between two players never was.
  static let deletePayment = """
    create temporary table victim as
      select id, credit_wallet_id as payee, debit_wallet_id as payer, amount
      from transactions where kind = 'transfer' order by posted_xid, id limit 1;
    delete from transactions where id = (select id from victim);
    update user_wallets set balance = balance - (select amount from victim)
      where id = (select payee from victim);
    update user_wallets set balance = balance + (select amount from victim)
      where id = (select payer from victim);
    update ledger_rollups set balance = balance - (select amount from victim),
      transactions = transactions - 1 where wallet_id = (select payee from victim);
    update ledger_rollups set balance = balance + (select amount from victim),
      transactions = transactions - 1 where wallet_id = (select payer from victim);
    """

  /// Somebody else was paid.
  static let redirectPayment = """
    create temporary table victim as
      select t.id, t.credit_wallet_id as payee, t.amount, (
        select min(w.id) from user_wallets as w
        where w.kind = 'player' and w.currency = t.currency
          and w.id not in (t.debit_wallet_id, t.credit_wallet_id)) as other
      from transactions as t where t.kind = 'transfer' order by t.posted_xid, t.id limit 1;
    update transactions set credit_wallet_id = (select other from victim)
      where id = (select id from victim);
    update user_wallets set balance = balance - (select amount from victim)
      where id = (select payee from victim);
    update user_wallets set balance = balance + (select amount from victim)
      where id = (select other from victim);
    update ledger_rollups set balance = balance - (select amount from victim),
      transactions = transactions - 1 where wallet_id = (select payee from victim);
    update ledger_rollups set balance = balance + (select amount from victim),
      transactions = transactions + 1 where wallet_id = (select other from victim);
    """

  /// The time of one payment was another: no figure changes.
  static let backdatePayment = """
    update transactions set posted_at = posted_at - interval '1 second'
    where id = (select min(id::text)::uuid from transactions);
    """

  /// The newest block never was.
  static let cutOffNewestBlock = """
    create temporary table victim as
      select t.id, t.debit_wallet_id, t.credit_wallet_id, t.amount
      from transactions as t
      where (t.posted_xid, t.id) > (
        select l.last_xid, l.last_id from ledger_seals as l order by l.no desc offset 1 limit 1);
    create temporary table change as
      select l.wallet_id, sum(l.amount) as amount, count(*) as legs from (
        select v.credit_wallet_id as wallet_id, v.amount from victim as v
        union all select v.debit_wallet_id, -v.amount from victim as v) as l
      group by l.wallet_id;
    delete from transactions where id in (select v.id from victim as v);
    update user_wallets as w set balance = w.balance - c.amount
      from change as c where c.wallet_id = w.id and w.kind <> 'system';
    update ledger_rollups as r
      set balance = r.balance - c.amount, transactions = r.transactions - c.legs
      from change as c where c.wallet_id = r.wallet_id;
    delete from ledger_seal_signatures where seal_no = (select max(l.no) from ledger_seals as l);
    delete from ledger_seals where no = (select max(l.no) from ledger_seals as l);
    update ledger_state
      set sealed_to = (select max(l.last_xid) from ledger_seals as l),
        rolled_up_to = (select max(l.last_xid) from ledger_seals as l) + 1;
    """

  /// A month is said to have left the database with everything that is in it.
  static let forgeArchive = """
    insert into ledger_archives (relation, parent, rows, first_xid, last_xid)
    values ('transactions_y2020m01', 'transactions', 1, 1, 9000000000000000000);
    """

  /// Every seal anew over the rows as they are now, with its number, its bounds and its time.
  static let recomputeSeals = """
    do $recompute$
    declare
      seal public.ledger_seals;
      chain bytea := decode(repeat('00', 32), 'hex');
      previous_xid bigint := -1;
      previous_id uuid := '00000000-0000-0000-0000-000000000000';
      block record;
    begin
      for seal in select l.* from public.ledger_seals as l order by l.no loop
        select count(*)::integer as transactions,
          string_agg(public.transaction_bytes(t), ''::bytea order by t.posted_xid, t.id) as bytes
        into block
        from public.transactions as t
        where (t.posted_xid, t.id) > (previous_xid, previous_id)
          and (t.posted_xid, t.id) <= (seal.last_xid, seal.last_id);
        update public.ledger_seals as l
        set previous_hash = chain, transactions = block.transactions,
          hash = sha256(chain || block.bytes)
        where l.no = seal.no
        returning l.hash into chain;
        previous_xid := seal.last_xid;
        previous_id := seal.last_id;
      end loop;
    end
    $recompute$;
    """
}
