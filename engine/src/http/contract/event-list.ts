import { z } from "@hono/zod-openapi";
import { COUNTED_MAX, PREVIEW_CHARACTERS } from "../../store/events-listing.ts";
import { Next, pageQuery } from "./page.ts";
import { row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

const EVENTS_PER_PAGE_MAX = 200;

/** Of an awaited or sent event, and of the engine's own. */
const AnyEventName = z
  .string()
  .regex(/^[A-Za-z0-9_.:/-]{1,200}$/, "must be the whole name of an event: 1 to 200 of A-Z a-z 0-9 _ . : / -")
  .openapi({ example: "order.placed" });

/** `received_at` in microseconds, and the event's own id. */
const EventCursor = z.string().regex(/^\d{1,17}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export const listEvents = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/events",
  group: "events",
  summary: "List events, newest first, with how many runs each started",
  description:
    "Those that were received, the engine's own too (`durable.*`). Data that a person gave to a rerun was sent by nobody, and is not in it.",
  action: "events.read",
  params: WorkspacePath,
  query: z.strictObject({
    name: AnyEventName.optional().openapi({ description: "Only of this name, which is compared whole." }),
    from: Instant.optional(),
    to: Instant.optional().openapi({ description: "Not included." }),
    ...pageQuery(EVENTS_PER_PAGE_MAX, 50, EventCursor),
  }),
  body: null,
  answer: z
    .object({
      events: z.array(
        z
          .object({
            id: z.string().openapi({ description: "The sender's own, or the one it was given." }),
            name: z.string(),
            time: Instant.openapi({ description: "When it happened, as its sender says." }),
            received_at: Instant,
            bytes: z.number().int().openapi({ description: "Of its data." }),
            preview: z
              .string()
              .openapi({ description: `The first ${PREVIEW_CHARACTERS} characters of its data, as text.` }),
            runs: z.number().int().openapi({
              description:
                "That it started or went into. Runs that go over one of them again are not counted.",
            }),
            skips: z
              .number()
              .int()
              .openapi({
                description: `Runs that it did not start, each with a reason; ${COUNTED_MAX} are counted at most.`,
              }),
          })
          .openapi("EventListed"),
      ),
      next: Next,
    })
    .openapi("Events"),
  status: 200,
  problems: ["not-found"],
});
