/** Colours as functions, or the same functions that leave text as it is. Handed in, so that rendering stays pure. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const sgr = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
const asItIs = (text: string) => text;

export const COLOURED: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};

export const PLAIN: Paint = {
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  green: asItIs,
  yellow: asItIs,
  cyan: asItIs,
};

/** Colours only for people at a terminal, and not for those who said no (https://no-color.org). */
export function paintFor(
  stream: { isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  if ((environment["NO_COLOR"] ?? "") !== "") return PLAIN;
  if ((environment["FORCE_COLOR"] ?? "0") !== "0") return COLOURED;
  return stream.isTTY === true && environment["TERM"] !== "dumb" ? COLOURED : PLAIN;
}
