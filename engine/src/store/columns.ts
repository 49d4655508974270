// Rows as arrays, one parameter per column: how one statement writes a whole group. A column says its type, how its
// value is read from a row, and nothing twice; the text of the call is made from the same list.

import { plainArray, textArray } from "./array-literal.ts";

type Scalar = number | boolean | string | null;

export interface Column<Row> {
  /** Of the array in Postgres. */
  readonly type: string;
  /** All rows of this column as Postgres reads an array. */
  literal(rows: readonly Row[]): string;
}

/** Numbers, booleans, UUIDs and our own words: nothing in them needs a quote. */
export function plain<Row>(
  type: "int" | "float4" | "float8" | "boolean" | "uuid" | "text",
  value: (row: Row) => Scalar,
): Column<Row> {
  return { type: `${type}[]`, literal: (rows) => plainArray(rows, value) };
}

/** What somebody else wrote. */
export function text<Row>(value: (row: Row) => string | null): Column<Row> {
  return { type: "text[]", literal: (rows) => textArray(rows, value) };
}

export function literals<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return columns.map((column) => column.literal(rows));
}

/** `$1::int, $2::uuid[], ...`. With `before`, so many others come first. */
export function placeholders(types: readonly string[], before = 0): string {
  return types.map((type, index) => `$${before + index + 1}::${type}`).join(", ");
}

export function typesOf(...groups: readonly (readonly { readonly type: string }[])[]): string[] {
  return groups.flatMap((columns) => columns.map((column) => column.type));
}
