// A collector of spans, strict about what OTLP/HTTP in JSON may be. It can be out of order, or slow, as the real ones.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import * as z from "zod";

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${digits}}$`, "i"))
    .refine((id) => !/^0+$/.test(id), "all zeros");
const nanoseconds = z.string().regex(/^\d{19}$/);
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.string().regex(/^-?\d+$/), z.int()]) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, "a key stands twice");
const count = z.int().min(0).optional();

const spanSchema = z
  .strictObject({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16).optional(),
    traceState: z.string().optional(),
    flags: z.int().min(0).optional(),
    name: z.string().min(1),
    kind: z.int().min(1).max(5),
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
    attributes,
    droppedAttributesCount: count,
    events: z.array(z.unknown()).max(0).optional(),
    droppedEventsCount: count,
    links: z.array(z.unknown()).max(0).optional(),
    droppedLinksCount: count,
    status: z.strictObject({ code: z.int().min(0).max(2).optional(), message: z.string().optional() }),
  })
  .refine(
    ({ startTimeUnixNano: start, endTimeUnixNano: end }) => BigInt(start) <= BigInt(end),
    "it ends before it begins",
  );

const requestSchema = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes, droppedAttributesCount: count }),
        scopeSpans: z
          .array(
            z.strictObject({
              scope: z.strictObject({
                name: z.string().min(1),
                version: z.string().optional(),
                attributes: attributes.optional(),
                droppedAttributesCount: count,
              }),
              spans: z.array(spanSchema).min(1),
              schemaUrl: z.string().optional(),
            }),
          )
          .min(1),
        schemaUrl: z.string().optional(),
      }),
    )
    .min(1),
});

export interface ReceivedSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: unknown;
}

/** What it does with a request: takes it, holds it unanswered, or answers with that status. */
export type Mood = "takes" | "holds" | number | ((text: string) => number);

/** Listens on a port of its own until it is closed. What it was sent and must not be is in `flaws`. */
export async function startOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const flaws: string[] = [];
  const requests: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const held: ServerResponse[] = [];
  const state = { mood: "takes" as Mood };
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request).catch(() => null);
    if (bytes === null) return;
    requests.push({ url: `${request.method} ${request.url}`, headers: request.headers });
    const { mood } = state;
    if (mood === "holds") return void held.push(response);
    const text = bytes.toString("utf8");
    const status = typeof mood === "function" ? mood(text) : mood === "takes" ? 200 : mood;
    if (status !== 200) return void response.writeHead(status).end("not now");
    const parsed = requestSchema.safeParse(JSON.parse(text));
    if (request.headers["content-type"] !== "application/json") flaws.push("it is no JSON");
    if (!parsed.success) {
      flaws.push(z.prettifyError(parsed.error));
      return void response.writeHead(400).end();
    }
    spans.push(...parsed.data.resourceSpans.flatMap(spansOf));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tracesUrl: `${url}/v1/traces`,
    spans,
    flaws,
    requests,
    held,
    state,
    /** Each once, however often it came. */
    of(traceId: string): ReceivedSpan[] {
      return [...new Map(spans.map((span) => [`${span.traceId} ${span.id}`, span])).values()].filter(
        (span) => span.traceId === traceId,
      );
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export type OtlpReceiver = Awaited<ReturnType<typeof startOtlpReceiver>>;

function spansOf({
  resource,
  scopeSpans,
}: z.output<typeof requestSchema>["resourceSpans"][number]): ReceivedSpan[] {
  const service = plain(resource.attributes)["service.name"];
  return scopeSpans.flatMap(({ spans }) =>
    spans.map((span) => ({
      traceId: span.traceId,
      id: span.spanId,
      parentId: span.parentSpanId ?? null,
      name: span.name,
      kind: span.kind,
      startMs: Number(span.startTimeUnixNano) / 1e6,
      endMs: Number(span.endTimeUnixNano) / 1e6,
      isError: span.status.code === 2,
      attributes: plain(span.attributes),
      service,
    })),
  );
}

function plain(list: z.output<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value: of }) => [key, Object.values(of)[0]]));
}
