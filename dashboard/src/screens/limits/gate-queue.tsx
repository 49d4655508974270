import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Due } from "../../parts/due.tsx";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";
import { period } from "../../words/time.ts";
import { type Gate, type Limit, waitingQuery } from "./limit-words.ts";
import { type QueueState, queueState, UNKNOWN } from "./queue-state.ts";

/** A page of the list of runs: who waits is found among these. */
const LOOKED_AT = 200;
const SHOWN = 8;

/** Who holds the places of a key and who waits, as the runs that stand there say it. */
export function GateQueue({ limit, gate }: { readonly limit: Limit; readonly gate: Gate }) {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const q = waitingQuery(limit, gate);
  const runs = useAnswer("listRuns", { params, query: { q, limit: LOOKED_AT } });
  useReadAsRunsMove(["listRuns"]);
  return (
    <div className="border-t border-line bg-sunken/40 px-4 py-3">
      <Answered query={runs} rows={3}>
        {({ runs, next }) => {
          const state = queueState(runs, limit, gate);
          if (state.waiting.length === 0)
            return (
              <p className="text-sm text-muted">
                {gate.parked === 0
                  ? "Nobody waits here now, so nothing is known of its pace and of who is in."
                  : `None of the newest ${LOOKED_AT} runs stands here; those that do are older.`}{" "}
                <TargetLink target={targets.runs(q)} className="text-accent underline">
                  Runs of this key
                </TargetLink>
              </p>
            );
          return (
            <div className="grid gap-x-8 gap-y-3 sm:grid-cols-3">
              <Facts state={state} />
              <Holders holders={state.holders} />
              <div>
                <h3 className="text-xs font-medium text-muted">Waiting, next first</h3>
                <ol className="mt-1 space-y-0.5 text-sm">
                  {state.waiting.slice(0, SHOWN).map(({ run, position }) => (
                    <li key={run} className="flex gap-2">
                      <span className="w-8 text-right text-muted tabular-nums">{grouped(position)}.</span>
                      <RunLink id={run} />
                    </li>
                  ))}
                </ol>
                <TargetLink
                  target={targets.runs(q)}
                  className="mt-1 inline-block text-sm text-accent underline"
                >
                  All of them
                </TargetLink>
                {next !== null && (
                  <p className="text-xs text-muted">Of the newest {LOOKED_AT} runs; there are older ones.</p>
                )}
              </div>
            </div>
          );
        }}
      </Answered>
    </div>
  );
}

function Facts({ state }: { readonly state: QueueState }) {
  const { oldestSince, paceMs, nextAt, unknown } = state;
  return (
    <dl className="grid grid-cols-[auto_1fr] content-start gap-x-3 gap-y-0.5 text-sm">
      {oldestSince !== null && (
        <>
          <dt className="text-muted">Waits longest</dt>
          <dd>
            <Ago at={oldestSince} />
          </dd>
        </>
      )}
      {paceMs !== null && (
        <>
          <dt className="text-muted">Pace</dt>
          <dd>one every {period(paceMs)}</dd>
        </>
      )}
      <dt className="text-muted">Next gets in</dt>
      <dd>{nextAt === null ? unknown === null ? "not known" : UNKNOWN[unknown] : <Due at={nextAt} />}</dd>
    </dl>
  );
}

function Holders({ holders }: { readonly holders: QueueState["holders"] }) {
  return (
    <div>
      <h3 className="text-xs font-medium text-muted">Who has held a place for longest</h3>
      {holders.length === 0 && <p className="mt-1 text-sm text-muted">Nobody: a start holds no place.</p>}
      <ul className="mt-1 space-y-1 text-sm">
        {holders.map(({ run, since, status }) => (
          <li key={run} className="flex flex-wrap items-center gap-2">
            <RunLink id={run} />
            <StatusPill status={status} />
            <span className="text-muted">
              <Ago at={since} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
