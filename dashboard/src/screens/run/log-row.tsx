import { memo } from "react";
import { joinClasses } from "../../parts/join-classes.ts";
import { JsonNode } from "../../parts/json-view-node.tsx";
import { LogText } from "../../parts/log-text.tsx";
import { clockTimeToMs } from "../../words/time.ts";
import type { LogLevel, LogLine } from "./log-filter.ts";

const LEVEL: Readonly<Record<LogLevel, string>> = {
  debug: "text-muted",
  info: "text-busy",
  warn: "text-calm",
  error: "text-bad",
};

interface LogRowProps {
  readonly line: LogLine;
  /** To its step; without it the step is not named, because all lines are of one. */
  readonly goTo?: (step: string) => void;
}

/** A line with its clock, its level and its step; further lines of its message stand below the first. */
export const LogRow = memo(function LogRow({ line, goTo }: LogRowProps) {
  const { at, level, step, attempt, message, data } = line;
  const hasData = data !== null && data !== undefined;
  return (
    <div
      className={joinClasses(
        "flex flex-wrap gap-x-3 gap-y-0 border-b border-line/60 px-3 py-1 font-mono text-[12.5px] leading-5 sm:flex-nowrap",
        level === "error" && "bg-bad-ground/60",
        level === "warn" && "bg-calm-ground/60",
      )}
    >
      <time dateTime={at} title={at} className="shrink-0 text-muted tabular-nums">
        {clockTimeToMs(at)}
      </time>
      <span className={joinClasses("w-10 shrink-0 font-semibold", LEVEL[level])}>{level}</span>
      {goTo && (
        <button
          type="button"
          title="To its step in the trace"
          onClick={() => goTo(step.id)}
          className="max-w-44 shrink-0 self-start truncate rounded text-left text-accent hover:underline sm:w-36"
        >
          {step.name}
          {attempt > 1 && <span className="text-muted"> #{attempt}</span>}
        </button>
      )}
      <div className="min-w-0 flex-1 basis-full sm:basis-auto">
        <p className="break-words whitespace-pre-wrap">
          <LogText text={message} />
        </p>
        {hasData && (
          <div className="-ml-3 text-muted sm:-ml-5">
            <JsonNode name={null} value={data} open={0} />
          </div>
        )}
      </div>
    </div>
  );
});
