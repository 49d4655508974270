import { RawJson, type RunField } from "@durable/protocol/wire";
import { hasEnded } from "../domain/run-end.ts";
import type { RunWatched } from "../store/watched-runs.ts";

/** A run as a run token shows it: the named fields, and whether it has ended. */
export function showWatched(run: RunWatched, fields: readonly RunField[]) {
  const shown = fields.map((field) => [field, SHOWN[field](run)] as const);
  return { id: run.id, ended: hasEnded(run), ...Object.fromEntries(shown) };
}

/** What comes of each field. What is not here never leaves. */
const SHOWN: Record<RunField, (run: RunWatched) => unknown> = {
  status: ({ status }) => status,
  state: ({ state }) => asReceived(state),
  progress: ({ progress }) => progress.map((each) => ({ ...each, progress: asReceived(each.progress) })),
  steps: ({ steps }) => steps,
  output: ({ output }) => asReceived(output),
  failure: ({ failure }) => (failure === null ? null : withoutPlace(failure)),
};

/** A stack, and what else an app hangs on its errors, says how it is built. */
function withoutPlace(failure: string) {
  const { name, message } = JSON.parse(failure) as { readonly name: string; readonly message: string };
  return { name, message };
}

function asReceived(text: string | null): RawJson | null {
  return text === null ? null : new RawJson(text);
}
