import Core
import FoundationEssentials
import Postgres
import Store

extension Bench {
  static let roomsCount = 512
  static let batchRooms = 256

  /// Moves per second of 512 rooms, in batches of 256 from two connections, and one a call.
  func journal() async throws {
    print(
      """
      | rooms a call | connections | moves/s | PostgreSQL CPU µs each | WAL bytes each |
      |---|---|---|---|---|
      """)
    for (rooms, lanes) in [(1, 1), (1, 8), (Self.batchRooms, 1), (Self.batchRooms, 2)] {
      // Hands are new for each load, since a hand has at most 2000 moves.
      try await append(try await startedRooms(), batch: rooms, lanes: lanes)
    }
  }

  private struct Table: Sendable {
    var room: SerialID<Room>
    var fence: Int64
    var hand: ID<Hand>
    var number: Int32 = 0
  }

  private func append(_ tables: [Table], batch: Int, lanes count: Int) async throws {
    let measured = try await measure { deadline in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for lane in 0..<count {
          let share = tables.count / count
          let own = Array(tables[(lane * share)..<((lane + 1) * share)])
          group.addTask {
            try await append(own, batch: batch, on: lanes[lane], until: deadline)
          }
        }
        return try await group.reduce(0, +)
      }
    }
    print("| \(batch) | \(count) | \(measured.cells.dropLast().joined(separator: " | ")) |")
  }

  private func append(
    _ tables: [Table], batch: Int, on connection: PostgresConnection,
    until deadline: ContinuousClock.Instant
  ) async throws -> Int {
    var tables = tables
    var first = 0
    var written = 0
    let journal = Journal(connection)
    while ContinuousClock.now < deadline, tables[first].number < 1999 {
      let range = first..<min(first + batch, tables.count)
      let appends = range.map { index in
        tables[index].number += 1
        return JournalAppend(
          room: tables[index].room, fence: tables[index].fence, hand: tables[index].hand,
          moves: [
            JournalMove(
              number: tables[index].number, seat: Int16(tables[index].number % 4),
              actor: .player, move: [1, 27, 0], reference: "c-\(tables[index].number)")
          ])
      }
      let outcomes = try await journal.append(appends)
      precondition(outcomes.allSatisfy { $0 == .ok }, "an append was refused")
      written += outcomes.count
      first = range.upperBound == tables.count ? 0 : range.upperBound
    }
    return written
  }

  /// Rooms at which a hand has just been started.
  private func startedRooms() async throws -> [Table] {
    try await owner.execute(
      """
      with room as (
        insert into game_rooms (
          name, game_id, currency, base_bet, buy_in_min, buy_in_max, seats)
        select 'Bench', 'gaple', 'COINS', 100, 2000, 20000, 4
        from generate_series(1, \(Int32(Self.roomsCount)))
        returning id
      ),
      hand as (
        insert into game_hands (
          id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps,
          rake_cap, server_seed_commit, server_seed_encrypted, key_id, started_at)
        select
          h.id, r.id, 1, 'gaple', 1, '{}', 'COINS', 100, 0, 0, sha256('x'),
          decode(repeat('00', 60), 'hex'), 'k', id_time(h.id)
        from room as r
        cross join lateral (select id_at(now() + r.id * interval '0') as id) as h
        returning id, room_id
      )
      select 1 from hand
      """)
    try await owner.execute(
      """
      update game_rooms as r set current_hand_id = h.id
      from game_hands as h
      where h.room_id = r.id and h.status = 'playing' and r.current_hand_id is null
      """)
    try await dealInFourSeats()
    return try await owner.query(
      """
      select id, fence, current_hand_id from game_rooms
      where name = 'Bench' order by id desc limit \(Int64(Self.roomsCount))
      """
    ).decode((Int64, Int64, UUID).self).map { room, fence, hand in
      Table(room: SerialID(rawValue: room), fence: fence, hand: ID(hand))
    }
  }

  /// Four seats for each hand that has none: a move of any other seat is refused.
  private func dealInFourSeats() async throws {
    try await owner.execute(
      """
      with wallet as (
        insert into user_wallets (kind, room_id, seat, currency, balance)
        select 'seat', h.room_id, s.seat, 'COINS', 0
        from game_hands as h
        cross join generate_series(0, 3) as s (seat)
        where h.status = 'playing'
          and not exists (select from hand_seats as x where x.hand_id = h.id)
        returning id, room_id, seat
      ),
      stay as (
        insert into game_sessions (id, room_id, seat, user_id, seat_wallet_id)
        select new_id(), w.room_id, w.seat, u.id, w.id
        from wallet as w
        join (
          select id, row_number() over (order by id) - 1 as seat from users order by id limit 4
        ) as u on u.seat = w.seat
        returning id, room_id, seat, user_id, seat_wallet_id
      )
      insert into hand_seats (
        hand_id, seat, session_id, user_id, wallet_id, stack_start, client_seed)
      select h.id, s.seat, s.id, s.user_id, s.seat_wallet_id, 1, 'bench'
      from stay as s
      join game_hands as h on h.room_id = s.room_id and h.status = 'playing'
      """)
  }
}
