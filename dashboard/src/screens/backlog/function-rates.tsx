import type { AnswerOf } from "@durable/engine/api";
import { useTargets } from "../../here/targets.ts";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { Table } from "../../parts/table.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { grouped, short } from "../../words/number.ts";
import { duration } from "../../words/time.ts";

type FunctionMetrics = AnswerOf<"getMetrics">["functions"][number];

interface FunctionRatesProps {
  readonly functions: readonly FunctionMetrics[];
  readonly minutes: number;
  readonly said: string;
}

/** Which function brings more than it gets done, and how long its runs stood in the queue. */
export function FunctionRates({ functions, minutes, said }: FunctionRatesProps) {
  const targets = useTargets();
  const columns: readonly Column<FunctionMetrics>[] = [
    { id: "function", label: "Function", cell: ({ function: id }) => <FunctionLink id={id} /> },
    {
      id: "more",
      label: "More than before",
      align: "right",
      onPhone: "aside",
      cell: (row) => <Growth by={row.started - endedOf(row)} />,
    },
    { id: "in", label: "Came", align: "right", cell: ({ started }) => perMinute(started, minutes) },
    { id: "out", label: "Ended", align: "right", cell: (row) => perMinute(endedOf(row), minutes) },
    {
      id: "queue",
      label: "In the queue, p95",
      align: "right",
      cell: ({ phases }) => (phases.queue === null ? "–" : duration(phases.queue.p95)),
    },
    {
      id: "limit",
      label: "At limits, p95",
      align: "right",
      cell: ({ phases }) => (phases.limit === null ? "–" : duration(phases.limit.p95)),
    },
    {
      id: "runs",
      label: "",
      align: "right",
      cell: ({ function: id }) => (
        <TargetLink target={targets.runs(`status:queued function:${id}`)} className="text-accent underline">
          Queued<span className="sr-only"> runs of {id}</span>
        </TargetLink>
      ),
    },
  ];
  return (
    <Panel
      title="By function"
      description={`Of ${said}. The queue itself is counted for the whole workspace only; a function's is the list of its queued runs.`}
    >
      {functions.length === 0 ? (
        <Empty title="No run started or ended in this time" />
      ) : (
        <Table
          label="Functions"
          columns={columns}
          rows={functions}
          idOf={({ function: id }) => id}
          nameOf={({ function: id }) => id}
        />
      )}
    </Panel>
  );
}

function Growth({ by }: { readonly by: number }) {
  if (by > 0) return <span className="font-medium text-calm">+{grouped(by)}</span>;
  return <span className="text-muted">{by === 0 ? "0" : `−${grouped(-by)}`}</span>;
}

function endedOf({ completed, failed, cancelled }: FunctionMetrics): number {
  return completed + failed + cancelled;
}

function perMinute(count: number, minutes: number): string {
  return `${short(Math.round((count / minutes) * 100) / 100)} / min`;
}
