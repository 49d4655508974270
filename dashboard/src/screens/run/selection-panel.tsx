import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useAnswer } from "../../api/query.ts";
import type { Run } from "../../live/patches.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import type { Span } from "../../trace/span.ts";
import type { TracesState } from "../../trace/traces.ts";
import type { LogLine } from "./log-filter.ts";
import { RunSummary } from "./run-summary.tsx";
import { findSelection, type Selection, stepOf } from "./selection.ts";
import { SpanDetail } from "./span-detail.tsx";

interface SelectionPanelProps {
  readonly run: Run;
  /** Its settled steps are there. */
  readonly isWhole: boolean;
  readonly state: TracesState;
  /** As it stands in the address. */
  readonly span: string;
  readonly lines: readonly LogLine[];
  readonly close: () => void;
}

/** All that is known of the selected row. */
export function SelectionPanel({ run, isWhole, state, span, lines, close }: SelectionPanelProps) {
  const found = findSelection(span, run.id, state.loaded);
  if (found === null) {
    const isComing = state.loaded.get(run.id)?.trace.isWhole !== true || span.includes("/");
    return (
      <Frame title="Selected" close={close}>
        {isComing ? (
          <Skeleton rows={5} />
        ) : (
          <p className="text-sm text-muted">This run has no such step: the address may be of another one.</p>
        )}
      </Frame>
    );
  }
  if (found.run === run.id)
    return <Detail run={run} isWhole={isWhole} selection={found} lines={lines} close={close} />;
  return <OfChild run={run} selection={found} close={close} />;
}

/** Of a child run that stands open in its place, read when somebody looks at one of its steps. */
function OfChild({ run, selection, close }: Omit<DetailProps, "lines" | "isWhole">) {
  const child = useAnswer("getRun", { params: { app: run.app, env: run.environment, id: selection.run } });
  if (child.data !== undefined)
    return <Detail run={child.data} isWhole selection={selection} lines={null} close={close} />;
  return (
    <Frame title="Selected" close={close}>
      <Answered query={child} rows={5}>
        {() => null}
      </Answered>
    </Frame>
  );
}

interface DetailProps {
  readonly run: Run;
  readonly isWhole: boolean;
  readonly selection: Selection;
  /** Null: they were not read. */
  readonly lines: readonly LogLine[] | null;
  readonly close: () => void;
}

function Detail({ run, isWhole, selection, lines, close }: DetailProps) {
  const { loaded, at } = selection;
  if (at === -1)
    return (
      <Frame title={run.function} close={close}>
        <RunSummary run={run} trace={loaded.trace} />
      </Frame>
    );
  const span = loaded.forest.spans[at]!;
  return (
    <Frame title={span.name ?? nameOfAttempt(run, span)} close={close}>
      <SpanDetail
        run={run}
        isWhole={isWhole}
        forest={loaded.forest}
        at={at}
        startMs={loaded.trace.startMs}
        lines={lines}
      />
    </Frame>
  );
}

/** Of a try its step's, or the app's. */
function nameOfAttempt({ steps }: Run, span: Span): string {
  return steps.find(({ id }) => id === stepOf(span))?.name ?? "Call of the app";
}

function Frame({
  title,
  close,
  children,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}) {
  return (
    <aside
      aria-label={`Selected: ${title}`}
      className="min-w-0 rounded-lg border border-line bg-raised xl:sticky xl:top-16 xl:max-h-[calc(100dvh-5rem)] xl:w-[26rem] xl:shrink-0 xl:overflow-y-auto"
    >
      <div className="sticky top-0 z-1 flex items-start gap-2 border-b border-line bg-raised px-4 py-2.5">
        <h2 className="min-w-0 flex-1 font-semibold break-words">{title}</h2>
        <Button
          look="bare"
          className="-my-1 -mr-2 min-h-7 px-1.5"
          aria-label="Close"
          title="Close (Esc)"
          onClick={close}
        >
          <X aria-hidden size={15} />
        </Button>
      </div>
      <div className="space-y-4 px-4 py-3">{children}</div>
    </aside>
  );
}
