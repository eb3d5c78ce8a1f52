import CPostgres

/// Connection strings, read by libpq itself.
enum ConnectionString {
  /// Reads an URI or `key=value` pairs; only what the string names is returned.
  static func parse(_ text: String) throws(PostgresError) -> [String: String] {
    var message: UnsafeMutablePointer<CChar>?
    guard let first = PQconninfoParse(text, &message) else {
      defer { PQfreemem(message) }
      let reason = message.map { String(cString: $0) } ?? "out of memory"
      throw .invalidConfiguration("the connection string is wrong: \(reason.trimmedLine)")
    }
    defer { PQconninfoFree(first) }
    var options: [String: String] = [:]
    var option = first
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        options[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    return options
  }
}

extension String {
  /// Without the line end and spaces that libpq's messages end in; line ends inside become "; ".
  var trimmedLine: String {
    split(whereSeparator: \.isNewline)
      .map { $0.drop(while: \.isWhitespace) }
      .joined(separator: "; ")
  }
}
