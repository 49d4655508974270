import { expect, test } from "vitest";
import { type Page, pagesToRead, traceOf } from "./pages.ts";
import { span } from "./span.fixture.ts";

const page = (cursor: string | undefined, next: string | null, ...spans: Page["spans"]): Page => ({
  cursor,
  next,
  spans,
});
const head = {
  run: { id: "run", function: "f", status: "running" as const, start: "2026-01-01T00:00:00.000Z", end: null },
  time: null,
};

test("pages are one after the other; of two states of a span the later page's counts", () => {
  const { spans, isWhole } = traceOf(head, [
    page(undefined, "2", span("a", 0, null), span("b", 0, 1)),
    page("2", null, span("a", 0, 5), span("c", 1, 2)),
  ]);
  expect(spans.map(({ id, endMs }) => `${id} ${endMs}`)).toEqual(["b 1", "a 5", "c 2"]);
  expect(isWhole).toBe(true);
});

test("what changed is read again by the pages that show it, and the last always", () => {
  const pages = [page(undefined, "2", span("a", 0, null)), page("2", "3", span("b", 0, 1)), page("3", null)];
  expect(pagesToRead(pages, new Set(["a"]))).toEqual([0, 2]);
  expect(pagesToRead(pages, new Set())).toEqual([2]);
});
