import { EVENT_BYTES_MAX, ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { payloadBody, SignedPath } from "./functions.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, Instant, orNull, WorkspacePath } from "./shapes.ts";

const InputPath = WorkspacePath.extend({ id: z.string().openapi({ description: "The input's id." }) });

export const InputStatus = z.enum(["open", "answered", "expired", "cancelled"]).openapi("InputStatus", {
  description:
    "`expired`: nobody answered in time. `cancelled`: its run has ended, or needs it no longer (it lost a race).",
});

export const InputKind = z.enum(["approval", "input"]);

/** Who decided what, and when. */
const InputAnswer = z
  .object({
    value: AsReceived.openapi({
      description: 'Of an approval: `{"approved": boolean, "comment"?: string}`.',
    }),
    by: z.string(),
    at: Instant,
  })
  .openapi("InputAnswer");

const Input = z
  .object({
    id: z.string(),
    kind: InputKind,
    status: InputStatus,
    name: z.string().openapi({ description: "Of the step that asks." }),
    title: z.string().nullable(),
    prompt: z.string().nullable(),
    assignee: z
      .string()
      .nullable()
      .openapi({ description: "Who shall answer; `escalate_to` once it has escalated." }),
    escalated_from: z.string().nullable(),
    schema: AsReceived.openapi({ description: "JSON Schema of the answer; null: anything fits." }),
    run: z.string(),
    function: z.string(),
    asked_at: Instant,
    due_at: Instant.openapi({ description: "From then on nobody may answer." }),
    reminded_at: Instant.nullable(),
    escalated_at: Instant.nullable(),
    ended_at: Instant.nullable(),
    answer: orNull(InputAnswer),
  })
  .openapi("Input");

export const INPUTS_PER_PAGE_MAX = 200;

export const listInputs = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/inputs",
  group: "inputs",
  summary: "The inbox: what people are asked, newest first",
  action: "inputs.read",
  params: WorkspacePath,
  query: z.strictObject({
    status: z
      .enum([...InputStatus.options, "all"])
      .default("open")
      .openapi({ description: "`open` unless told." }),
    assignee: z.string().max(ID_CHARACTERS_MAX).optional(),
    function: z.string().max(ID_CHARACTERS_MAX).optional(),
    run: z.uuid().optional(),
    limit: z.coerce.number<number | string>().int().min(1).max(INPUTS_PER_PAGE_MAX).default(50),
    cursor: z.uuid().optional().openapi({ description: "`next` of the page before." }),
  }),
  body: null,
  answer: z
    .object({
      inputs: z.array(Input),
      next: z
        .string()
        .nullable()
        .openapi({ description: "The cursor of the next page; null on the last one." }),
    })
    .openapi("Inputs"),
  status: 200,
  problems: ["not-found"],
});

export const getInput = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/inputs/{id}",
  group: "inputs",
  summary: "What somebody is asked, or was",
  action: "inputs.read",
  params: InputPath,
  query: NOTHING,
  body: null,
  answer: Input,
  status: 200,
  problems: ["not-found"],
});

export const COMMENT_CHARACTERS_MAX = 4_000;

export const answerInput = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/inputs/{id}/answer",
  group: "inputs",
  summary: "Answer an input, or decide an approval",
  description:
    "The first answer counts: it is recorded with who gave it and when, and the run goes on. What does not fit the " +
    "schema is refused with a pointer to each flaw, and nothing is recorded.",
  action: "inputs.answer",
  params: InputPath,
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        value: AsReceived.optional().openapi({
          description: `Of an input: any JSON that fits its schema, of at most ${EVENT_BYTES_MAX} bytes.`,
        }),
        approved: z.boolean().optional().openapi({ description: "Of an approval: the decision." }),
        comment: z
          .string()
          .max(COMMENT_CHARACTERS_MAX)
          .optional()
          .openapi({ description: "Of an approval: why, for the run and whoever asks later." }),
        by: z.string().min(1).max(ID_CHARACTERS_MAX).optional().openapi({
          description: "Who answers. Recorded as you say it; the name of the credential unless told.",
        }),
        id: z.string().min(1).max(ID_CHARACTERS_MAX).optional().openapi({
          description: "Of this answer: sent again under it, it is answered as the first time.",
        }),
        path: SignedPath,
      })
      .openapi("InputAnswerRequest"),
  ),
  answer: z
    .object({
      id: z.string(),
      status: z.literal("answered"),
      by: z.string(),
      at: Instant,
      unjudged: z
        .string()
        .optional()
        .openapi({
          description:
            "Only of an answer that the engine could not hold against the schema (which refers to nothing, or is beyond its " +
            "bounds): why. It is the same for the same answer at any time, and the run checks the answer.",
        }),
    })
    .openapi("InputAnswered"),
  status: 200,
  problems: ["not-found", "already-answered", "input-over", "number-out-of-range"],
});
