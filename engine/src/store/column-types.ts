/**
 * How values travel between Postgres and JavaScript, beyond what postgres.js does by itself.
 *
 * int8: a number when it is a safe integer, else its decimal string, so that nothing is ever rounded. Counters and
 * sequence values of this schema are safe; a 64-bit hash is not, and comes back as the string that goes in again.
 *
 * Arrays: postgres.js would ask each new connection for the array types (`fetch_types`, one more round trip before
 * the first statement); the few in use are listed here instead. Its own array parser also reads NULL as "NULL".
 *
 * Pass text[], uuid[], int[] and float8[] as plain JavaScript arrays with a cast (`${ids}::uuid[]`). Of bytea[],
 * bool[] and timestamptz[] the driver guesses the element's type from the first value: name the type instead,
 * `sql.typed(values, ARRAY_OID.bytea)`.
 */
export const ARRAY_OID = {
  bool: 1000,
  bytea: 1001,
  int4: 1007,
  text: 1009,
  varchar: 1015,
  int8: 1016,
  float8: 1022,
  timestamptz: 1185,
  uuid: 2951,
  jsonb: 3807,
} as const;

type Element = (text: string) => unknown;

const asText: Element = (text) => text;
const asNumber: Element = (text) => Number(text);
const asInt8: Element = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};

const ELEMENTS: Record<keyof typeof ARRAY_OID, Element> = {
  bool: (text) => text === "t",
  bytea: (text) => Buffer.from(text.slice(2), "hex"),
  int4: asNumber,
  text: asText,
  varchar: asText,
  int8: asInt8,
  float8: asNumber,
  timestamptz: (text) => new Date(text),
  uuid: asText,
  jsonb: (text) => JSON.parse(text),
};

const INT8 = 20;

export const COLUMN_TYPES: Record<string, DriverType> = {
  int8: { to: INT8, from: [INT8], serialize: String, parse: asInt8 },
  ...Object.fromEntries(
    (Object.keys(ARRAY_OID) as (keyof typeof ARRAY_OID)[]).map((name) => [
      `${name}_array`,
      {
        to: ARRAY_OID[name],
        from: [ARRAY_OID[name]],
        serialize: (values: unknown) =>
          Array.isArray(values) ? arrayLiteral(values, name === "jsonb") : String(values),
        parse: (text: string) => parseArray(text, ELEMENTS[name]),
      },
    ]),
  ),
};

interface DriverType {
  to: number;
  from: number[];
  serialize: (value: never) => string;
  parse: (text: string) => unknown;
}

/** `{"a","b",null}`: every element quoted, so that no element can end the literal or be taken for NULL. */
export function arrayLiteral(values: readonly unknown[], json = false): string {
  return `{${values.map((value) => element(value, json)).join(",")}}`;
}

function element(value: unknown, json: boolean): string {
  if (value === null) return "null";
  if (value === undefined) throw new TypeError("An array for the database holds undefined; use null.");
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString("hex")}"`;
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (Array.isArray(value) && !json) return arrayLiteral(value);
  const text = json ? JSON.stringify(value) : String(value);
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** One-dimensional literals only: this schema has no others. */
export function parseArray(text: string, parse: Element): unknown[] {
  const values: unknown[] = [];
  let at = 1;
  while (at < text.length - 1) {
    if (text[at] === '"') {
      let value = "";
      for (at++; text[at] !== '"'; at++) {
        if (text[at] === "\\") at++;
        value += text[at];
      }
      values.push(parse(value));
      at += 2;
    } else {
      let end = text.indexOf(",", at);
      if (end === -1) end = text.length - 1;
      const value = text.slice(at, end);
      values.push(value === "NULL" ? null : parse(value));
      at = end + 1;
    }
  }
  return values;
}
