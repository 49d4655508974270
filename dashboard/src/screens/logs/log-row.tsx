import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { JsonView } from "../../parts/json-view.tsx";
import { LogText } from "../../parts/log-text.tsx";
import { shortId } from "../../parts/short-id.ts";
import { clockTimeToMs } from "../../words/time.ts";
import { foldedText, type LogLine } from "./log-store.ts";

const LEVEL: Readonly<Record<LogLine["level"], { readonly label: string; readonly look: string }>> = {
  debug: { label: "debug", look: "text-muted" },
  info: { label: "info", look: "text-busy" },
  warn: { label: "warn", look: "text-calm font-semibold" },
  error: { label: "error", look: "text-bad font-semibold" },
};

interface LogRowProps {
  readonly line: LogLine;
  readonly isRunShown: boolean;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

/** One line, folded to its first; with its data and the rest where somebody asks for them. */
export const LogRow = memo(function LogRow({ line, isRunShown, isOpen, toggle }: LogRowProps) {
  const params = useWorkspaceParams();
  const { at, level, message, data, step, attempt, run } = line;
  const { first, more } = foldedText(message);
  const hasData = data !== null && data !== undefined;
  const { label, look } = LEVEL[level];
  return (
    <div
      className={`border-b border-line/60 px-3 py-1 leading-[17px] hover:bg-hover ${level === "error" ? "bg-bad-ground/60" : ""}`}
    >
      <div className="flex flex-wrap items-baseline gap-x-3 sm:flex-nowrap">
        <time dateTime={at} title={at} className="shrink-0 text-muted tabular-nums">
          {clockTimeToMs(at)}
        </time>
        <span className={`w-9 shrink-0 ${look}`}>{label}</span>
        <Link
          to="/$app/$env/runs/$id"
          params={{ ...params, id: run }}
          search={{ span: step.id } as never}
          title={`Run ${run}, step ${step.name}`}
          className="w-60 min-w-0 shrink-0 truncate text-muted hover:text-accent hover:underline max-sm:flex-1"
        >
          {isRunShown && `${shortId(run)} `}
          <span className="text-text">{step.name}</span>
          {attempt > 1 && ` #${attempt}`}
        </Link>
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <LogText text={isOpen ? message : first} />
          {(more > 0 || hasData) && (
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={toggle}
              className="ml-2 rounded bg-sunken px-1.5 text-muted hover:text-text"
            >
              {isOpen ? "fold" : saidMore(more, hasData ? data : null)}
            </button>
          )}
          {isOpen && hasData && (
            <div className="mt-1">
              <JsonView value={data} label="Data of the line" />
            </div>
          )}
        </div>
      </div>
    </div>
  );
});

const SHOWN_MAX = 80;

function saidMore(more: number, data: unknown): string {
  const lines = more === 0 ? "" : `+${more} ${more === 1 ? "line" : "lines"}`;
  if (data === null) return lines;
  const text = JSON.stringify(data);
  return [lines, text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text]
    .filter((part) => part !== "")
    .join(" ");
}
