import type { Column } from "../../parts/column.ts";
import { Due } from "../../parts/due.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { DELIVERY_STATE, type Delivery } from "./webhook-words.ts";

const COLUMNS: readonly Column<Delivery>[] = [
  { id: "name", label: "Event", cell: ({ name }) => <code className="break-all">{name}</code> },
  {
    id: "state",
    label: "State",
    onPhone: "aside",
    cell: ({ state }) => <TonePill tone={DELIVERY_STATE[state].tone}>{DELIVERY_STATE[state].label}</TonePill>,
  },
  { id: "attempts", label: "Attempts", align: "right", cell: ({ attempts }) => attempts },
  {
    id: "last",
    label: "Answered",
    cell: ({ last_status, last_error }) => (
      <span className="break-words">
        {last_status ?? ""} {last_error !== null && <span className="text-bad">{last_error}</span>}
        {last_status === null && last_error === null && <span className="text-muted">not yet</span>}
      </span>
    ),
  },
  {
    id: "when",
    label: "When",
    align: "right",
    cell: ({ ended_at, due_at, created_at }) =>
      due_at !== null && ended_at === null ? (
        <>
          next <Due at={due_at} />
        </>
      ) : (
        <Ago at={ended_at ?? created_at} />
      ),
  },
];

/** The last ones; kept for a week after their end. */
export function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0)
    return <p className="text-sm text-muted">Nothing was sent to it in the last week.</p>;
  return (
    <Table
      label="Its last deliveries"
      columns={COLUMNS}
      rows={deliveries}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
    />
  );
}
