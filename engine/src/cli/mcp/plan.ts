import { CONFIRM_ASK, CONFIRM_S } from "../../auth/confirmation.ts";
import { ApiProblem } from "../../http/client.ts";
import type { Row } from "../../http/contract/row.ts";
import { type Operation, TABLE } from "../../http/contract/table.ts";
import { bounded } from "./bound-answer.ts";
import type { ToolRequest } from "./request.ts";
import type { Tool } from "./tools.ts";

/** One call of the API by the name of its route. */
export type CallRoute = (
  name: Operation,
  request: ToolRequest & { readonly confirm?: string; readonly idempotencyKey?: string },
) => Promise<unknown>;

const TARGET_CHARACTERS_MAX = 4_000;

/**
 * What a change would do, and the engine's token for exactly this call. Nothing is changed.
 * @throws ApiProblem where the change would be refused as it stands, as far as that can be known beforehand.
 */
export async function planOf(call: CallRoute, tool: Tool, request: ToolRequest): Promise<object> {
  const target = await targetOf(call, tool.row, request);
  const preview = Object.hasOwn(tool.row.query.shape, "preview")
    ? await call(tool.name, { ...request, query: { ...request.query, preview: "true" } })
    : null;
  return {
    done: false,
    would: tool.row.summary,
    workspace: await workspaceOf(call, request),
    target,
    preview: bounded(preview, TARGET_CHARACTERS_MAX).value,
    confirm: await confirmationOf(call, tool, request),
    expires_in_s: CONFIRM_S,
    next: `Nothing was changed. Show this to the person who decides. To do it, call ${tool.name} again with the same arguments and this confirm.`,
  };
}

async function confirmationOf(call: CallRoute, tool: Tool, request: ToolRequest): Promise<string> {
  try {
    await call(tool.name, { ...request, confirm: CONFIRM_ASK });
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.confirm !== undefined) return error.problem.confirm;
    throw error;
  }
  // An engine of before this header knows only production.
  throw new Error("The engine did it without being confirmed: it is older than this command. Update it.");
}

/** How the route that shows it does: the members that say something by themselves. Null where no route shows one. */
async function targetOf(call: CallRoute, row: Row, { params }: ToolRequest): Promise<object | null> {
  const shown = Object.entries<Row>(TABLE).find(
    ([, { method, path }]) =>
      method === "get" &&
      path.endsWith("}") &&
      `${row.path}/`.startsWith(`${path}/`) &&
      path.includes("{env}/"),
  );
  if (shown === undefined) return null;
  const found = (await call(shown[0] as Operation, { params, query: {} })) as object;
  const scalars = Object.entries(found).filter(([, value]) => typeof value !== "object" || value === null);
  return bounded(Object.fromEntries(scalars), TARGET_CHARACTERS_MAX).value as object;
}

async function workspaceOf(call: CallRoute, { params, query }: ToolRequest): Promise<object> {
  const app = params["app"] ?? query["app"];
  const environment = params["env"] ?? query["env"];
  const { apps } = (await call("listApps", { params: {}, query: {} })) as {
    readonly apps: readonly {
      readonly app: string;
      readonly environment: string;
      readonly production: boolean;
    }[];
  };
  const known = apps.find((each) => each.app === app && each.environment === environment);
  return { app, environment, production: known?.production ?? null };
}
