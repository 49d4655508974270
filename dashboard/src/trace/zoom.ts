import type { Stretch } from "./idle.ts";

const FORM = /^(\d{1,15})-(\d{1,15})$/;

/** `1200-5400`, milliseconds since the run's start, as it stands in the address. Null where it says nothing. */
export function readZoom(text: string | undefined, startMs: number): Stretch | null {
  const [, from, to] = FORM.exec(text ?? "") ?? [];
  if (from === undefined || Number(to) <= Number(from)) return null;
  return { fromMs: startMs + Number(from), toMs: startMs + Number(to) };
}

export function writeZoom({ fromMs, toMs }: Stretch, startMs: number): string {
  const from = Math.max(0, Math.floor(fromMs - startMs));
  return `${from}-${Math.max(from + 1, Math.ceil(toMs - startMs))}`;
}
