// Spans as OTLP has them, in its JSON form: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import type { TraceSpan } from "../domain/run-spans.ts";

/** Spans of one trace. */
export interface TraceOf {
  readonly traceId: string;
  readonly spans: readonly TraceSpan[];
}

/** Who tells. */
export interface Teller {
  readonly serviceName: string;
  readonly version: string;
}

const KIND = { inner: 1, request: 3, run: 5 } as const satisfies Record<TraceSpan["kind"], number>;
const STATUS_ERROR = 2;

/** An ExportTraceServiceRequest. */
export function otlpTraces({ serviceName, version }: Teller, traces: readonly TraceOf[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ "service.name": serviceName, "service.version": version }) },
        scopeSpans: [
          {
            scope: { name: "durable", version },
            spans: traces.flatMap(({ traceId, spans }) => spans.map((span) => otlpSpan(traceId, span))),
          },
        ],
      },
    ],
  });
}

function otlpSpan(traceId: string, span: TraceSpan) {
  return {
    traceId,
    spanId: span.id,
    ...(span.parentId !== null && { parentSpanId: span.parentId }),
    name: span.name,
    kind: KIND[span.kind],
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(Math.max(span.startMs, span.endMs)),
    attributes: attributesOf(span.attributes),
    status: span.isError ? { code: STATUS_ERROR } : {},
  };
}

function attributesOf(attributes: TraceSpan["attributes"]) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    // 64 bit integers are text in it.
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}

/** The database keeps microseconds. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1_000)}000`;
}
