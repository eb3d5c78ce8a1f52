package import Bots

/// The times and limits of a table.
package struct TablePolicy: Sendable, Hashable {
  /// How long a seat may take for a move before its time bank is used.
  package var turnMilliseconds = 15_000
  /// What the time bank holds at most, and at first.
  package var timeBankMilliseconds = 30_000
  /// What each hand adds to the time bank.
  package var timeBankRefillMilliseconds = 5_000
  /// After so many time-outs in a row the seat is played by the trustee.
  package var timeOutsMax = 2
  /// After so many hands that the trustee played the seat stands up.
  package var autoPlayedHandsMax = 3
  /// How long the trustee takes for a move.
  package var trusteeMilliseconds = 1_000
  /// How long a bot takes for a move; which of them follows from the hand and the move's number.
  package var botMilliseconds = 700...1_800
  /// How bots play.
  package var botStyle = Bot.Style.thinker
  /// How many deals a bot imagines for a move.
  package var botStrength = Bot.usualStrength
  /// A bot with fewer chips than so many base bets stands up.
  package var botBetsMin = 5
  /// From the promise of a table's first deal to the deal, for client seeds.
  package var breakMilliseconds = 3_000
  /// The same after a hand, whose result is to be read.
  package var breakAfterHandMilliseconds = 6_000
  /// After so long without the database clients are told that the table is paused.
  package var pauseNoticeMilliseconds = 300
  /// Who has been away so long when a hand starts is played by the trustee.
  package var awayMilliseconds = 60_000
  /// Who has been away so long stands up between hands.
  package var awayLimitMilliseconds = 600_000
  /// Who has had too few chips for so long stands up.
  package var brokeLimitMilliseconds = 60_000
  /// Bots that have been alone for so long stand up.
  package var botsAloneMilliseconds = 10_000
  /// A room that a player opened is closed when no person has sat or watched for so long.
  package var emptyLimitMilliseconds = 600_000
  /// Whether hands are dealt with no person present, as for shows and measurements.
  package var playsWithoutPeople = false
  /// Whether new hands begin; off while the server is being maintained, where hands that run are
  /// finished.
  package var dealsHands = true
  /// How many commands of one player may wait.
  package var commandsPerSeatMax = 8
  /// How many commands of a room may wait.
  package var commandsPerRoomMax = 64
  /// How many may watch a room.
  package var subscribersMax = 1_000
  /// How many events are kept for those who come back.
  package var eventsKept = 256
  /// How many answers are kept for those who ask again.
  package var answersKept = 64
  /// After the first unknown outcome the same call is made again after so long, …
  package var resendFirstMilliseconds = 50
  /// … and after many of them after so long.
  package var resendMaxMilliseconds = 2_000

  /// The usual times and limits.
  package init() {}

  /// How long to wait before the same call is made again, after so many unknown outcomes.
  package func resendMilliseconds(failures: Int) -> Int {
    let doublings = min(max(failures - 1, 0), 16)
    return min(resendFirstMilliseconds << doublings, resendMaxMilliseconds)
  }
}
