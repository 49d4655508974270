import { OpenAPIHono, z } from "@hono/zod-openapi";
import { ruleOf } from "../auth/actions.ts";
import { PROBLEMS, type ProblemCode } from "../domain/problems.ts";
import { VERSION } from "../version.ts";
import type { Row } from "./contract/row.ts";
import { ProblemAnswer } from "./contract/shapes.ts";
import { TABLE } from "./contract/table.ts";

export interface OpenApiDocument {
  readonly openapi: string;
  readonly [member: string]: unknown;
}

let document: OpenApiDocument | null = null;

/** The route table as OpenAPI 3.1. Made when somebody first asks. */
export function openApiDocument(): OpenApiDocument {
  document ??= makeDocument();
  return document;
}

/** Every route can answer with these, whatever its row says. */
const ALWAYS: readonly ProblemCode[] = ["validation", "internal", "unavailable"];
const WITH_CREDENTIAL: readonly ProblemCode[] = ["unauthenticated", "forbidden"];
const WITH_CHANGE: readonly ProblemCode[] = [
  "confirmation-needed",
  "request-in-flight",
  "idempotency-key-reused",
];
const WITH_BODY: readonly ProblemCode[] = ["malformed-json", "payload-too-large", "unsupported-media-type"];

function makeDocument(): OpenApiDocument {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "The admin token, an API key, an event key for sending, or a run token for its run.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "signature", {
    type: "apiKey",
    in: "header",
    name: "webhook-signature",
    description:
      "Standard Webhooks, with the reply key of a signing secret; with webhook-id and webhook-timestamp.",
  });
  for (const [operationId, row] of Object.entries<Row>(TABLE)) {
    openAPIRegistry.registerPath({
      operationId,
      method: row.method,
      path: row.path,
      tags: [row.group],
      summary: row.summary,
      ...(row.description === undefined ? {} : { description: row.description }),
      ...(row.group === "health" ? {} : { security: securityOf(row) }),
      request: {
        params: row.params,
        query: row.query,
        ...(isChange(row) ? { headers: CHANGE_HEADERS } : {}),
        ...(row.body === null ? {} : { body: { required: row.body.required, content: contentOf(row.body) } }),
      },
      responses: {
        [row.status]: {
          description: row.summary,
          content: { [answerType(row)]: { schema: row.answer } },
        },
        ...(row.isPending === undefined
          ? {}
          : { 202: { description: "It goes on.", content: { "application/json": { schema: row.answer } } } }),
        ...problemsOf(row),
      },
    });
  }
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Durable",
      version: VERSION,
      description:
        "The API of the engine. Every problem is application/problem+json with a `code`; docs/errors explains each.",
    },
  }) as unknown as OpenApiDocument;
}

function answerType(row: Row): string {
  return row.streams ? "text/event-stream" : (row.text?.(null) ?? "application/json");
}

/** By somebody who is known: what every such route takes, and can answer with. */
function isChange({ action }: Row): boolean {
  const { effect, open } = ruleOf(action);
  return effect === "changes" && open === "people";
}

const CHANGE_HEADERS = z.object({
  "idempotency-key": z.string().max(255).optional().openapi({
    description: "The same request again under it is answered the same for 24 h, and not done again.",
  }),
  "durable-confirm": z.string().optional().openapi({
    description: "The second click in production: `confirm` of the 428 that this very request got.",
  }),
});

function securityOf({ action }: Row): Record<string, string[]>[] {
  const { open, also } = ruleOf(action);
  return [
    ...(open === "people" ? [{ bearer: [] }] : []),
    ...(also.includes("app") ? [{ signature: [] }] : []),
  ];
}

function contentOf(body: NonNullable<Row["body"]>): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(body.contentTypes.map((type) => [type, { schema: body.schema }]));
}

/** One response per status, naming the codes that come with it. */
function problemsOf(row: Row): Record<string, { description: string; content: object }> {
  const codes = new Set([
    ...row.problems,
    ...ALWAYS,
    ...(row.group === "health" ? [] : WITH_CREDENTIAL),
    ...(row.body === null ? [] : WITH_BODY),
    ...(isChange(row) ? WITH_CHANGE : []),
  ]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes)
    byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, known]) => [
      status,
      { description: known.join(", "), content: { "application/problem+json": { schema: ProblemAnswer } } },
    ]),
  );
}
