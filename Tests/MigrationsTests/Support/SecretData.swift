import Core
import Crypto
import Foundation
import Postgres
import Store

/// Players whose secrets the test knows, stored as the schema wants them.
struct SecretData {
  static let players = 5

  let key = SymmetricKey(size: .bits256)
  private(set) var secrets: [Secret] = []
  /// The seed of a hand that is over: revealed, so that it is in the dump.
  private(set) var revealedSeed: [UInt8] = []

  /// Makes them in a migrated database.
  init(in connection: PostgresConnection) async throws {
    for number in 1...Self.players { try await addPlayer(number, connection) }
    try await play(connection)
  }

  private mutating func addPlayer(_ number: Int, _ connection: PostgresConnection) async throws {
    let email = "Rahasia.Pemain\(number)+domino@contoh-surat-\(number).example"
    let phone = "+62812345670\(number)9"
    let password = "kuda-benar-baterai-\(number)!"
    let (guest, token, code, totp) = (random(32), random(32), random(10), random(20))
    secrets += [
      Secret("e-mail \(number)", text: email),
      Secret("normalised e-mail \(number)", text: email.lowercased()),
      Secret("telephone \(number)", text: phone), Secret("password \(number)", text: password),
      Secret("guest secret \(number)", bytes: guest),
      Secret("refresh token \(number)", bytes: token),
      Secret("recovery code \(number)", bytes: code), Secret("TOTP secret \(number)", bytes: totp),
    ]
    try await connection.execute(
      """
      with player as (select create_player(\("pemain_\(number)"), account_type => 'registered') as id)
      select create_audit_log(p.id, 'account.registered', 'user', p.id::text),
        send_notification(p.id, 'system', 'Selamat datang')
      from player as p
      """)
    try await connection.execute(
      """
      update users
      set email_encrypted = \(try encrypted(Array(email.utf8))),
        email_lookup = \(lookup(email.lowercased())),
        phone_encrypted = \(try encrypted(Array(phone.utf8))), phone_lookup = \(lookup(phone)),
        key_id = \([1] as [UInt8]), guest_secret_hash = \(hash(guest)),
        password_hash = \(Self.bcrypt(number))
      where username = \("pemain_\(number)")
      """)
    try await connection.execute(
      """
      insert into user_sessions (user_id, refresh_token_hash, device_name, expires_at)
      select id, \(hash(token)), 'telepon', now() + interval '30 days'
      from users where username = \("pemain_\(number)")
      """)
    try await connection.execute(
      """
      insert into user_mfa_factors (user_id, kind, secret_encrypted, key_id, code_hash)
      select u.id, f.kind, f.secret, f.key_id, f.code
      from users as u
      cross join (values
        ('totp', \(try encrypted(totp)), \([1] as [UInt8]), null),
        ('recovery_code', null, null, \(hash(code)))
      ) as f (kind, secret, key_id, code)
      where u.username = \("pemain_\(number)")
      """)
  }

  /// Two hands: one is settled with its seed revealed, one runs.
  private mutating func play(_ connection: PostgresConnection) async throws {
    let room = try await Rooms(connection).open(tier: "gaple_warung")
    let node = try await Nodes(connection).register(
      name: "dump", internalAddress: "127.0.0.1:1", rulesVersions: [1])
    let fence = try await Nodes(connection).takeRooms(for: node).first { $0.room == room }!.fence
    let seats = try await connection.query(
      """
      with player as (
        select u.id, w.id as wallet, (row_number() over (order by u.username) - 1)::smallint as seat
        from users as u
        join user_wallets as w on w.user_id = u.id and w.currency = 'COINS'
        order by u.username limit 2
      ),
      granted as materialized (
        select p.id, p.seat, (post_transactions(
          array[new_id()], array['grant'], array[wallet_of('issue', 'COINS')], array[p.wallet],
          array['COINS'], array[100000::bigint])).outcome
        from player as p
      )
      select sit_down(new_id(), \(room.rawValue), \(fence), g.id, g.seat, 5000)
      from granted as g where g.outcome = 'ok'
      """
    ).decode(String.self)
    precondition(seats == ["ok", "ok"], "the test's players could not sit down: \(seats)")
    revealedSeed = random(32)
    let over = try await start(revealedSeed, room, fence, connection)
    let settled = try await Hands(connection).settle(
      HandSettlement(
        hand: over, fence: fence,
        payments: [.init(payer: 1, payee: 0, amount: 100, reason: "win")],
        result: JSONText("{\"winner\": 0}"), revealedSeed: revealedSeed))
    precondition(settled == .ok, "the test's hand was not settled: \(settled)")
    let seed = random(32)
    _ = try await start(seed, room, fence, connection)
    secrets.append(Secret("server seed of the running hand", bytes: seed))
  }

  private func start(
    _ seed: [UInt8], _ room: SerialID<Room>, _ fence: Int64, _ connection: PostgresConnection
  ) async throws -> ID<Hand> {
    let hand = try await connection.query("select new_id()").one().decode(UUID.self)
    let started = try await Hands(connection).start(
      HandStart(
        hand: ID(hand), room: room, fence: fence, rulesVersion: 1, options: JSONText("{}"),
        seed: .init(commit: hash(seed), encrypted: try encrypted(seed), keyID: [1]),
        seats: [0, 1].map { .init(number: $0, clientSeed: "client-\($0)") }))
    precondition(started.outcome == .ok, "the test's hand did not start: \(started)")
    return ID(hand)
  }

  private func encrypted(_ bytes: [UInt8]) throws -> [UInt8] {
    Array(try AES.GCM.seal(bytes, using: key).combined!)
  }

  private func lookup(_ text: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }

  private func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  private func random(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max) }
  }

  /// bcrypt hashes of the passwords, made elsewhere: this program does not hash passwords yet.
  private static func bcrypt(_ number: Int) -> String { bcryptHashes[number - 1] }

  private static let bcryptHashes = [
    "$2b$12$fEW4W6P4Z.dfkUrcA3893Ojy/EiDDvAVHgCAFb9A5Hq86uYat5lgO",
    "$2b$12$VpExkFBvxr73pLhy99Nl9.eJ.nHpXvTJ2ByLsF5GRTq.hRNWTtSFa",
    "$2b$12$hwtQfKHIgvOXBoqqlxc.Ju7v0cW2u.WevYv326h9A2jPSI9oQe3my",
    "$2b$12$2vigsOzIJq6v0lpCyp.ZIum3PsMVjv1uA51MJE8ewnKjSMMDzxwMO",
    "$2b$12$Js0FaLHIPRzJENWQciDWDuXXDvF0kSuAC1U3C8P0NyPupCN.pRWGm",
  ]
}
