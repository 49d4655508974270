import { useAnswer } from "../../api/query.ts";
import { useTargets } from "../../here/targets.ts";
import type { Run } from "../../live/patches.ts";
import { Answered } from "../../parts/answered.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { useNowMs } from "../../parts/now.ts";
import { Panel } from "../../parts/panel.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { TargetLink } from "../../parts/target.tsx";
import type { Span } from "../../trace/span.ts";
import { SKIP_REASON } from "../../words/skip-reason.ts";
import { clockTime, duration } from "../../words/time.ts";
import { keySaid } from "../../words/wait-pieces.ts";
import { lateResults, limitsPassed } from "./decisions.ts";
import { ENTRY, type Entry } from "./journal-words.ts";

interface DecisionsTabProps {
  readonly run: Run;
  readonly spans: readonly Span[];
}

const LINK = "text-accent hover:underline";
/** Of its beginning, where most was decided. */
const ENTRIES = 200;

/** Why there is this run, why then, and what was decided on its way. */
export function DecisionsTab({ run, spans }: DecisionsTabProps) {
  const { app, environment: env, id } = run;
  const history = useAnswer("getRunHistory", { params: { app, env, id }, query: { limit: ENTRIES } });
  const limits = limitsPassed(spans);
  const late = lateResults(run);
  return (
    <div className="grid gap-4 xl:grid-cols-2 xl:items-start">
      <div className="min-w-0 space-y-4">
        <Panel title="Why it started">
          <Started run={run} />
        </Panel>
        <Panel title="Limits it waited at" description="Where it found room at once nothing is recorded.">
          {limits.length === 0 ? (
            <p className="text-sm text-muted">None: whenever it came to a limit there was room.</p>
          ) : (
            <ul className="divide-y divide-line text-sm">
              {limits.map(({ limit, times, ms, longestMs }) => (
                <li
                  key={`${limit.id} ${JSON.stringify(limit.key)}`}
                  className="flex flex-wrap gap-x-3 py-1.5"
                >
                  <span className="min-w-0 flex-1 break-words">
                    {limit.name}
                    {limit.key !== null && limit.key !== undefined && (
                      <span className="text-muted"> for {keySaid(limit.key)}</span>
                    )}
                  </span>
                  <span className="tabular-nums">
                    {duration(ms)}
                    {times > 1 && (
                      <span className="text-muted">
                        {" "}
                        in {times} waits, the longest {duration(longestMs)}
                      </span>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
        {late.length > 0 && (
          <Panel
            title="Came too late"
            description="Nobody waited for these results any more, and nothing follows from them."
          >
            <ul className="space-y-3 text-sm">
              {late.map(({ step, attempt, failure, value }) => (
                <li key={`${step} ${attempt}`}>
                  <p className="mb-1">
                    {step}, attempt {attempt}
                    {failure !== null && `: ${failure.name}: ${failure.message}`}
                  </p>
                  {failure === null && <JsonView value={value} label="Late result" />}
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
      <div className="min-w-0 space-y-4">
        <Panel title="When, and by whom" description="Its time to begin, and what people did to it.">
          <Answered query={history} rows={2}>
            {({ entries, next }) => (
              <Deeds entries={entries.filter(({ kind }) => DEEDS.has(kind))} isCut={next !== null} />
            )}
          </Answered>
        </Panel>
        {run.detours.length > 0 && <Detours detours={run.detours} />}
      </div>
    </div>
  );
}

/** The event, what triggers there are for it, and the functions that it did not start. */
function Started({ run }: { readonly run: Run }) {
  const { app, environment: env } = run;
  const targets = useTargets();
  const event = useAnswer("getEvent", { params: { app, env, id: run.event.id } });
  return (
    <div className="space-y-2 text-sm">
      <p>
        {run.parent === null ? "By event " : "By another run, with event "}
        <TargetLink target={targets.event(run.event.id)} className={LINK}>
          {run.event.name}
        </TargetLink>
        {run.origin !== null && ", again: a person or an agent asked for it"}.
      </p>
      <Answered query={event} rows={1}>
        {({ runs, skips }) => (
          <>
            {runs.length > 1 && (
              <p>
                It started {runs.length - 1} more {runs.length === 2 ? "run" : "runs"}.
              </p>
            )}
            {skips.length > 0 && (
              <ul aria-label="Functions that it did not start" className="space-y-1">
                {skips.map(({ id, function: fn, reason, detail }) => (
                  <li key={id} className="break-words">
                    <FunctionLink id={fn} />{" "}
                    <span className="text-muted">{SKIP_REASON[reason].label.toLowerCase()}:</span> {detail}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Answered>
    </div>
  );
}

const DEEDS: ReadonlySet<Entry["kind"]> = new Set(["scheduled", "began", "action"]);

function Deeds({ entries, isCut }: { readonly entries: readonly Entry[]; readonly isCut: boolean }) {
  const nowMs = useNowMs();
  return (
    <>
      <ul className="divide-y divide-line text-sm">
        {entries.map((entry) => (
          <li key={entry.seq} className="flex flex-wrap gap-x-3 py-1.5">
            <time dateTime={entry.at} className="shrink-0 text-muted tabular-nums">
              {clockTime(entry.at, nowMs)}
            </time>
            <span className="min-w-0 flex-1 break-words">
              {ENTRY[entry.kind].label} {ENTRY[entry.kind].say(entry)}
              {entry.until !== null && `, to begin at ${clockTime(entry.until, nowMs)}`}
            </span>
          </li>
        ))}
      </ul>
      {isCut && (
        <p className="mt-2 text-xs text-muted">Of its first {ENTRIES} entries; the journal has all.</p>
      )}
    </>
  );
}

function Detours({ detours }: { readonly detours: Run["detours"] }) {
  return (
    <Panel
      title="Took another way than recorded"
      description="Code that was called again left out a recorded step. Apps in development tell."
    >
      <ul className="space-y-3 text-sm">
        {detours.map(({ step, name, began, frame, certain, at }) => (
          <li key={`${step} ${at}`}>
            <p className="break-words">
              It {certain ? "left out" : "may have left out"} <strong>{name}</strong>, and began{" "}
              <strong>{began.name ?? "a step that has no entry yet"}</strong>.
            </p>
            {frame !== null && (
              <pre className="mt-1 overflow-x-auto rounded-md border border-line bg-sunken p-2 text-xs leading-5">
                {frame}
              </pre>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
