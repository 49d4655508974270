import type { ReactNode } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { WaitText } from "../../parts/wait.tsx";
import { Ago } from "../../parts/when.tsx";
import { SKIP_REASON, type Skip } from "../../words/skip-reason.ts";
import type { Decision } from "./decisions.ts";
import { SkipPill, SkipSaid } from "./skip-said.tsx";

/** For each function that the event was for: what it became, by which rule, and what a person can still do. */
export function DecisionTable({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <ul
      aria-label="What it became, by function"
      className="divide-y divide-line rounded-lg border border-line bg-raised text-sm"
    >
      {decisions.map((decision) =>
        decision.kind === "run" ? (
          <Row
            key={decision.id}
            fn={decision.function}
            outcome={<StatusPill status={decision.run.status} />}
            said={
              <>
                <p>
                  {isCollecting(decision) ? "It began a run that collects events: " : "It started run "}
                  <RunLink id={decision.id} />
                </p>
                {decision.run.wait !== null && (
                  <p className="mt-0.5 text-muted">
                    Waits for <WaitText wait={decision.run.wait} />
                  </p>
                )}
              </>
            }
            action={
              <span className="text-xs text-muted">
                <Ago at={decision.run.created_at} /> ago
              </span>
            }
          />
        ) : (
          <Row
            key={decision.id}
            fn={decision.function}
            outcome={<SkipPill reason={decision.skip.reason} />}
            said={<SkipSaid skip={decision.skip} />}
            action={<RunAnyway skip={decision.skip} />}
          />
        ),
      )}
    </ul>
  );
}

function isCollecting(decision: Extract<Decision, { kind: "run" }>): boolean {
  return decision.run.wait?.kind === "begin";
}

interface RowProps {
  readonly fn: string;
  readonly outcome: ReactNode;
  readonly said: ReactNode;
  readonly action: ReactNode;
}

function Row({ fn, outcome, said, action }: RowProps) {
  return (
    <li className="grid gap-x-4 gap-y-1.5 px-4 py-3 md:grid-cols-[minmax(8rem,14rem)_9rem_minmax(0,1fr)_auto] md:items-start">
      <span className="font-medium">
        <FunctionLink id={fn} />
      </span>
      <span>{outcome}</span>
      <div className="min-w-0">{said}</div>
      <div className="md:text-right">{action}</div>
    </li>
  );
}

/** A run of it, past what skipped it; at its limits like any other. */
export function RunAnyway({ skip }: { readonly skip: Skip }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("getEvent", "listSkips");
  if (!SKIP_REASON[skip.reason].isRunnable || skip.started_run !== null) return null;
  return (
    <ChangeButton
      operation="runSkip"
      input={{ params: { ...params, id: skip.id } }}
      does={`Run ${skip.function} anyway`}
      className="min-h-7"
      done={readAgain}
    >
      Run anyway
    </ChangeButton>
  );
}
