import type { AnswerOf } from "@durable/engine/api";
import type { Column } from "../../parts/column.ts";
import { FunctionLink } from "../../parts/run-link.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";

type Version = AnswerOf<"getError">["versions"][number];

const COLUMNS: readonly Column<Version>[] = [
  { id: "function", label: "Function", cell: ({ function: id }) => <FunctionLink id={id} /> },
  { id: "version", label: "Version", onPhone: "lead", cell: ({ version }) => `v${version}` },
  {
    id: "deployment",
    label: "Deployment",
    cell: ({ deployment }) => deployment ?? <span className="text-muted">not told</span>,
  },
  { id: "count", label: "Times", align: "right", onPhone: "aside", cell: ({ count }) => grouped(count) },
  { id: "first", label: "First seen", align: "right", cell: ({ first_seen }) => <Ago at={first_seen} /> },
  { id: "last", label: "Last seen", align: "right", cell: ({ last_seen }) => <Ago at={last_seen} /> },
];

/** In which versions of the code it came: where one begins, something has changed there. */
export function ErrorVersions({ versions }: { readonly versions: readonly Version[] }) {
  return (
    <section aria-label="Versions">
      <h2 className="mb-2 font-semibold">Versions</h2>
      <Table
        label="Versions in which it came"
        columns={COLUMNS}
        rows={versions}
        idOf={({ function: id, version, deployment }) => `${id} ${version} ${deployment}`}
        nameOf={({ function: id, version }) => `${id} v${version}`}
      />
    </section>
  );
}
