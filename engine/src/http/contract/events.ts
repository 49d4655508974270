import {
  EVENT_BYTES_MAX,
  EVENTS_PER_SEND_MAX,
  eventNameProblem,
  ID_CHARACTERS_MAX,
  SENT_EVENT_NAME,
} from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { SKIP_REASONS } from "../../store/event-rows.ts";
import { BEGINNING, TAGS } from "./beginning.ts";
import { NOTHING, row } from "./row.ts";
import {
  AppName,
  AsReceived,
  EnvironmentName,
  Failure,
  orNull,
  RunState,
  RunStatus,
  WaitS,
} from "./shapes.ts";

/** One send. Larger ones would stall the commits of everybody else; send several. */
export const SEND_BYTES_MAX = 8 * 1024 * 1024;

export const EventName = z
  .string()
  .regex(SENT_EVENT_NAME, { error: (issue) => eventNameProblem(issue.input as string) ?? undefined })
  .openapi({ example: "user.created" });

const EventId = z.string().min(1).max(ID_CHARACTERS_MAX);

const ClientEvent = z
  .object({
    name: EventName,
    data: AsReceived.optional().openapi({
      description: `Any JSON value of at most ${EVENT_BYTES_MAX} bytes, kept byte for byte; null when it is missing.`,
    }),
    id: EventId.optional().openapi({
      description:
        "Unique in the workspace, not beginning with `durable.`. The same event sent again under it is accepted once.",
    }),
    time: z.iso
      .datetime()
      .optional()
      .openapi({ description: "When it happened, in UTC; now when it is missing." }),
    ...BEGINNING,
    tags: TAGS,
  })
  .openapi("Event");

const CloudEvent = z
  .object({
    specversion: z.literal("1.0"),
    id: EventId,
    source: z.string().min(1).max(ID_CHARACTERS_MAX),
    type: EventName,
    time: z.iso.datetime({ offset: true }).optional(),
    data: AsReceived.optional(),
    traceparent: z.string().optional().openapi({ description: "Of the Distributed Tracing extension." }),
  })
  .openapi("CloudEvent", {
    description: "CloudEvents 1.0. `type` becomes the event's name, `source` and `id` together its id.",
  });

export const SendQuery = z.strictObject({
  app: AppName.optional().openapi({
    description: "Where the credential does not name it: signed, admin or dev.",
  }),
  env: EnvironmentName.optional().openapi({ description: "In dev mode `dev` when it is missing." }),
  wait: WaitS.openapi({
    description: "Seconds to wait, once the events are stored, for the ends of the runs they start.",
  }),
});

export const StartedRun = z
  .object({
    event: z.string(),
    function: z.string(),
    run: z.string(),
    skipped: z.enum(SKIP_REASONS).optional().openapi({
      description:
        "Of a trigger: why the run is not its own. It is the one that the start went into, or of which it is a duplicate.",
    }),
    status: RunStatus.optional().openapi({
      description: "With `wait`: the end; or where it was when the time was over.",
    }),
    output: AsReceived.optional(),
    failure: orNull(Failure).optional(),
    state: RunState.optional(),
  })
  .openapi("StartedRun");

export const sendEvents = row({
  method: "post",
  path: "/v1/events",
  group: "events",
  summary: "Send events",
  description:
    "All events of a request are stored, with the runs they start, or none. Answered when they are on disk. " +
    "With a `traceparent` header (W3C Trace Context), or the attribute of that name of a CloudEvent, the runs go on with that " +
    "trace. " +
    `At most ${EVENTS_PER_SEND_MAX} events and ${SEND_BYTES_MAX} bytes.`,
  action: "events.send",
  params: NOTHING,
  query: SendQuery,
  body: {
    schema: z.union([
      ClientEvent,
      z.array(ClientEvent).max(EVENTS_PER_SEND_MAX),
      CloudEvent,
      z.array(CloudEvent),
    ]),
    contentTypes: ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"],
    maxBytes: SEND_BYTES_MAX,
    required: true,
    read: "bytes",
  },
  answer: z
    .object({
      ids: z
        .array(z.string())
        .openapi({ description: "Of the events, in order: the sender's own where it gave one." }),
      runs: z.array(StartedRun).openapi({
        description: "The runs that these events started. An event accepted before starts none.",
      }),
    })
    .openapi("EventsAccepted"),
  status: 200,
  problems: ["idempotency-conflict", "number-out-of-range"],
});
