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

  /// Whether the signatures in the database, made by one of the keys, fit the seals that are there.
  package func stored(_ signatures: [StoredSignature], keyID: String) -> IntegrityCheck {
    Self.check("stored_signatures_fit_the_seals", of: signatures) { stored in
      guard let head = stored.head else {
        return "seal \(stored.number) was signed, but is not there: the ledger was cut off"
      }
      let signed = SignedHead(head: head, keyID: keyID, signature: stored.signature)
      guard keys[keyID]?.isSigned(signed) != true else { return nil }
      return """
        the signature of seal \(stored.number) by \(keyID) does not fit it: the ledger was \
        rewritten after it was signed, or the signature was replaced
        """
    }
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
