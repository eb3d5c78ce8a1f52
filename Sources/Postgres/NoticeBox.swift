import CPostgres

/// Collects what the server says unasked. libpq calls back in the middle of its own functions, so
/// nothing is done then but to keep the notice. Used on the connection's queue only.
final class NoticeBox {
  /// A script that says more than that is not worth listening to.
  static let maximumKept = 10_000

  private(set) var notices: [ServerError] = []

  func attach(to connection: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        let box = Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue()
        box.keep(ServerError(result: result))
      },
      context
    )
  }

  func takeAll() -> [ServerError] {
    if notices.isEmpty { return [] }
    defer { notices.removeAll() }
    return notices
  }

  private func keep(_ notice: ServerError) {
    if notices.count < Self.maximumKept { notices.append(notice) }
  }
}

extension ServerError {
  /// Reads all fields of an error or notice.
  init(result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
    }
    self.init(
      severity: field("V") ?? field("S") ?? "ERROR",
      sqlState: SQLState(code: field("C") ?? ""),
      message: field("M")
        ?? PQresultErrorMessage(result).map { String(cString: $0).trimmedLine } ?? ""
    )
    detail = field("D")
    hint = field("H")
    context = field("W")
    schema = field("s")
    table = field("t")
    column = field("c")
    constraint = field("n")
    position = field("P").flatMap { Int($0) }
    routine = field("R")
  }
}
