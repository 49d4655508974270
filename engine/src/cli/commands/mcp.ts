import { Command } from "commander";
import type { Context } from "../context.ts";
import { withAddress, withWorkspace } from "../target.ts";
import type { McpFlags } from "./mcp-action.ts";

export function mcpCommand(context: Context): Command {
  return withAddress(withWorkspace(new Command("mcp")))
    .description(
      "serve the API to a model as tools, over stdin and stdout (Model Context Protocol); reading only, unless told",
    )
    .option("--allow-changes", "also what changes something, each with a plan that is confirmed")
    .action(async (flags: McpFlags) => {
      const { runMcp } = await import("./mcp-action.ts");
      await runMcp(context, flags);
    });
}
