package import Core
import FoundationEssentials
package import Postgres

extension Rooms {
  /// How many hands back `table` reads moves.
  package static var recentHands: Int32 { 4 }

  /// All that a host needs to go on with a room, read in one round trip; nil where there is none.
  package func table(
    _ room: SerialID<Room>
  ) async throws(PostgresError) -> StoredTable? {
    var batch = Batch()
    for statement in Self.statements(room.rawValue) { batch.add(statement) }
    let results = try await client.run(batch)
    guard let found = try results[0].get().oneOrNone() else { return nil }
    let hands = try results[3].get().decode(StoredHand.self)
    return StoredTable(
      room: try StoredRoom(row: found),
      stays: try results[1].get().decode(StoredStay.self),
      deal: try results[2].get().oneOrNone().map(StoredDeal.init(row:)),
      hand: hands.first { $0.result == nil },
      last: hands.first { $0.result != nil },
      handSeats: try results[4].get().decode(StoredHandSeat.self),
      moves: try results[5].get().decode(JournalMove.self),
      recent: try results[6].get().decode(StoredRecentMove.self))
  }

  private static func statements(_ room: Int64) -> [SQL] {
    [
      roomStatement(room), staysStatement(room), dealStatement(room), handsStatement(room),
      handSeatsStatement(room), movesStatement(room), recentStatement(room),
    ]
  }

  private static func roomStatement(_ room: Int64) -> SQL {
    """
    select
      r.id, r.name, r.game_id, r.visibility, r.stake_tier_id, r.currency, r.base_bet, r.buy_in_min,
      r.buy_in_max, r.seats, r.rake_bps, r.rake_cap, g.rules || r.options, r.status, r.fence,
      r.hands_started, r.join_code, r.created_by
    from game_rooms as r
    join games as g on g.id = r.game_id
    where r.id = \(room)
    """
  }

  private static func staysStatement(_ room: Int64) -> SQL {
    """
    select
      s.id, s.seat, u.id, p.display_name, p.avatar, u.account_type = 'bot', v.level, w.balance,
      s.leave_requested_at is not null
    from game_sessions as s
    join users as u on u.id = s.user_id
    join user_profiles as p on p.user_id = s.user_id
    join user_vip_status as v on v.user_id = s.user_id
    join user_wallets as w on w.id = s.seat_wallet_id
    where s.room_id = \(room) and s.stood_up_at is null
    order by s.seat
    """
  }

  private static func dealStatement(_ room: Int64) -> SQL {
    """
    select d.number, d.server_seed_commit, d.server_seed_encrypted, d.key_id
    from room_deals as d
    where d.room_id = \(room)
    """
  }

  /// The hand that runs, and the last one that was settled.
  private static func handsOf(_ room: Int64) -> SQL {
    """
    (select r.current_hand_id as id from game_rooms as r where r.id = \(room)
    union all
    (select h.id from game_hands as h
    where h.room_id = \(room) and h.status = 'settled'
    order by h.number desc limit 1))
    """
  }

  private static func handsStatement(_ room: Int64) -> SQL {
    """
    select
      h.id, h.number, h.rules_version, h.options, h.base_bet, h.rake_bps, h.rake_cap,
      h.opener_seat, h.server_seed_commit, h.server_seed_encrypted, h.key_id, h.server_seed,
      h.result
    from game_hands as h
    where h.id in \(handsOf(room))
    order by h.number
    """
  }

  private static func handSeatsStatement(_ room: Int64) -> SQL {
    """
    select
      s.hand_id, s.seat, s.session_id, s.stack_start, s.client_seed, s.bot_style, s.bot_strength,
      s.bot_seed, s.net, s.rake
    from hand_seats as s
    where s.hand_id in \(handsOf(room))
    order by s.hand_id, s.seat
    """
  }

  private static func movesStatement(_ room: Int64) -> SQL {
    """
    select m.no, m.seat, m.actor, m.move, m.ref, m.time_bank_ms, m.trustee
    from game_moves as m
    where m.hand_id = (select r.current_hand_id from game_rooms as r where r.id = \(room))
    order by m.no
    """
  }

  private static func recentStatement(_ room: Int64) -> SQL {
    """
    select
      h.number, s.session_id, m.no, m.seat, m.actor, m.move, m.ref, m.time_bank_ms, m.trustee
    from game_rooms as r
    join game_hands as h on h.room_id = r.id and h.number > r.hands_started - \(recentHands)
    join game_moves as m on m.hand_id = h.id and m.actor <> 'rules'
    join hand_seats as s on s.hand_id = h.id and s.seat = m.seat
    where r.id = \(room)
    order by h.number, m.no
    """
  }
}

extension Rooms {
  /// What a table shows of the player of a stay, and whether the stay is over.
  package func profile(
    of session: ID<Session>
  ) async throws(PostgresError) -> (profile: StoredProfile, hasEnded: Bool)? {
    let rows = try await client.query(
      """
      select u.id, p.display_name, p.avatar, u.account_type = 'bot', v.level,
        s.stood_up_at is not null
      from game_sessions as s
      join users as u on u.id = s.user_id
      join user_profiles as p on p.user_id = s.user_id
      join user_vip_status as v on v.user_id = s.user_id
      where s.id = \(session.uuid)
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    let (player, name, avatar, isBot, level, hasEnded) = try row.decode(
      (UUID, String, String, Bool, Int16, Bool).self)
    let profile = StoredProfile(
      player: ID(player), name: name, avatar: avatar, isBot: isBot, level: level)
    return (profile, hasEnded)
  }

  /// Where a stay is or was; nil where there is none.
  package func place(
    of session: ID<Session>
  ) async throws(PostgresError) -> (
    room: SerialID<Room>, seat: Int16, player: ID<Player>, hasEnded: Bool
  )? {
    let rows = try await client.query(
      """
      select s.room_id, s.seat, s.user_id, s.stood_up_at is not null
      from game_sessions as s
      where s.id = \(session.uuid)
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    let (room, seat, player, hasEnded) = try row.decode((Int64, Int16, UUID, Bool).self)
    return (SerialID(rawValue: room), seat, ID(player), hasEnded)
  }

  /// The chips in front of a stay.
  package func stack(of session: ID<Session>) async throws(PostgresError) -> Chips {
    Chips(
      rawValue: try await client.query(
        """
        select w.balance from game_sessions as s
        join user_wallets as w on w.id = s.seat_wallet_id
        where s.id = \(session.uuid)
        """
      ).one().decode(column: 0))
  }

  /// What a player has beside the tables.
  package func purse(
    of player: ID<Player>, _ currency: Currency
  ) async throws(PostgresError) -> Chips {
    Chips(
      rawValue: try await client.query(
        """
        select w.balance from user_wallets as w
        where w.user_id = \(player.uuid) and w.currency = \(currency.rawValue)
        """
      ).one().decode(column: 0))
  }

  /// What a tier of the lobby asks to sit down with; nil where it is not offered.
  package func buyIn(at tier: String) async throws(PostgresError) -> ClosedRange<Chips>? {
    let rows = try await client.query(
      """
      select t.buy_in_min, t.buy_in_max from stake_tiers as t
      where t.id = \(tier) and t.is_enabled
      """)
    guard let row = try rows.oneOrNone() else { return nil }
    let (least, most) = try row.decode((Int64, Int64).self)
    return Chips(rawValue: least)...Chips(rawValue: most)
  }
}
