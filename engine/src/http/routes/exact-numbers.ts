import { parseJson } from "@durable/protocol";
import { Problem } from "../../domain/problems.ts";

/** So many digits, or so large an exponent, may be a number that a double or the database cannot hold. */
const SUSPICIOUS = /\d{16}|[eE][+-]?\d{3}/;

/** Strings are passed over whole, so that digits in them are no numbers. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const NUMBER_CHARACTERS_MAX = 1_000;
const EXPONENT_DIGITS_MAX = 3;

/**
 * Data is kept as received, but the code that gets it reads it with JSON.parse, where 9007199254740993 silently
 * becomes another number and 1e-400 becomes 0. So they are refused here, where somebody can still send a string.
 * Postgres in turn compares numbers of any precision, but not of any length: one it cannot read would stop the
 * matching of its event for ever. Only a body that looks like it is read a second time.
 */
export function refuseInexactNumbers(
  body: Uint8Array,
  isBatch: boolean,
  events: readonly { readonly data: string }[],
): void {
  if (!events.some(({ data }) => SUSPICIOUS.test(data))) return;
  parseJson(body, { numbers: "exact" });
  for (const [index, { data }] of events.entries()) {
    const inexact = data.match(STRING_OR_NUMBER)?.some((token) => token[0] !== '"' && isLossy(token));
    if (!inexact) continue;
    throw new Problem(
      "number-out-of-range",
      "A number in the data is closer to 0 than a double can be, or is written with too many digits. Send it as a string.",
      {
        errors: [
          { pointer: `${isBatch ? `/${index}` : ""}/data`, detail: "holds a number that is not exact" },
        ],
      },
    );
  }
}

function isLossy(token: string): boolean {
  const [mantissa = "", exponent = ""] = token.split(/[eE][+-]?/);
  if (token.length > NUMBER_CHARACTERS_MAX || exponent.length > EXPONENT_DIGITS_MAX) return true;
  return Number(token) === 0 && /[1-9]/.test(mantissa);
}
