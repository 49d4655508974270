// How many, always written the same way.

const GROUPED = new Intl.NumberFormat("en-GB");

/** `1,234`. */
export function grouped(count: number): string {
  return GROUPED.format(count);
}

/** `1 run`, `1,234 runs`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** In few characters, for axes and narrow columns: `999`, `1.2k`, `34k`, `5.6M`. */
export function short(count: number): string {
  const sign = count < 0 ? "-" : "";
  const size = Math.abs(count);
  if (size < 1_000) return `${sign}${Number.isInteger(size) ? size : Number(size.toPrecision(2))}`;
  const [unit, name] = size < 999_500 ? ([1_000, "k"] as const) : ([1_000_000, "M"] as const);
  const scaled = size / unit;
  return `${sign}${scaled < 9.95 ? Number(scaled.toFixed(1)) : Math.round(scaled)}${name}`;
}

/** `0 %`, `< 0.1 %`, `3.4 %`, `57 %`. */
export function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "0 %";
  const share = (part / whole) * 100;
  if (share < 0.1) return "< 0.1 %";
  return `${share < 9.95 ? Number(share.toFixed(1)) : Math.round(share)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`. */
export function ordinal(number: number): string {
  const isTeen = number % 100 >= 11 && number % 100 <= 13;
  const end = isTeen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${end}`;
}
