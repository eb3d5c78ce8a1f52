package import Store

/// Holds a ledger's seals to what was signed and published about them.
package struct HeadAudit: Sendable {
  /// How many problems a check names; the rest it counts.
  package static let problemsNamedMax = 5

  private let keys: [String: VerificationKey]

  /// An audit that trusts these keys and no others.
  package init(keys: [VerificationKey]) {
    self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether each published head carries a signature of one of the keys.
  package func signatures(of published: [SignedHead]) -> IntegrityCheck {
    Self.check("published_heads_are_signed", of: published) { head in
      guard let key = keys[head.keyID] else {
        return """
          head \(head.head.number) names the key \(head.keyID), which was not given; give every \
          key with --public-key
          """
      }
      guard !key.isSigned(head) else { return nil }
      return """
        head \(head.head.number) does not carry a signature of \(head.keyID): the published file \
        was changed
        """
    }
  }

  /// Whether the ledger still has the seals that were published. `seals` are those with the same
  /// numbers; `newest` is the newest there is.
  package func seals(
    of published: [SignedHead], seals: [LedgerHead], newest: LedgerHead?
  ) -> IntegrityCheck {
    let found = Dictionary(seals.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    return Self.check("published_heads_are_in_the_ledger", of: published) { signed in
      let head = signed.head
      guard let seal = found[head.number] else {
        return """
          there is no seal \(head.number), the newest is \(newest.map { "\($0.number)" } ?? "none"): \
          the ledger was cut off or rewritten after this head was published, or comes from an \
          older backup
          """
      }
      guard seal != head else { return nil }
      return
        "seal \(head.number) is not the one that was signed: the ledger was rewritten after this "
        + "head was published"
    }
  }

  /// Whether each seal for which the database has signatures of a key has one that fits it as it
  /// is. Anyone who may post may store a bad one beside it, which is told, but is no failure.
  package func stored(_ signatures: [StoredSignature], keyID: String) -> IntegrityCheck {
    let seals = Dictionary(grouping: signatures, by: \.number).sorted { $0.key > $1.key }
    var check = Self.check("stored_signatures_fit_the_seals", of: seals) { number, stored in
      guard stored.contains(where: { $0.head != nil }) else {
        return "seal \(number) was signed, but is not there: the ledger was cut off"
      }
      guard !stored.contains(where: { fits($0, keyID) }) else { return nil }
      return """
        the signature of seal \(number) by \(keyID) does not fit it: the ledger was rewritten \
        after it was signed, or the signature is not by that key
        """
    }
    let odd = signatures.count { !fits($0, keyID) }
    if check.isOK, odd > 0 {
      check.problem =
        "\(odd) of \(signatures.count) signatures under the name \(keyID) are not by that key: "
        + "somebody stored them beside the good ones"
    }
    return check
  }

  private func fits(_ stored: StoredSignature, _ keyID: String) -> Bool {
    guard let head = stored.head else { return false }
    let signed = SignedHead(head: head, keyID: keyID, signature: stored.signature)
    return keys[keyID]?.isSigned(signed) == true
  }

  private static func check<Thing>(
    _ name: String, of things: [Thing], problem: (Thing) -> String?
  ) -> IntegrityCheck {
    let problems = things.compactMap(problem)
    var text = problems.prefix(problemsNamedMax).joined(separator: "; ")
    if problems.count > problemsNamedMax {
      text += "; and \(problems.count - problemsNamedMax) more"
    }
    return IntegrityCheck(
      name: name, isOK: problems.isEmpty, examined: Int64(things.count),
      problem: problems.isEmpty ? nil : text)
  }
}
