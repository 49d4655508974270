import { z } from "@hono/zod-openapi";
import { NOTICES } from "../../streams/topics.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Rev, WorkspacePath } from "./shapes.ts";

const TOPICS_CHARACTERS_MAX = 6_000;

const TopicNames = z
  .string()
  .min(1)
  .max(TOPICS_CHARACTERS_MAX)
  .openapi({
    description:
      "Comma-separated. `runs`: every run as lists show it. `run:{id}`: one run with its steps; after `@` the number of the " +
      "last step that is known. `logs`: every line. `logs:{id}`: those of one run, from its first; after `@` the id of " +
      "the last one that is known. `counters`. " +
      `${Object.keys(NOTICES)
        .map((name) => `\`${name}\``)
        .join(", ")}: that one has changed.`,
    example: "runs,counters",
  });

const Patch = z
  .object({
    topic: z.string().openapi({ description: "`runs`, `run:{id}`, `logs:{id}`, `counters`, ..." }),
    kind: z.enum(["run", "log", "counters", ...Object.values(NOTICES)]),
    id: z
      .string()
      .nullable()
      .openapi({ description: "Of what has changed; null where that does not matter." }),
    rev: Rev,
    patch: z
      .looseObject({})
      .nullable()
      .openapi({
        description:
          "Members as they are now, those of the route that shows such a thing. `steps` of a run are those that changed. " +
          "Null: read it again.",
      }),
  })
  .openapi("Patch");

export type StreamPatch = z.output<typeof Patch>;

export const stream = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/stream",
  group: "runs",
  summary: "What changes, as it changes",
  description:
    "Server-sent events. `open` comes first, with the stream's `sid`. Messages without an event type are patches. `reset` says " +
    "that something was left out (`reason`: `old`, `many`, `slow`, or `long` for one run) and must be read anew: " +
    "all, or its `topic`. Who comes back with `Last-Event-ID` is told what it has missed. A comment comes every 15 s. " +
    "The engine may end a stream at any time.",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    topics: TopicNames,
    after: z
      .string()
      .max(8_000)
      .optional()
      .openapi({ description: "The last id, for clients that cannot send `Last-Event-ID`." }),
  }),
  body: null,
  answer: Patch,
  streams: true,
  status: 200,
  problems: ["not-found"],
});

export const changeTopics = row({
  method: "put",
  path: "/v1/apps/{app}/{env}/stream/{sid}/topics",
  group: "runs",
  summary: "Hear something else by the same stream",
  description:
    "Instead of what it followed before. Only the engine process that holds the stream knows it; on `not-found` open another.",
  action: "runs.read",
  params: WorkspacePath.extend({ sid: z.uuid() }),
  query: NOTHING,
  body: jsonBody(z.strictObject({ topics: TopicNames })),
  answer: z.object({ sid: z.string() }).openapi("StreamTopics"),
  status: 200,
  problems: ["not-found"],
});
