import CPostgres

extension Link {
  /// Sends a statement to be prepared under a name.
  func sendPrepare(_ name: String, _ statement: SQL) -> Bool {
    let types = statement.bindings.types.map(\.rawValue)
    return PQsendPrepare(pointer, name, statement.text, Int32(types.count), types) == 1
  }

  /// Sends the values for a statement that was prepared.
  func sendExecute(_ name: String, _ statement: SQL) -> Bool {
    statement.bindings.withParameters { count, values, lengths, formats in
      PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
    }
  }

  /// Sends a statement with its values.
  func sendUnprepared(_ statement: SQL) -> Bool {
    let types = statement.bindings.types.map(\.rawValue)
    return statement.bindings.withParameters { count, values, lengths, formats in
      PQsendQueryParams(pointer, statement.text, count, types, values, lengths, formats, 1) == 1
    }
  }
}

extension Bindings {
  /// Lends the values in the form that libpq wants; it copies them at once.
  fileprivate func withParameters<Value>(
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Value
  ) -> Value {
    if count == 0 { return body(0, nil, nil, nil) }
    // One byte more, so that even an empty value has an address; without one it would be NULL.
    var memory = bytes
    memory.append(0)
    return memory.withUnsafeBytes { all in
      let base = all.baseAddress!.assumingMemoryBound(to: CChar.self)
      let values = ranges.map { range in range.map { base + $0.lowerBound } }
      let lengths = ranges.map { Int32($0?.count ?? 0) }
      let formats = [Int32](repeating: 1, count: count)
      return body(Int32(count), values, lengths, formats)
    }
  }
}
