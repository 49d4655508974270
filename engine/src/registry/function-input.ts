import { nearNames } from "../domain/near-names.ts";
import { Problem } from "../domain/problems.ts";
import type { FunctionEntry } from "./function-entry.ts";
import { schemaFlaws, sentenceOfFlaws } from "./json-schemas.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "./workspace-registry.ts";

const NAMES_SHOWN_MAX = 10;

/** The function at its newest version. @throws Problem `not-found` with the functions there are. */
export async function findFunction(
  registry: Pick<WorkspaceRegistry, "of" | "forget">,
  workspaceId: number,
  functionId: string,
): Promise<FunctionEntry> {
  const known = (await registry.of(workspaceId)).functions.get(functionId);
  if (known !== undefined) return known;
  // Another engine process may have synced it a moment ago.
  registry.forget(workspaceId);
  return requireFunction(await registry.of(workspaceId), functionId);
}

function requireFunction(workspace: WorkspaceEntry, functionId: string): FunctionEntry {
  const fn = workspace.functions.get(functionId);
  if (fn !== undefined) return fn;
  const { app, environment, functions } = workspace;
  const names = [...functions.keys()];
  const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "";
  const near = nearNames(functionId, names);
  const known =
    names.length === 0
      ? "It has none yet: sync the app."
      : near.length > 0
        ? `Did you mean ${near.join(" or ")}? Sync the app after a deploy.`
        : `It has ${names.slice(0, NAMES_SHOWN_MAX).join(", ")}${more}; sync the app after a deploy.`;
  throw new Problem(
    "not-found",
    `${app} in ${environment} has no function ${JSON.stringify(functionId)}. ${known}`,
  );
}

/**
 * @param at JSON Pointer of the data in the request.
 * @throws Problem `validation` with a pointer to each thing that does not fit the function's input.
 */
export function requireInput(fn: FunctionEntry, data: string, at: string): void {
  const flaws = fn.input === null ? [] : schemaFlaws(fn.input, data);
  if (flaws.length === 0) return;
  throw new Problem(
    "validation",
    `This does not fit the input of "${fn.id}" (version ${fn.version}): ${sentenceOfFlaws(flaws)}`,
    { errors: flaws.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })) },
  );
}
