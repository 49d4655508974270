// Arrays as Postgres reads them. The hot path sends dozens per call; encoding them here, once, as text keeps the
// driver from guessing a type per value. The statement casts each to its type, so the server still checks it.

/** `{1,2,NULL}`: numbers, booleans and UUIDs need no quotes. */
export function plainArray(values: readonly (number | boolean | string | null | undefined)[]): string {
  let text = "{";
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (i > 0) text += ",";
    text += value === null || value === undefined ? "NULL" : value;
  }
  return `${text}}`;
}

/** `{"a","say \"b\"",NULL}`: any text without NUL, which every edge refuses. */
export function textArray(values: readonly (string | null | undefined)[]): string {
  let text = "{";
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (i > 0) text += ",";
    text += value === null || value === undefined ? "NULL" : quote(value);
  }
  return `${text}}`;
}

const special = /["\\]/;

function quote(value: string): string {
  return special.test(value) ? `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : `"${value}"`;
}
