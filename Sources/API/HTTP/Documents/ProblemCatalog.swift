import Tables

/// Every code that a problem can have, with what it means: what `type` in a problem points to.
package enum ProblemCatalog {
  /// A code and its meaning.
  package struct Entry: Sendable {
    /// The code.
    package let code: String
    /// What it means and what to do.
    package let meaning: String
  }

  /// All of them: the API's own, then those that tables refuse with.
  package static let all: [Entry] =
    own
    + CommandError.Code.allCases.filter { code in
      !own.contains { $0.code == code.rawValue }
    }.map {
      Entry(code: $0.rawValue, meaning: "A table's refusal; the detail says what to do.")
    }

  private static let own = [
    Entry(code: "bad_request", meaning: "The request or its JSON is wrong; the detail says where."),
    Entry(code: "bad_cursor", meaning: "Take next_cursor of the page before."),
    Entry(code: "invalid", meaning: "A field has a value that cannot be taken."),
    Entry(code: "unauthenticated", meaning: "Send an access token."),
    Entry(
      code: "token_invalid", meaning: "The token or secret is not ours, or not valid any more."),
    Entry(code: "token_expired", meaning: "Refresh the access token."),
    Entry(code: "token_revoked", meaning: "The sign-in has ended; sign in again."),
    Entry(code: "token_reused", meaning: "The refresh token was used twice; sign in again."),
    Entry(code: "account_not_active", meaning: "The account is suspended, banned or closed."),
    Entry(code: "not_found", meaning: "There is nothing at this address."),
    Entry(code: "player_not_found", meaning: "There is no such player."),
    Entry(code: "room_not_found", meaning: "There is no such room, or it is not for you."),
    Entry(
      code: "join_code_needed", meaning: "The table is private; send the join_code of its creator."),
    Entry(code: "hand_not_found", meaning: "There is no such hand."),
    Entry(code: "hand_running", meaning: "The hand is being played; ask again when it is over."),
    Entry(code: "wallet_not_found", meaning: "There is no such wallet."),
    Entry(code: "method_not_allowed", meaning: "This address does not take this method."),
    Entry(code: "idempotency_key_missing", meaning: "Requests that move chips need a key."),
    Entry(code: "idempotency_key_reused", meaning: "The key was used for another request."),
    Entry(code: "unsupported_media_type", meaning: "Send JSON."),
    Entry(code: "too_large", meaning: "The body is too large."),
    Entry(code: "too_slow", meaning: "The body took too long."),
    Entry(code: "rate_limited", meaning: "Too many requests; Retry-After says when to try again."),
    Entry(code: "too_many_sockets", meaning: "Too many sockets from this address."),
    Entry(code: "origin_not_allowed", meaning: "Sockets are opened from the server's own page."),
    Entry(code: "upgrade_required", meaning: "This address takes WebSockets only."),
    Entry(
      code: "maintenance",
      meaning: "The server is being maintained; Retry-After says when to try again."),
    Entry(code: "unavailable", meaning: "The database is away; send the same request again."),
    Entry(code: "internal", meaning: "Something went wrong here; the request's id finds it."),
  ]
}
