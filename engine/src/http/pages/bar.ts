import { html } from "hono/html";
import { duration, type Html } from "./layout.ts";
import type { Scale, Span, SpanKind } from "./timeline.ts";

/** SVG, because its attributes place things where a policy without inline styles allows no style to. */
export function bar(spans: readonly Span[], { fromMs, toMs }: Scale): Html {
  const perMs = WIDTH / (toMs - fromMs);
  const rects = spans.map((span) => {
    const x = Math.min(WIDTH - THINNEST, Math.max(0, (span.fromMs - fromMs) * perMs));
    const width = Math.max(THINNEST, Math.min(WIDTH - x, (span.toMs - span.fromMs) * perMs));
    return html`<rect class="${span.kind}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="14"><title>${NAMES[span.kind]}: ${duration(span.toMs - span.fromMs)}</title></rect>`;
  });
  const said = spans.map((span) => `${NAMES[span.kind]} ${duration(span.toMs - span.fromMs)}`).join(", ");
  return html`<svg class="bar" role="img" aria-label="${said || "no time recorded"}" viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none">${rects}</svg>`;
}

export function legend(): Html {
  const kinds = Object.keys(NAMES) as SpanKind[];
  return html`<p class="legend">${kinds.map((kind) => html`<span class="${kind}">${NAMES[kind]}</span>`)}</p>`;
}

const WIDTH = 1000;
/** What took a millisecond of an hour is still to be seen. */
const THINNEST = 4;

const NAMES: Record<SpanKind, string> = {
  queue: "waiting for a slot",
  app: "in your app",
  wait: "asleep or waiting",
  bad: "failed attempt",
};
