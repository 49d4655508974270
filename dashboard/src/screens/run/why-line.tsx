import { useState } from "react";
import type { Run } from "../../live/patches.ts";
import { useNowMs } from "../../parts/now.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { WaitText } from "../../parts/wait.tsx";
import { Ago } from "../../parts/when.tsx";
import { localTimes } from "./local-times.ts";

/** Why it is where it is: with links where it waits, and all that is known of it for who wants more. */
export function WhyLine({ run, isThen }: { readonly run: Run; readonly isThen: boolean }) {
  const nowMs = useNowMs();
  const [isFull, setFull] = useState(false);
  const { wait, why } = run;
  if (wait === null || isThen)
    return <p className="mt-1.5 max-w-4xl text-sm break-words">{localTimes(why, nowMs)}</p>;
  return (
    <div className="mt-1.5 max-w-4xl text-sm">
      <p className="break-words">
        Waits for <WaitText wait={wait} />
        {wait.step !== null && !NAMES_STEP.has(wait.kind) && (
          <span className="text-muted">, in step {wait.step.name}</span>
        )}
        .{" "}
        <button
          type="button"
          aria-expanded={isFull}
          onClick={() => setFull(!isFull)}
          className="min-h-6 rounded text-xs text-muted underline-offset-2 hover:text-text hover:underline"
        >
          {isFull ? "Less" : "More"}
        </button>
      </p>
      {isFull && (
        <div className="mt-1 rounded-md border border-line bg-raised p-3">
          <p className="break-words">{localTimes(why, nowMs)}</p>
          {wait.gate !== null && wait.gate.holders.length > 0 && <Holders gate={wait.gate} />}
          {wait.jobs > 1 && <p className="mt-1.5">{wait.jobs} of its jobs wait at limits.</p>}
        </div>
      )}
    </div>
  );
}

/** Whose words tell the step by themselves. */
const NAMES_STEP: ReadonlySet<string> = new Set(["sleep", "step", "retry", "signal"]);

type Gate = NonNullable<NonNullable<Run["wait"]>["gate"]>;

function Holders({ gate }: { readonly gate: Gate }) {
  return (
    <div className="mt-1.5">
      <p>Who has a place there, the longest first:</p>
      <ul className="mt-1 space-y-1">
        {gate.holders.map(({ run, since, unit, status }) => (
          <li key={`${run} ${since}`} className="flex flex-wrap items-center gap-2">
            <RunLink id={run} />
            <StatusPill status={status} />
            <span>
              {unit === "run" ? "as a run" : "a step of it"}, since <Ago at={since} /> ago
              {gate.waiting_for_it.includes(run) && ", and waits for this run"}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
