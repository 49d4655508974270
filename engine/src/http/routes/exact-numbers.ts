import { parseJson } from "@durable/protocol";

/** So many digits, or so large an exponent, may be a number that a double cannot hold. */
const SUSPICIOUS = /\d{16}|[eE][+-]?\d{3}/;

/**
 * Data is kept as received, but the code that gets it reads it with JSON.parse, where 9007199254740993 silently
 * becomes another number. So it is refused here, where somebody can still send it as a string. Only a body that
 * looks like it is read a second time.
 */
export function refuseInexactNumbers(body: Uint8Array, events: readonly { readonly data: string }[]): void {
  if (events.some(({ data }) => SUSPICIOUS.test(data))) parseJson(body, { numbers: "exact" });
}
