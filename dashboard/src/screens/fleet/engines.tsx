import type { AnswerOf } from "@durable/engine/api";
import type { UseQueryResult } from "@tanstack/react-query";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Meter } from "../../parts/meter.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { countOf, grouped } from "../../words/number.ts";
import { period } from "../../words/time.ts";
import { ENGINE_STATE, type Engine, fleetSums } from "./engine-words.ts";

const COLUMNS: readonly Column<Engine>[] = [
  {
    id: "engine",
    label: "Engine",
    cell: ({ id, host, pid }) => (
      <span className="break-all">
        <span className="font-medium">{host}</span>{" "}
        <span className="text-muted">
          process {pid}, number {id}
        </span>
      </span>
    ),
  },
  {
    id: "state",
    label: "State",
    onPhone: "aside",
    cell: ({ state }) => (
      <span title={ENGINE_STATE[state].said}>
        <TonePill tone={ENGINE_STATE[state].tone}>{ENGINE_STATE[state].label}</TonePill>
      </span>
    ),
  },
  {
    id: "slots",
    label: "Slots",
    cell: ({ slots, slots_used }) =>
      slots_used === null ? (
        <span className="text-muted">– / {grouped(slots)}</span>
      ) : (
        <Meter used={slots_used} most={slots} what="slots are taken" />
      ),
  },
  {
    id: "leases",
    label: "Leases",
    align: "right",
    cell: ({ leases }) => (leases === null ? <span className="text-muted">–</span> : grouped(leases)),
  },
  { id: "beat", label: "Last heartbeat", align: "right", cell: (engine) => <Beat engine={engine} /> },
  { id: "ttl", label: "Dead after", align: "right", cell: ({ lease_ms }) => period(lease_ms) },
  { id: "version", label: "Version", cell: ({ version }) => version },
  { id: "started", label: "Started", align: "right", cell: ({ started_at }) => <Ago at={started_at} /> },
];

function Beat({ engine }: { readonly engine: Engine }) {
  const { seen_ms_ago, lease_ms, state } = engine;
  const isLate = (state === "live" || state === "draining") && seen_ms_ago > lease_ms / 2;
  return <span className={isLate ? "font-semibold text-bad" : ""}>{period(seen_ms_ago)} ago</span>;
}

/** The processes that do the work, as the database knows them. */
export function Engines({ fleet }: { readonly fleet: UseQueryResult<AnswerOf<"getFleet">> }) {
  return (
    <section aria-label="Engines">
      <h2 className="mb-2 font-semibold">
        Engines{" "}
        {fleet.data && <span className="text-sm font-normal text-muted">{saidOf(fleet.data.engines)}</span>}
      </h2>
      <Answered query={fleet} rows={3}>
        {({ engines }) => (
          <Table
            label="Engine processes"
            columns={COLUMNS}
            rows={engines}
            idOf={({ id }) => String(id)}
            nameOf={({ host, pid }) => `${host}, process ${pid}`}
          />
        )}
      </Answered>
    </section>
  );
}

function saidOf(engines: readonly Engine[]): string {
  const { live, slots, used, leases } = fleetSums(engines);
  return `${grouped(live)} live, ${grouped(used)} of ${countOf(slots, "slot")} taken, ${countOf(leases, "lease")}`;
}
