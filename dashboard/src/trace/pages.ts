// A trace comes in pages. Pages that changed are read again by their own cursors; a step that was tried again may have moved to a later page
// meanwhile, so of two states of a span that of the later page counts.
import type { Span, TraceAnswer } from "./span.ts";
import { readSpan, type Trace } from "./span.ts";

export interface Page {
  /** What it was asked for with; undefined of the first. */
  readonly cursor: string | undefined;
  readonly spans: readonly Span[];
  readonly next: string | null;
}

export function readPage(cursor: string | undefined, { spans, next }: TraceAnswer): Page {
  return { cursor, spans: spans.map(readSpan), next };
}

export function traceOf({ run, time }: Pick<TraceAnswer, "run" | "time">, pages: readonly Page[]): Trace {
  return {
    run: run.id,
    function: run.function,
    status: run.status,
    startMs: Date.parse(run.start),
    endMs: run.end === null ? null : Date.parse(run.end),
    time,
    spans: mergePages(pages),
    isWhole: pages.at(-1)?.next === null,
  };
}

function mergePages(pages: readonly Page[]): readonly Span[] {
  if (pages.length === 1) return pages[0]!.spans;
  const lastPageOf = new Map<string, number>();
  pages.forEach(({ spans }, page) => {
    for (const { id } of spans) lastPageOf.set(id, page);
  });
  return pages.flatMap(({ spans }, page) => spans.filter(({ id }) => lastPageOf.get(id) === page));
}

/** Which pages show these steps; and always the last, to which new ones are added. */
export function pagesToRead(pages: readonly Page[], steps: ReadonlySet<string>): number[] {
  return pages.flatMap(({ spans }, at) =>
    at === pages.length - 1 || spans.some(({ id }) => steps.has(id)) ? [at] : [],
  );
}
