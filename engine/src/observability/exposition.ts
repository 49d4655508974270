// The text that Prometheus and others scrape. Two formats that differ in three things: OpenMetrics names a counter without its
// `_total` in the head, knows the type `info`, and ends with a line that says so. The usual client library has no place for counts
// that were made elsewhere, and that is what nearly all of ours are.
import type { Histogram } from "./durations.ts";

export type Labels = Readonly<Record<string, string>>;

interface Named {
  /** Without `_total`, `_info` or `_bucket`: the format adds them. The unit stands last. */
  readonly name: string;
  readonly help: string;
}

/** All figures of one name. */
export type Family =
  | (Named & {
      /** `info`: what something is, said in labels; its value is 1. */
      readonly type: "counter" | "gauge" | "info";
      readonly samples: readonly (readonly [Labels, number])[];
    })
  | (Named & { readonly type: "histogram"; readonly samples: readonly (readonly [Labels, Histogram])[] });

const PLAIN = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Which of the two somebody is written who accepts this. */
export function expositionType(accept: string | null): string {
  return accept?.includes("application/openmetrics-text") === true ? OPEN_METRICS : PLAIN;
}

export function writeExposition(families: readonly Family[], contentType: string): string {
  const isOpen = contentType === OPEN_METRICS;
  const lines: string[] = [];
  for (const family of families) {
    const { name, help, type } = family;
    const head = isOpen ? name : name + (SUFFIX[type] ?? "");
    lines.push(`# HELP ${head} ${escaped(help, isOpen)}`);
    lines.push(`# TYPE ${head} ${!isOpen && type === "info" ? "gauge" : type}`);
    if (family.type === "histogram") {
      for (const [labels, histogram] of family.samples)
        lines.push(...histogramLines(name, labels, histogram));
    } else {
      const full = name + (SUFFIX[type] ?? "");
      for (const [labels, value] of family.samples) lines.push(`${full}${written(labels)} ${value}`);
    }
  }
  if (isOpen) lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

const SUFFIX: Readonly<Record<string, string>> = { counter: "_total", info: "_info" };

function histogramLines(name: string, labels: Labels, { bounds, atMost, count, sumSeconds }: Histogram) {
  return [
    ...bounds.map((le, place) => `${name}_bucket${written({ ...labels, le: bound(le) })} ${atMost[place]}`),
    `${name}_bucket${written({ ...labels, le: "+Inf" })} ${count}`,
    `${name}_sum${written(labels)} ${sumSeconds}`,
    `${name}_count${written(labels)} ${count}`,
  ];
}

/** Always with a point: `1` and `1.0` would be two series to whoever compares texts. */
function bound(le: number): string {
  return Number.isInteger(le) ? `${le}.0` : String(le);
}

function written(labels: Labels): string {
  const all = Object.entries(labels);
  if (all.length === 0) return "";
  return `{${all.map(([name, value]) => `${name}="${escaped(value, true)}"`).join(",")}}`;
}

/** What an app has named can hold anything; in help of the older format quotes stand for themselves. */
function escaped(text: string, withQuotes: boolean): string {
  const plain = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return withQuotes ? plain.replaceAll('"', '\\"') : plain;
}
