import type { Run } from "../../live/patches.ts";
import { JsonView } from "../../parts/json-view.tsx";
import { FailureView } from "./failure-view.tsx";
import { hasEnded } from "./use-live-run.ts";

/** What it was given, and what came of it. */
export function DataTab({ run }: { readonly run: Run }) {
  const { event, output, failure, state, status } = run;
  const hasState = state !== null && state !== undefined;
  return (
    <div className="grid gap-5 lg:grid-cols-2 lg:items-start">
      <h2 className="sr-only">Input and output</h2>
      <JsonView value={event.data} label="Event data" isTitled />
      <div className="min-w-0 space-y-5">
        {failure !== null && (
          <section aria-label="Failure">
            <h3 className="mb-1 flex min-h-8 items-center text-sm font-semibold">Failure</h3>
            <FailureView failure={failure} />
          </section>
        )}
        {status === "completed" ? (
          <JsonView value={output} label="Output" isTitled />
        ) : (
          failure === null && (
            <section aria-label="Output">
              <h3 className="flex min-h-8 items-center text-sm font-semibold">Output</h3>
              <p className="text-sm text-muted">
                {hasEnded(run) ? "It ended without one." : "None yet: it has not ended."}
              </p>
            </section>
          )
        )}
        {hasState && <JsonView value={state} label="State" isTitled />}
      </div>
    </div>
  );
}
