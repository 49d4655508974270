import type { AnswerOf } from "@durable/engine/api";
import { useTargets } from "../../here/targets.ts";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { Table } from "../../parts/table.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { grouped, percent } from "../../words/number.ts";
import { duration } from "../../words/time.ts";
import { endedOf, type Percentile, type PhaseName } from "./metrics-model.ts";

type Row = AnswerOf<"getMetrics">["functions"][number];

interface FunctionFiguresProps {
  readonly functions: readonly Row[];
  readonly percentile: Percentile;
  readonly said: string;
}

export function FunctionFigures({ functions, percentile, said }: FunctionFiguresProps) {
  const targets = useTargets();
  const took = (phase: PhaseName, label: string): Column<Row> => ({
    id: phase,
    label: `${label}, ${percentile}`,
    align: "right",
    cell: ({ phases }) => {
      const measured = phases[phase];
      return measured === null ? <span className="text-muted">–</span> : duration(measured[percentile]);
    },
  });
  const columns: readonly Column<Row>[] = [
    { id: "function", label: "Function", cell: ({ function: id }) => <FunctionLink id={id} /> },
    { id: "started", label: "Started", align: "right", cell: ({ started }) => grouped(started) },
    {
      id: "failed",
      label: "Failed",
      align: "right",
      onPhone: "aside",
      cell: (row) =>
        row.failed === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <TargetLink
            target={targets.runs(`status:failed function:${row.function}`)}
            className="text-bad underline"
          >
            {grouped(row.failed)} ({percent(row.failed, endedOf(row))})
          </TargetLink>
        ),
    },
    took("total", "Took"),
    took("app", "Your code"),
    took("network", "Network"),
    took("queue", "Queue"),
    took("limit", "Limits"),
  ];
  return (
    <Panel title="By function" description={`Of ${said}, the one with the most starts first.`}>
      {functions.length === 0 ? (
        <Empty title="No run started or ended in this time">
          <p>Choose a longer time, or another function.</p>
        </Empty>
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
