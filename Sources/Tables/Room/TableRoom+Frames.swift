import Core
import Domino

/// Frames without a number.
extension TableRoom {
  func presenceFrame(_ seat: Seat, isOnline: Bool) -> Frame {
    frame("presence") { writer in
      writer.key("seat")
      writer.value(seat)
      writer.key("online")
      writer.value(isOnline)
    }
  }

  func emoteFrame(_ seat: Seat, _ emote: Emote) -> Frame {
    frame("emote") { writer in
      writer.key("seat")
      writer.value(seat)
      writer.key("emote")
      writer.value(emote.rawValue)
    }
  }

  func pausedFrame() -> Frame {
    frame("paused") { writer in
      writer.key("reason")
      writer.value("database")
    }
  }

  func movedFrame() -> Frame { frame("moved") { _ in } }

  /// The clock goes on, with what is legal for the eyes of the seat to act.
  func runningFrame(for player: ID<Player>?) -> Frame {
    let seat = player.flatMap(table.seat(of:))
    return frame("running") { writer in
      writer.key("turn")
      writer.turn(turnEvent(), for: seat.map { .seat($0) } ?? .spectator)
    }
  }

  func walletFrame(_ balance: Chips) -> Frame {
    frame("wallet") { writer in
      writer.key("currency")
      writer.value(table.facts.currency.rawValue)
      writer.key("balance")
      writer.value(balance)
    }
  }

  /// A refusal that answers no message: what was promised cannot be kept.
  func errorFrame(_ error: CommandError) -> Frame {
    frame("error") { writer in
      writer.key("code")
      writer.value(error.code.rawValue)
      writer.key("message")
      writer.value(error.message)
    }
  }

  private func frame(_ type: StaticString, _ body: (inout JSONWriter) -> Void) -> Frame {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.value(type)
    writer.key("room")
    writer.value(id.rawValue)
    body(&writer)
    writer.endObject()
    return Frame(bytes: writer.bytes)
  }
}
