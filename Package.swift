// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "higgs-domino",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "higgs", targets: ["higgs"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .target(name: "Core", swiftSettings: strict),
    .target(name: "Domino", dependencies: ["Core"], swiftSettings: strict),
    .target(
      name: "Fairness",
      dependencies: ["Core", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "Bots", dependencies: ["Domino"], swiftSettings: strict),
    .executableTarget(
      name: "domino-lockstep",
      dependencies: [
        "Core", "Domino", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Lockstep/Emitter",
      swiftSettings: strict),
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "Postgres",
      dependencies: ["CPostgres", .product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    .target(name: "Store", dependencies: ["Core", "Postgres"], swiftSettings: strict),
    .target(
      name: "LedgerSigning",
      dependencies: ["Core", "Store", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Migrations",
      dependencies: ["Postgres", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Tables", dependencies: ["Bots", "Core", "Domino", "Fairness"], swiftSettings: strict),
    .target(
      name: "Hosting",
      dependencies: [
        "Bots", "Core", "Domino", "Fairness", "Postgres", "Store", "Tables",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "Platform",
      dependencies: [
        "Core", "Store", "Postgres",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "Redis",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "Telemetry",
      dependencies: [
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ],
      swiftSettings: strict),
    .target(
      name: "API",
      dependencies: [
        "Core", "Domino", "Fairness", "Hosting", "Platform", "Postgres", "Redis", "Store", "Tables",
        "Telemetry",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOExtras", package: "swift-nio-extras"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "Client",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Smoke",
      dependencies: [
        "Client", "Core", "Domino", "Fairness", .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Backups",
      dependencies: [
        "Core", "Postgres", "Store", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "higgs",
      dependencies: [
        "API", "Backups", "Client", "Core", "Domino", "Fairness", "Hosting", "LedgerSigning",
        "Migrations", "Platform", "Postgres", "Redis", "Smoke", "Store", "Telemetry",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "ledger-bench",
      dependencies: [
        "Core", "Postgres", "Store",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "bench/ledger", exclude: ["run", "variants", "variants.sql"], swiftSettings: strict),
    .executableTarget(
      name: "tables-bench",
      dependencies: [
        "Client", "Postgres",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "bench/tables", exclude: ["run"], swiftSettings: strict),
    .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Postgres"], path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(
      name: "DominoTests", dependencies: ["Core", "Domino"], resources: [.copy("Vectors")],
      swiftSettings: strict),
    .testTarget(
      name: "FairnessTests", dependencies: ["Fairness"], resources: [.copy("Vectors")],
      swiftSettings: strict),
    .testTarget(
      name: "BotsTests", dependencies: ["Bots", "Core", "Domino"], swiftSettings: strict),
    .testTarget(
      name: "PlatformTests",
      dependencies: ["Core", "Platform", "Postgres", "Store", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "APITests",
      dependencies: [
        "API", "Core", "Domino", "Hosting", "Platform", "Postgres", "Redis", "Store", "Tables",
        "Telemetry", "TestSupport", "higgs",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "RedisTests", dependencies: ["Redis", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StoreTests", dependencies: ["Core", "Store", "Postgres", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TablesTests",
      dependencies: ["Bots", "Core", "Domino", "Fairness", "Tables", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "HostingTests",
      dependencies: [
        "Core", "Domino", "Fairness", "Hosting", "Postgres", "Store", "Tables", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LedgerSigningTests",
      dependencies: ["Core", "LedgerSigning", "Postgres", "Store", "TestSupport", "higgs"],
      swiftSettings: strict),
    .testTarget(
      name: "HiggsTests",
      dependencies: ["Core", "Fairness", "Postgres", "TestSupport", "higgs"],
      swiftSettings: strict),
    .testTarget(
      name: "ClientTests",
      dependencies: [
        "Client", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SmokeTests", dependencies: ["Core", "Fairness", "Smoke", "TestSupport", "higgs"],
      swiftSettings: strict),
    .testTarget(
      name: "BackupsTests",
      dependencies: ["Backups", "Core", "Postgres", "Store", "TestSupport", "higgs"],
      swiftSettings: strict),
    .testTarget(
      name: "MigrationsTests",
      dependencies: [
        "Core", "Migrations", "Postgres", "Store", "TestSupport", "higgs",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.copy("Baseline"), .copy("Upgrade")],
      swiftSettings: strict),
  ]
)
