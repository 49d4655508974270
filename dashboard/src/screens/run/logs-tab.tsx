import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Run } from "../../live/patches.ts";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FIELD_LOOK } from "../../parts/field.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import type { ChangeOptions } from "../../trace/options.ts";
import { countOf } from "../../words/number.ts";
import { filterLines, LOG_LEVELS, type LogLine } from "./log-filter.ts";
import { LogRow } from "./log-row.tsx";
import { hasEnded } from "./use-live-run.ts";
import type { RunLogs } from "./use-run-logs.ts";
import { VirtualRows } from "./virtual-rows.tsx";

interface LogsTabProps {
  readonly run: Run;
  readonly logs: RunLogs;
  /** Those of them that had been said by the instant that is looked at. */
  readonly lines: readonly LogLine[];
  readonly change: ChangeOptions;
}

/** What the code of its steps said. */
export function LogsTab({ run, logs, lines, change }: LogsTabProps) {
  const { level, find } = useSearch({ from: "/$app/$env/runs/$id" });
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const shown = useMemo(() => filterLines(lines, level, find), [lines, level, find]);
  const goTo = useCallback(
    (step: string) => {
      change({ span: step });
      void navigate({ search: (now) => ({ ...now, tab: undefined, span: step }) });
    },
    [change, navigate],
  );
  if (logs.items.length === 0 && logs.isBusy) return <Skeleton rows={10} rowHeight={28} />;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label="Level"
          name="level"
          value={level}
          all="All"
          options={LOG_LEVELS.slice(1).map((each) => ({
            value: each,
            label: each === "error" ? "error" : `${each} and graver`,
          }))}
        />
        <input
          type="search"
          aria-label="Find in what was said"
          placeholder="Find in what was said"
          defaultValue={find ?? ""}
          onChange={({ target }) =>
            void navigate({
              search: (now) => ({ ...now, find: target.value === "" ? undefined : target.value }),
              replace: true,
              resetScroll: false,
            })
          }
          className={`${FIELD_LOOK} h-8 max-w-72`}
        />
        <span role="status" className="text-xs text-muted tabular-nums">
          {shown.length === logs.items.length
            ? countOf(shown.length, "line")
            : `${countOf(shown.length, "line")} of ${logs.items.length.toLocaleString("en-GB")}`}
          {!logs.isWhole && ", more are there"}
        </span>
        <span className="flex-1" />
        {shown.length > 0 && (
          <CopyButton
            text={() => shown.map(lineText).join("\n")}
            what="the lines"
            className="min-h-7 text-xs"
          >
            Copy
          </CopyButton>
        )}
        {!logs.isWhole && (
          <Button className="min-h-7 text-xs" disabled={logs.isBusy} onClick={logs.more}>
            Read more
          </Button>
        )}
      </div>
      {logs.error && <ProblemPanel error={logs.error} retry={logs.more} />}
      {shown.length === 0 ? (
        <div className="rounded-lg border border-line bg-raised">
          <NoLines hasAny={logs.items.length > 0} isOver={hasEnded(run)} />
        </div>
      ) : (
        <div className="overflow-hidden rounded-lg border border-line bg-raised">
          <VirtualRows items={shown} keyOf={({ id }) => id} label="Lines of the log" rowPx={29}>
            {(line) => <LogRow line={line} goTo={goTo} />}
          </VirtualRows>
        </div>
      )}
    </div>
  );
}

function NoLines({ hasAny, isOver }: { readonly hasAny: boolean; readonly isOver: boolean }) {
  if (hasAny) return <Empty title="No line fits">Another level or text would show some.</Empty>;
  return (
    <Empty title={isOver ? "Its steps said nothing" : "Its steps have said nothing yet"}>
      What a step says with <code>step.log</code> or prints with <code>console</code> is kept with the run,
      once its attempt is recorded.
    </Empty>
  );
}

function lineText({ at, level, step, message, data }: LogLine): string {
  const more = data === null || data === undefined ? "" : ` ${JSON.stringify(data)}`;
  return `${at} ${level.toUpperCase()} ${step.name}: ${message}${more}`;
}
