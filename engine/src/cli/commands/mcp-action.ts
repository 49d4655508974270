import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Operation } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import type { CallRoute } from "../mcp/plan.ts";
import { createMcpServer } from "../mcp/server.ts";
import { type Api, apiOf, type EngineAddress, value } from "../target.ts";

export interface McpFlags extends EngineAddress {
  readonly app?: string;
  readonly env?: string;
  readonly allowChanges?: true;
}

/** Serves until the client closes our stdin. Stdout is the protocol's alone. */
export async function runMcp(context: Context, flags: McpFlags): Promise<void> {
  const { environment } = context;
  const api = await apiOf(flags, environment);
  const place = {
    app: flags.app ?? value(environment, "DURABLE_APP") ?? null,
    env: flags.env ?? value(environment, "DURABLE_ENV") ?? "dev",
  };
  const options = { call: caller(api), place, allowsChanges: flags.allowChanges === true };
  const transport = new StdioServerTransport();
  const over = new Promise<void>((resolve) => {
    for (const event of ["end", "close"]) process.stdin.once(event, () => resolve());
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const served = serveStdio(() => createMcpServer(options), {
    transport,
    onerror: (error) => context.note(error.message),
  });
  await over;
  await served.close();
  await api.close();
}

function caller(api: Api): CallRoute {
  const routes = api as unknown as Record<Operation, CallByName>;
  return (name, request) => routes[name](request);
}

type CallByName = (request: Parameters<CallRoute>[1]) => Promise<unknown>;
