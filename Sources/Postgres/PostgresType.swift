/// A type of the server, by its OID. Only built-in types have OIDs that are the same everywhere.
package struct PostgresType: RawRepresentable, Sendable, Hashable {
  /// The OID.
  package let rawValue: UInt32

  /// Takes an OID.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}

extension PostgresType: CustomStringConvertible {
  /// The type's name, or its OID where the name is not known here.
  package var description: String {
    Self.names[self] ?? "with OID \(rawValue)"
  }

  /// unspecified.
  package static let unspecified = PostgresType(rawValue: 0)
  /// boolean.
  package static let bool = PostgresType(rawValue: 16)
  /// bytea.
  package static let bytea = PostgresType(rawValue: 17)
  /// "char".
  package static let char = PostgresType(rawValue: 18)
  /// name.
  package static let name = PostgresType(rawValue: 19)
  /// bigint.
  package static let int8 = PostgresType(rawValue: 20)
  /// smallint.
  package static let int2 = PostgresType(rawValue: 21)
  /// integer.
  package static let int4 = PostgresType(rawValue: 23)
  /// text.
  package static let text = PostgresType(rawValue: 25)
  /// oid.
  package static let oid = PostgresType(rawValue: 26)
  /// json.
  package static let json = PostgresType(rawValue: 114)
  /// real.
  package static let float4 = PostgresType(rawValue: 700)
  /// double precision.
  package static let float8 = PostgresType(rawValue: 701)
  /// unknown.
  package static let unknown = PostgresType(rawValue: 705)
  /// character.
  package static let bpchar = PostgresType(rawValue: 1042)
  /// character varying.
  package static let varchar = PostgresType(rawValue: 1043)
  /// date.
  package static let date = PostgresType(rawValue: 1082)
  /// timestamp without time zone.
  package static let timestamp = PostgresType(rawValue: 1114)
  /// timestamp with time zone.
  package static let timestamptz = PostgresType(rawValue: 1184)
  /// numeric.
  package static let numeric = PostgresType(rawValue: 1700)
  /// void.
  package static let void = PostgresType(rawValue: 2278)
  /// uuid.
  package static let uuid = PostgresType(rawValue: 2950)
  /// jsonb.
  package static let jsonb = PostgresType(rawValue: 3802)
  /// xid8.
  package static let xid8 = PostgresType(rawValue: 5069)
  /// record.
  package static let record = PostgresType(rawValue: 2249)
  /// boolean[].
  package static let boolArray = PostgresType(rawValue: 1000)
  /// bytea[].
  package static let byteaArray = PostgresType(rawValue: 1001)
  /// "char"[].
  package static let charArray = PostgresType(rawValue: 1002)
  /// name[].
  package static let nameArray = PostgresType(rawValue: 1003)
  /// smallint[].
  package static let int2Array = PostgresType(rawValue: 1005)
  /// integer[].
  package static let int4Array = PostgresType(rawValue: 1007)
  /// text[].
  package static let textArray = PostgresType(rawValue: 1009)
  /// character[].
  package static let bpcharArray = PostgresType(rawValue: 1014)
  /// character varying[].
  package static let varcharArray = PostgresType(rawValue: 1015)
  /// bigint[].
  package static let int8Array = PostgresType(rawValue: 1016)
  /// real[].
  package static let float4Array = PostgresType(rawValue: 1021)
  /// double precision[].
  package static let float8Array = PostgresType(rawValue: 1022)
  /// oid[].
  package static let oidArray = PostgresType(rawValue: 1028)
  /// timestamp without time zone[].
  package static let timestampArray = PostgresType(rawValue: 1115)
  /// date[].
  package static let dateArray = PostgresType(rawValue: 1182)
  /// timestamp with time zone[].
  package static let timestamptzArray = PostgresType(rawValue: 1185)
  /// numeric[].
  package static let numericArray = PostgresType(rawValue: 1231)
  /// json[].
  package static let jsonArray = PostgresType(rawValue: 199)
  /// uuid[].
  package static let uuidArray = PostgresType(rawValue: 2951)
  /// jsonb[].
  package static let jsonbArray = PostgresType(rawValue: 3807)
  /// xid8[].
  package static let xid8Array = PostgresType(rawValue: 271)

  private static let names: [PostgresType: String] = [
    .unspecified: "unspecified",
    .bool: "boolean",
    .bytea: "bytea",
    .char: "\"char\"",
    .name: "name",
    .int8: "bigint",
    .int2: "smallint",
    .int4: "integer",
    .text: "text",
    .oid: "oid",
    .json: "json",
    .float4: "real",
    .float8: "double precision",
    .unknown: "unknown",
    .bpchar: "character",
    .varchar: "character varying",
    .date: "date",
    .timestamp: "timestamp without time zone",
    .timestamptz: "timestamp with time zone",
    .numeric: "numeric",
    .void: "void",
    .uuid: "uuid",
    .jsonb: "jsonb",
    .xid8: "xid8",
    .record: "record",
    .boolArray: "boolean[]",
    .byteaArray: "bytea[]",
    .charArray: "\"char\"[]",
    .nameArray: "name[]",
    .int2Array: "smallint[]",
    .int4Array: "integer[]",
    .textArray: "text[]",
    .bpcharArray: "character[]",
    .varcharArray: "character varying[]",
    .int8Array: "bigint[]",
    .float4Array: "real[]",
    .float8Array: "double precision[]",
    .oidArray: "oid[]",
    .timestampArray: "timestamp without time zone[]",
    .dateArray: "date[]",
    .timestamptzArray: "timestamp with time zone[]",
    .numericArray: "numeric[]",
    .jsonArray: "json[]",
    .uuidArray: "uuid[]",
    .jsonbArray: "jsonb[]",
    .xid8Array: "xid8[]",
  ]
}

extension PostgresType {
  /// The type of the elements, if this is an array of a type that is known here.
  package var element: PostgresType? { Self.elements[self] }

  private static let elements: [PostgresType: PostgresType] = [
    .boolArray: .bool,
    .byteaArray: .bytea,
    .charArray: .char,
    .nameArray: .name,
    .int2Array: .int2,
    .int4Array: .int4,
    .textArray: .text,
    .bpcharArray: .bpchar,
    .varcharArray: .varchar,
    .int8Array: .int8,
    .float4Array: .float4,
    .float8Array: .float8,
    .oidArray: .oid,
    .timestampArray: .timestamp,
    .dateArray: .date,
    .timestamptzArray: .timestamptz,
    .numericArray: .numeric,
    .jsonArray: .json,
    .uuidArray: .uuid,
    .jsonbArray: .jsonb,
    .xid8Array: .xid8,
  ]
}
