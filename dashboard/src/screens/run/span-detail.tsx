import type { ReactNode } from "react";
import type { Run } from "../../live/patches.ts";
import { Id } from "../../parts/id.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { useNowMs } from "../../parts/now.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { barsOf, sumBars } from "../../trace/bars.ts";
import type { Forest } from "../../trace/forest.ts";
import type { Span } from "../../trace/span.ts";
import { SPAN_KIND, SPAN_STATUS } from "../../trace/span-face.ts";
import { clockTime, duration } from "../../words/time.ts";
import { keySaid } from "../../words/wait-pieces.ts";
import { AttemptList } from "./attempt-list.tsx";
import { FailureView } from "./failure-view.tsx";
import type { LogLine } from "./log-filter.ts";
import { PhaseTable } from "./phase-table.tsx";
import { stepOf } from "./selection.ts";
import { StepActions } from "./step-actions.tsx";
import { StepLogs } from "./step-logs.tsx";
import { StepWait } from "./step-wait.tsx";

type Step = Run["steps"][number];

interface SpanDetailProps {
  readonly run: Run;
  /** Its settled steps are there. */
  readonly isWhole: boolean;
  readonly forest: Forest;
  readonly at: number;
  readonly startMs: number;
  readonly lines: readonly LogLine[] | null;
}

export function SpanDetail({ run, isWhole, forest, at, startMs, lines }: SpanDetailProps) {
  const span = forest.spans[at]!;
  const step = run.steps.find(({ id }) => id === stepOf(span));
  const isAttempt = span.kind === "attempt";
  const own = isAttempt ? null : step;
  const status = span.status === null ? null : SPAN_STATUS[span.status];
  const failure = isAttempt ? failureOfAttempt(run, step, span) : failureOf(own);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 text-sm">
        {status && <TonePill tone={status.tone}>{status.label}</TonePill>}
        <span className="text-muted">
          {isAttempt ? `Attempt ${span.attempt}` : (step?.op ?? SPAN_KIND[span.kind].label.toLowerCase())}
          {step !== undefined && step.n > 0 && `, number ${step.n + 1} of its name`}
        </span>
        {step !== undefined && <Id id={step.id} name="the step's id" />}
      </div>
      <Times span={span} startMs={startMs} dueAt={own?.due_at ?? null} />
      {own && <StepActions run={run} step={own} />}
      {span.run !== null && (
        <p className="text-sm">
          Its run: <RunLink id={span.run} app={span.app} />
        </p>
      )}
      {own && <StepWait step={own} />}
      {failure !== null && <FailureView failure={failure} />}
      <Part title="Time">
        <PhaseSums forest={forest} at={at} />
      </Part>
      {step === undefined && !isWhole && <Skeleton rows={3} />}
      {own && (own.attempts.length > 1 || own.status === "retrying") && (
        <Part title="Attempts">
          <AttemptList attempts={own.attempts} startMs={startMs} />
        </Part>
      )}
      {own && own.seq !== null && own.failure === null && (
        <JsonView value={own.value} label="Result" isTitled />
      )}
      {step !== undefined && lines !== null && (
        <StepLogs lines={lines} step={step.id} attempt={isAttempt ? span.attempt : null} />
      )}
      {step?.deployment && <p className="text-xs text-muted">At deployment {step.deployment}.</p>}
    </>
  );
}

/** Of a step that is tried again, that of its last try. */
function failureOf(step: Step | null | undefined): Run["failure"] {
  if (step === null || step === undefined) return null;
  return step.failure ?? (step.status === "retrying" ? (step.attempts.at(-1)?.failure ?? null) : null);
}

/** Attempts have no ids: of a step they are told by their number, of the run itself by number and outcome. */
function failureOfAttempt(run: Run, step: Step | undefined, { attempt, status }: Span): Run["failure"] {
  const all = step === undefined ? run.attempts : step.attempts;
  return all.find((each) => each.attempt === attempt && each.outcome === status)?.failure ?? null;
}

function Times({
  span,
  startMs,
  dueAt,
}: {
  readonly span: Span;
  readonly startMs: number;
  readonly dueAt: string | null;
}) {
  const nowMs = useNowMs();
  const { startMs: fromMs, endMs, appMs } = span;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm tabular-nums">
      <Line name="Began">
        {duration(Math.max(0, fromMs - startMs))} after the run's start
        <span className="text-muted">, {clockTime(new Date(fromMs).toISOString(), nowMs)}</span>
      </Line>
      <Line name={endMs === null ? "So far" : "Took"}>
        {duration(Math.max(0, (endMs ?? nowMs) - fromMs))}
      </Line>
      {appMs !== null && <Line name="In your code">{duration(appMs)}, by its own clock</Line>}
      {endMs === null && dueAt !== null && <Line name="Until">{clockTime(dueAt, nowMs)}</Line>}
    </dl>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** With the limits at which it stood, by name. */
function PhaseSums({ forest, at }: { readonly forest: Forest; readonly at: number }) {
  const nowMs = useNowMs();
  const bars = barsOf(forest, at);
  const limits = new Map(
    bars.flatMap(({ limit }) => (limit === null ? [] : [[`${limit.id} ${limit.key}`, limit]])),
  );
  return (
    <>
      <PhaseTable sums={sumBars(bars, nowMs)} />
      {[...limits.values()].map(({ id, name, key }) => (
        <p key={`${id} ${JSON.stringify(key)}`} className="mt-1 text-xs text-muted">
          Waited at {name}
          {key !== null && key !== undefined && ` for ${keySaid(key)}`}
        </p>
      ))}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}
