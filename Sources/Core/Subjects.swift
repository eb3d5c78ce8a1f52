/// What identifiers are of. None of these has a value: they only tell identifiers apart.

/// An account that plays.
package enum Player {}
/// A table that players sit at.
package enum Room {}
/// A player's stay in a seat.
package enum Session {}
/// One deal.
package enum Hand {}
/// A place that chips are in.
package enum Wallet {}
/// One row of the ledger.
package enum Transaction {}
/// A running server.
package enum Node {}
