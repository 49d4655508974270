// JSON as apps wrote it. A number that a double cannot hold (an id of 64 bits) would be shown as another one; it is kept as it
// was written, and written again so.

export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toJSON(): unknown {
    return rawJson?.(this.source) ?? Number(this.source);
  }
}

/** Of browsers since 2023; in others such numbers are rounded, as everywhere else on the web. */
const rawJson = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON?.bind(JSON);

const INTEGER = /^-?\d+$/;

/** No number that is cut has fewer digits. Looking at each member takes ten times as long as reading them. */
const LONG = /\d{16}/;

export function parseExactly(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text);
  return JSON.parse(text, function keep(_key, value, context?: { source?: string }) {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined) return value;
    return INTEGER.test(source) && !Number.isSafeInteger(value) ? new ExactNumber(source) : value;
  } as (this: unknown, key: string, value: unknown) => unknown);
}
