// What a program wrote for a terminal, as pieces of text with a tone. Colours of terminals are not ours: each is told by the tone that
// means most nearly the same, so that it can be read in both themes. Everything else that a terminal would obey is left out.
import type { Tone } from "./run-status.ts";

export interface AnsiPiece {
  readonly text: string;
  readonly tone: Tone | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

type Style = Omit<AnsiPiece, "text">;

const PLAIN: Style = { tone: null, isBold: false, isDim: false };

/** Black and white are the text's own colour. */
const BASIC: readonly (Tone | null)[] = [null, "bad", "good", "calm", "busy", "held", "busy", null];

/** CSI sequences with their end in the first group; OSC strings; other escapes; what else is no character to see but tab and newline. */
const SEQUENCE =
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export function readAnsi(text: string): AnsiPiece[] {
  const pieces: AnsiPiece[] = [];
  let style = PLAIN;
  let at = 0;
  const add = (to: number) => {
    if (to > at) pieces.push({ text: text.slice(at, to), ...style });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(match.index);
    at = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, match[1]!);
  }
  add(text.length);
  return joined(pieces);
}

/** Without anything that a terminal would obey: to search in, to copy. */
export function plainText(text: string): string {
  return text.replaceAll(SEQUENCE, "");
}

function styled(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = before;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index]!;
    if (code === 38 || code === 48) {
      const [tone, used] = extended(codes.slice(index + 1));
      if (code === 38) style = { ...style, tone };
      index += used;
    } else style = withCode(style, code);
  }
  return style;
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 39) return { ...style, tone: null };
  if (code >= 30 && code <= 37) return { ...style, tone: BASIC[code - 30]! };
  // Bright black is how terminals write grey.
  if (code === 90) return { ...style, tone: "gone" };
  if (code >= 91 && code <= 97) return { ...style, tone: BASIC[code - 90]! };
  return style;
}

/** After 38: `5;n`, or `2;r;g;b`. The tone, and how many numbers it took. */
function extended([kind, ...rest]: readonly number[]): [Tone | null, number] {
  if (kind === 2) return [toneOf(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0), 4];
  if (kind !== 5) return [null, 0];
  const color = rest[0] ?? 0;
  if (color < 8) return [BASIC[color]!, 2];
  if (color < 16) return [color === 8 ? "gone" : BASIC[color - 8]!, 2];
  if (color >= 232) return [color < 250 ? "gone" : null, 2];
  const cube = color - 16;
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  return [toneOf(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)), 2];
}

function toneOf(red: number, green: number, blue: number): Tone | null {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 40) return most > 60 && most < 190 ? "gone" : null;
  const part = (value: number) => (value - least) / (most - least);
  const isHigh = [part(red) > 0.6, part(green) > 0.6, part(blue) > 0.6].map(Number).join("");
  return HUES[isHigh] ?? null;
}

const HUES: Readonly<Record<string, Tone>> = {
  "100": "bad",
  "010": "good",
  "110": "calm",
  "001": "busy",
  "101": "held",
  "011": "busy",
};

function joined(pieces: readonly AnsiPiece[]): AnsiPiece[] {
  const out: AnsiPiece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    const isSame =
      last !== undefined &&
      last.tone === piece.tone &&
      last.isBold === piece.isBold &&
      last.isDim === piece.isDim;
    if (isSame) out[out.length - 1] = { ...last, text: last.text + piece.text };
    else out.push(piece);
  }
  return out;
}
