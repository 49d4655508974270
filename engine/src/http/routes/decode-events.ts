import {
  clientEventSchema,
  cloudEventSchema,
  EVENT_BYTES_MAX,
  EVENTS_PER_SEND_MAX,
  parseInstant,
  parseJson,
  RawJson,
  RESERVED_EVENT_PREFIX,
} from "@durable/protocol";
import type { ProblemDetail } from "../../domain/problems.ts";
import { parseTraceparent } from "../../domain/trace-context.ts";
import { beginOf } from "../../ingest/begin-of.ts";
import { boundedId } from "../../ingest/bounded-id.ts";
import type { IncomingEvent } from "../../ingest/incoming-event.ts";
import { invalid, toDetails } from "../middleware/check.ts";
import { refuseInexactNumbers } from "./exact-numbers.ts";

const RAW: ReadonlySet<string> = new Set(["data"]);
const NULL = "null";

/** The events of a send, `data` byte for byte as it came, or every thing wrong with them at once. @param traceparent Of the request. */
export function decodeEvents(
  body: Uint8Array,
  contentType: string,
  traceparent: string | null,
): IncomingEvent[] {
  const parsed = parseJson(body, { raw: RAW });
  const isBatch = Array.isArray(parsed);
  const items: unknown[] = isBatch ? parsed : [parsed];
  const errors: ProblemDetail[] = shapeErrors(items, isBatch, contentType);
  if (errors.length > 0) throw invalid(errors);
  const events: IncomingEvent[] = [];
  for (const [index, item] of items.entries()) {
    const event = decodeEvent(item, isBatch ? `/${index}` : "", contentType, errors);
    if (event !== null) events.push(withTrace(event, traceparent));
  }
  if (errors.length > 0) throw invalid(errors);
  refuseInexactNumbers(body, isBatch, events);
  return events;
}

/** A CloudEvent that names its own trace keeps it. */
function withTrace(event: IncomingEvent, traceparent: string | null): IncomingEvent {
  const isSettled = traceparent === null || (event.traceparent ?? null) !== null;
  return isSettled ? event : { ...event, traceparent };
}

function shapeErrors(items: readonly unknown[], isBatch: boolean, contentType: string): ProblemDetail[] {
  const wrong = (detail: string) => [{ pointer: "", detail }];
  if (items.length > EVENTS_PER_SEND_MAX) {
    return wrong(
      `has ${items.length} events; at most ${EVENTS_PER_SEND_MAX} are taken at once, so send several times`,
    );
  }
  if (contentType === "application/cloudevents-batch+json")
    return isBatch ? [] : wrong("must be an array of events");
  if (contentType === "application/cloudevents+json" && isBatch) {
    return wrong("must be one event; an array is application/cloudevents-batch+json");
  }
  return items.length === 0 ? wrong("has no event") : [];
}

function decodeEvent(
  item: unknown,
  pointer: string,
  contentType: string,
  errors: ProblemDetail[],
): IncomingEvent | null {
  if (typeof item !== "object" || item === null || Array.isArray(item) || item instanceof RawJson) {
    errors.push({ pointer, detail: "must be an object with a name" });
    return null;
  }
  const data = "data" in item && item.data instanceof RawJson ? item.data.text : NULL;
  if (data.length > EVENT_BYTES_MAX || Buffer.byteLength(data) > EVENT_BYTES_MAX) {
    errors.push({ pointer: `${pointer}/data`, detail: `may have at most ${EVENT_BYTES_MAX} bytes` });
    return null;
  }
  // `specversion` is what makes a CloudEvent, whatever the content type says.
  const isCloudEvent = contentType !== "application/json" || "specversion" in item;
  return isCloudEvent ? cloudEvent(item, pointer, data, errors) : clientEvent(item, pointer, data, errors);
}

function clientEvent(
  item: object,
  pointer: string,
  data: string,
  errors: ProblemDetail[],
): IncomingEvent | null {
  const read = clientEventSchema.safeParse(item);
  if (!read.success) return refuse(errors, toDetails(read.error, "", pointer));
  const { name, id, time, tags } = read.data;
  if (id?.startsWith(RESERVED_EVENT_PREFIX)) {
    // Else who may only send could take the id of a token or of a failure before its own event comes.
    const detail = `may not begin with "${RESERVED_EVENT_PREFIX}": such ids belong to the engine's own events`;
    return refuse(errors, [{ pointer: `${pointer}/id`, detail }]);
  }
  const timeMs = time === undefined ? null : parseInstant(time);
  return { clientId: id ?? null, name, data, timeMs, begin: beginOf(read.data), tags };
}

function cloudEvent(
  item: object,
  pointer: string,
  data: string,
  errors: ProblemDetail[],
): IncomingEvent | null {
  if ("data_base64" in item) {
    return refuse(errors, [{ pointer: `${pointer}/data_base64`, detail: "is not taken; send JSON as data" }]);
  }
  const read = cloudEventSchema.safeParse(item);
  if (!read.success) return refuse(errors, toDetails(read.error, "", pointer));
  const { type, id, source, time, traceparent } = read.data;
  return {
    // Told apart by source and id together: two sources may both count from 1.
    clientId: boundedId(`${source}#${id}`),
    name: type,
    data,
    timeMs: time === undefined ? null : Date.parse(time),
    traceparent: parseTraceparent(traceparent),
  };
}

function refuse(errors: ProblemDetail[], details: readonly ProblemDetail[]): null {
  errors.push(...details);
  return null;
}
