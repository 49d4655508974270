import { createHash } from "node:crypto";
import type { Operation } from "../../http/contract/table.ts";
import { ANSWER_CHARACTERS_MAX, bounded, type Cut, valueAt } from "./bound-answer.ts";
import { type CallRoute, planOf } from "./plan.ts";
import { type Arguments, requestOf } from "./request.ts";
import type { ObjectSchema, Place, Tool } from "./tools.ts";

/** What a tool answers: a text, and the same as data where the tool says which shape it has. */
export interface ToolAnswer {
  readonly texts: readonly string[];
  readonly structured: Record<string, unknown> | null;
  readonly isError: boolean;
}

export interface ToolParts {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly place: Place;
  readonly allowsChanges: boolean;
  readonly call: CallRoute;
}

export const READ_MORE = "readMore";

export const readMoreSchema: ObjectSchema = {
  type: "object",
  properties: {
    tool: { type: "string", description: "The tool whose answer was cut." },
    arguments: { type: "object", description: "The arguments that it was called with." },
    pointer: { type: "string", description: 'JSON Pointer to the part, such as "/steps/3/output".' },
    offset: { type: "integer", minimum: 0, default: 0, description: "Go on from this character." },
  },
  required: ["tool", "arguments", "pointer"],
  additionalProperties: false,
};

/** @throws ApiProblem and EngineUnreachable of the call. */
export async function callTool(parts: ToolParts, name: string, given: Arguments): Promise<ToolAnswer> {
  if (name === READ_MORE) return await readMore(parts, given);
  const tool = parts.tools.get(name);
  if (tool === undefined) return refused(unknownTool(parts, name));
  const request = requestOf(tool, given, parts.place);
  if (typeof request === "string") return refused(request);
  if (!tool.changes) return read(await parts.call(tool.name, request));
  const { confirm } = given;
  if (confirm === undefined) return said(await planOf(parts.call, tool, request));
  if (typeof confirm !== "string" || confirm === "") return refused("confirm: must be the text of a plan.");
  // One plan is one change, however often it is confirmed.
  const idempotencyKey = `mcp ${createHash("sha256").update(confirm).digest("hex")}`;
  const answer = await parts.call(tool.name, { ...request, confirm, idempotencyKey });
  return said({ done: true, answer: bounded(answer).value });
}

async function readMore({ tools, place, call }: ToolParts, given: Arguments): Promise<ToolAnswer> {
  const { tool: name, arguments: of, pointer, offset = 0 } = given;
  const tool = tools.get(String(name));
  if (tool === undefined || tool.changes) return refused(`tool: ${String(name)} is no tool that reads.`);
  const isObject = typeof of === "object" && of !== null;
  if (!isObject || typeof pointer !== "string" || !Number.isInteger(offset) || Number(offset) < 0)
    return refused("arguments must be an object, pointer a text, and offset a whole number from 0.");
  const request = requestOf(tool, of as Arguments, place);
  if (typeof request === "string") return refused(request);
  const value = valueAt(await call(tool.name, request), pointer);
  if (value === undefined) return refused(`pointer: nothing stands at ${pointer} of the answer.`);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const end = Number(offset) + ANSWER_CHARACTERS_MAX;
  const rest = text.length - end;
  return {
    texts: [
      text.slice(Number(offset), end),
      ...(rest > 0 ? [`${rest} more characters: the same call with offset ${end}.`] : []),
    ],
    structured: null,
    isError: false,
  };
}

function read(answer: unknown): ToolAnswer {
  const { value, cuts } = bounded(answer);
  return {
    texts: [JSON.stringify(value), ...(cuts.length === 0 ? [] : [cutSentence(cuts)])],
    structured: value as Record<string, unknown>,
    isError: false,
  };
}

const CUTS_SAID_MAX = 10;

function cutSentence(cuts: readonly Cut[]): string {
  const places = cuts.slice(0, CUTS_SAID_MAX).map(({ pointer, shown }) => `${pointer} (${shown})`);
  const more = cuts.length > CUTS_SAID_MAX ? `, and ${cuts.length - CUTS_SAID_MAX} more places` : "";
  return `Cut: ${places.join(", ")}${more}. ${READ_MORE} with this tool, these arguments and a pointer gives the rest.`;
}

function said(value: object): ToolAnswer {
  return { texts: [JSON.stringify(value)], structured: null, isError: false };
}

export function refused(why: string): ToolAnswer {
  return { texts: [why], structured: null, isError: true };
}

function unknownTool({ allowsChanges }: ToolParts, name: string): string {
  return allowsChanges
    ? `There is no tool ${JSON.stringify(name)}.`
    : `There is no tool ${JSON.stringify(name)} here: this server only reads. Started with --allow-changes it also changes, with a plan first.`;
}

/** Every tool by its name. */
export function byName(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
  return new Map(tools.map((tool) => [tool.name satisfies Operation, tool]));
}
