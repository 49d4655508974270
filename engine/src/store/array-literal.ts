// Arrays as Postgres reads them. The hot path sends dozens per call; encoding them here, once, as text keeps the
// driver from guessing a type per value. The statement casts each to its type, so the server still checks it.

type Plain = number | boolean | string | null;

/** `{1,2,NULL}`: numbers, booleans and UUIDs need no quotes. */
export function plainArray<Item = Plain>(
  items: readonly Item[],
  value: (item: Item) => Plain = itself as (item: Item) => Plain,
): string {
  // Joined, not added up: what is added up is copied only when it is sent, piece by piece.
  const texts = new Array<Plain>(items.length);
  for (let i = 0; i < items.length; i += 1) texts[i] = value(items[i]!) ?? "NULL";
  return `{${texts.join(",")}}`;
}

/** `{"a","say \"b\"",NULL}`: any text without NUL, which every edge refuses. */
export function textArray<Item = string | null>(
  items: readonly Item[],
  value: (item: Item) => string | null = itself as (item: Item) => string | null,
): string {
  const texts = new Array<string>(items.length);
  for (let i = 0; i < items.length; i += 1) {
    const one = value(items[i]!);
    texts[i] = one === null ? "NULL" : quote(one);
  }
  return `{${texts.join(",")}}`;
}

function itself(item: unknown): unknown {
  return item;
}

const special = /["\\]/;

function quote(value: string): string {
  return special.test(value) ? `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : `"${value}"`;
}
