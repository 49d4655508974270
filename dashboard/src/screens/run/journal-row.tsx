import { joinClasses } from "../../parts/join-classes.ts";
import { JsonNode } from "../../parts/json-view-node.tsx";
import { useNowMs } from "../../parts/now.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { clockTime, duration } from "../../words/time.ts";
import { TONE_INK } from "../../words/tone.ts";
import { ENTRY, type Entry, toneOf } from "./journal-words.ts";

interface JournalRowProps {
  readonly entry: Entry;
  readonly startMs: number;
  readonly isLater: boolean;
  readonly goTo: (step: string) => void;
}

/** When, what, of which step, and what there is to say about it. */
export function JournalRow({ entry, startMs, isLater, goTo }: JournalRowProps) {
  const { seq, kind, at, step, until, value, by } = entry;
  const { label, say } = ENTRY[kind];
  const tone = toneOf(entry);
  const nowMs = useNowMs();
  const hasValue = value !== null && value !== undefined;
  return (
    <div
      className={joinClasses(
        "flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b border-line/60 px-3 py-1.5 text-sm",
        isLater && "text-muted",
      )}
    >
      <span className="w-9 shrink-0 text-right text-xs text-muted tabular-nums">{seq}</span>
      <time
        dateTime={at}
        title={clockTime(at, nowMs)}
        className="w-20 shrink-0 text-right text-xs text-muted tabular-nums"
      >
        +{duration(Math.max(0, Date.parse(at) - startMs))}
      </time>
      <span className={joinClasses("w-32 shrink-0 font-medium", tone !== null && !isLater && TONE_INK[tone])}>
        {label}
      </span>
      <span className="min-w-0 flex-1 basis-60 break-words">
        {step !== null && (
          <button
            type="button"
            title="To it in the trace"
            onClick={() => goTo(step.id)}
            className="mr-2 rounded font-medium text-accent hover:underline"
          >
            {step.name}
            {step.n > 0 && <span className="text-muted"> ({step.n + 1})</span>}
          </button>
        )}
        {say(entry)}
        {by?.kind === "run" && by.name !== null && (
          <>
            {" "}
            <RunLink id={by.name} />
          </>
        )}
        {until !== null && <span className="text-muted"> until {clockTime(until, nowMs)}</span>}
        {hasValue && (
          <span className="-ml-3 block sm:-ml-5 font-mono text-[12.5px] leading-5 text-muted">
            <JsonNode name={null} value={value} open={0} />
          </span>
        )}
      </span>
    </div>
  );
}
