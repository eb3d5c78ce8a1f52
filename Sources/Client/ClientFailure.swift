import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why a server could not be spoken to.
package enum ClientFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nobody answers there, or the connection broke.
  case unreachable(String)
  /// The answer did not come in time.
  case timedOut(milliseconds: Int)
  /// The certificate is not trusted, or the other side does not speak TLS.
  case notSecure(String)
  /// The answer is larger than we read.
  case answerTooLarge(limitBytes: Int)
  /// The upgrade to a WebSocket was refused with this status.
  case upgradeRefused(status: Int)
  /// The file with certificates cannot be used.
  case certificates(String)

  /// What a library threw, in our words.
  package init(_ error: any Error, timeoutMilliseconds: Int) {
    switch error {
    case let failure as ClientFailure: self = failure
    case let error as HTTPClientError: self = Self.translated(error, timeoutMilliseconds)
    case let error as NIOConnectionError: self = .unreachable(Self.reason(of: error))
    case let error as IOError: self = .unreachable(error.localizedReason)
    case is ChannelError: self = .unreachable("the connection ended")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self = .notSecure("\(error)")
    default: self = .unreachable("\(error)")
    }
  }

  private static func translated(
    _ error: HTTPClientError, _ timeoutMilliseconds: Int
  ) -> ClientFailure {
    switch error {
    case .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout:
      .timedOut(milliseconds: timeoutMilliseconds)
    case .remoteConnectionClosed: .unreachable("the connection ended before the answer did")
    default: .unreachable("\(error)")
    }
  }

  /// Each address that was tried, with what came of it.
  private static func reason(of error: NIOConnectionError) -> String {
    let tried = error.connectionErrors.map { single in
      let reason = (single.error as? IOError)?.localizedReason ?? "\(single.error)"
      return "\(reason)"
    }
    let names = [error.dnsAError, error.dnsAAAAError].compactMap(\.self)
    if tried.isEmpty, !names.isEmpty { return "the name \(error.host) is not known" }
    return tried.isEmpty ? "no address of \(error.host) answers" : tried.joined(separator: "; ")
  }

  /// A sentence without a full stop.
  package var description: String {
    switch self {
    case .unreachable(let reason): reason
    case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
    case .notSecure(let reason): "TLS failed: \(reason)"
    case .answerTooLarge(let limit): "the answer is larger than \(limit) bytes"
    case .upgradeRefused(let status): "the upgrade to a WebSocket was refused with status \(status)"
    case .certificates(let reason): reason
    }
  }
}

extension IOError {
  /// Such as "Connection refused", without the call and the place in the library.
  fileprivate var localizedReason: String { String(cString: strerror(errnoCode)) }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
