import type { Row } from "../../http/contract/row.ts";
import { toDetails } from "../../http/middleware/check.ts";
import type { Place, Tool } from "./tools.ts";

export type Arguments = Readonly<Record<string, unknown>>;

/** As the client of the API takes it. */
export interface ToolRequest {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** The arguments of a tool, each in its place; or what is wrong with them, in sentences. */
export function requestOf(
  { row }: Pick<Tool, "row">,
  { confirm: _, ...given }: Arguments,
  place: Place,
): ToolRequest | string {
  const named = { ...given, ...workspaceOf(given, place) };
  const known = new Set([...Object.keys(row.params.shape), ...Object.keys(row.query.shape), "body"]);
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0) return `${unknown.join(", ")}: not known here.`;
  const pick = (shape: object) =>
    Object.fromEntries(Object.entries(named).filter(([name]) => Object.hasOwn(shape, name)));
  const request = {
    params: pick(row.params.shape),
    query: pick(row.query.shape),
    ...(given["body"] === undefined ? {} : { body: sorted(given["body"]) }),
  };
  const wrong = wrongIn(row, request);
  return wrong.length === 0 ? request : wrong.join("\n");
}

function workspaceOf(given: Arguments, { app, env }: Place): Record<string, unknown> {
  return app === null ? { env: given["env"] ?? env } : { app, env };
}

/** Judged here as the engine does, for it looks at a body that it keeps as bytes only when the change is confirmed. */
function wrongIn(row: Row, { params, query, body }: ToolRequest): string[] {
  const looked = [
    [row.params.safeParse(params), "{"],
    [row.query.safeParse(query), "?"],
    ...(row.body === null || (body === undefined && !row.body.required)
      ? []
      : [[row.body.schema.safeParse(body), ""] as const]),
  ] as const;
  return looked.flatMap(([result, where]) =>
    result.success
      ? []
      : toDetails(result.error, where).map(
          ({ pointer, detail }) => `${pointer || "the body"}: ${detail || "does not fit"}`,
        ),
  );
}

/** A plan is confirmed for these very bytes, and a model that repeats an object may order its members anew. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
