import type { Run } from "../../live/patches.ts";
import { TonePill } from "../../parts/tone-pill.tsx";
import { SPAN_STATUS } from "../../trace/span-face.ts";
import { duration } from "../../words/time.ts";
import { FailureView } from "./failure-view.tsx";

type Attempt = Run["attempts"][number];

/** Each try with how it ended; the last failure stands open, those before it are a click away. */
export function AttemptList({
  attempts,
  startMs,
}: {
  readonly attempts: readonly Attempt[];
  readonly startMs: number;
}) {
  return (
    <ol className="space-y-2 text-sm">
      {attempts.map((attempt) => {
        const { outcome, failure, sent_at, received_at, committed_at, app_ms } = attempt;
        const { label, tone } = SPAN_STATUS[outcome];
        const tookMs =
          sent_at === null || received_at === null ? null : Date.parse(received_at) - Date.parse(sent_at);
        return (
          <li key={`${attempt.attempt} ${outcome} ${committed_at}`}>
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="w-5 text-right text-muted tabular-nums">{attempt.attempt}.</span>
              <TonePill tone={tone}>{label}</TonePill>
              <span className="text-xs text-muted tabular-nums">
                at +{duration(Math.max(0, Date.parse(sent_at ?? committed_at) - startMs))}
                {tookMs !== null && `, took ${duration(tookMs)}`}
                {app_ms !== null && `, ${duration(app_ms)} in your code`}
              </span>
            </div>
            {failure !== null && (
              <details className="mt-1 ml-7">
                <summary className="min-h-6 cursor-pointer break-words text-bad">
                  {String(failure.name)}: {String(failure.message)}
                </summary>
                <div className="mt-1">
                  <FailureView failure={failure} />
                </div>
              </details>
            )}
          </li>
        );
      })}
    </ol>
  );
}
