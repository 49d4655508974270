import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { judge, sentenceOfFlaws, type Verdict } from "../../registry/json-schemas.ts";
import { answerInput, findInput, type InputEnd, type InputStored, listInputs } from "../../store/inputs.ts";
import * as contract from "../contract/inputs.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { decodePayload, requireSignedFor } from "./payload.ts";
import { requireRunId } from "./run-id.ts";

export function inputRoutes(parts: RouteParts): Handlers<"listInputs" | "getInput" | "answerInput"> {
  const { database, jobReady, workspaceIds } = parts;
  return {
    async listInputs({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listInputs(database, workspaceId, {
        status: query.status === "all" ? null : query.status,
        assignee: query.assignee ?? null,
        functionId: query.function ?? null,
        runId: query.run ?? null,
        before: query.cursor ?? null,
        limit: query.limit + 1,
      });
      const inputs = found.slice(0, query.limit);
      return { inputs: inputs.map(showInput), next: found.length > query.limit ? inputs.at(-1)!.id : null };
    },

    async getInput({ params }) {
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const input = await findInput(database, workspaceId, id);
      if (input === null) throw notFound();
      return showInput(input);
    },

    async answerInput({ params, body, actor }) {
      const { app, env } = params;
      const { body: request, payload } = decodePayload(body, contract.answerInput.body.schema, "value");
      requireSignedFor(actor, request.path, `/v1/apps/${app}/${env}/inputs/${params.id}/answer`);
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(app, env);
      const input = await findInput(database, workspaceId, id);
      if (input === null) throw notFound();
      const by = request.by ?? actorName(actor!);
      const verdict = verdictOn(input, request, payload);
      const end = await answerInput(database, {
        workspaceId,
        id,
        value: readAnswer(input, request, payload, verdict),
        by,
        answerId: request.id ?? null,
        actor: actorName(actor!),
        detail: detailOf(input, request, by, verdict),
      });
      if (end === null) throw notFound();
      if (!end.isOwn) throw isOver(end);
      jobReady();
      const { unjudged } = verdict;
      return {
        id,
        status: "answered",
        by: end.by!,
        at: end.at!,
        ...(unjudged !== null && {
          unjudged: `${UNJUDGED}: ${unjudged}. The run holds the answer against its own schema.`,
        }),
      };
    },
  };
}

type Request = ReturnType<typeof contract.answerInput.body.schema.parse>;

const UNJUDGED = "The engine cannot judge by this schema";

/** The same however often an answer is sent. */
function verdictOn({ kind, schema }: InputStored, { value }: Request, payload: string): Verdict {
  if (kind === "approval" || schema === null || value === undefined) return { flaws: [], unjudged: null };
  return judge(schema, payload);
}

/** What is over takes no answer, whatever it is: then the database says by whom and when. */
function readAnswer(input: InputStored, request: Request, payload: string, { flaws }: Verdict): string {
  if (input.status !== "open") return "null";
  return input.kind === "approval" ? decisionOf(request) : answeredValue(request, payload, flaws);
}

function decisionOf({ approved, comment, value }: Request): string {
  if (value !== undefined) {
    throw invalid([{ pointer: "/value", detail: "is for inputs; an approval takes approved and comment" }]);
  }
  if (approved === undefined) {
    throw invalid([{ pointer: "/approved", detail: "is missing: this is an approval, say true or false" }]);
  }
  return JSON.stringify({ approved, comment });
}

function answeredValue(
  { approved, comment, value }: Request,
  payload: string,
  flaws: Verdict["flaws"],
): string {
  for (const [member, given] of Object.entries({ approved, comment })) {
    if (given !== undefined) {
      throw invalid([{ pointer: `/${member}`, detail: "is for approvals; an input takes a value" }]);
    }
  }
  if (value === undefined) throw invalid([{ pointer: "/value", detail: "is missing" }]);
  if (flaws.length === 0) return payload;
  throw new Problem("validation", `The answer does not fit what is asked: ${sentenceOfFlaws(flaws)}`, {
    errors: flaws.map(({ pointer, detail }) => ({ pointer: `/value${pointer}`, detail })),
  });
}

/** For the audit log. */
function detailOf(
  { kind }: InputStored,
  { approved, comment }: Request,
  by: string,
  { unjudged }: Verdict,
): string {
  const did = kind === "input" ? "answered" : approved ? "approved" : "rejected";
  const check = unjudged === null ? "" : ` (${UNJUDGED}: ${unjudged})`;
  return `${did} by ${by}${comment === undefined ? "" : `: ${comment}`}${check}`;
}

function isOver({ status, by, at }: InputEnd): Problem {
  if (status === "answered") {
    return new Problem("already-answered", `${by} has answered this at ${at}. The first answer counts.`);
  }
  return new Problem(
    "input-over",
    status === "expired"
      ? `Nobody answered this in time: it was over at ${at}, and the run went on without an answer.`
      : `This was withdrawn at ${at}: its run has ended, or needs no answer any more.`,
  );
}

function showInput({ schema, answer, ...input }: InputStored) {
  return {
    ...input,
    schema: schema === null ? null : new RawJson(schema),
    answer: answer === null ? null : new RawJson(answer),
  };
}
