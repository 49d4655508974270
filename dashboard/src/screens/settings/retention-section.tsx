import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Column } from "../../parts/column.ts";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { countOf, grouped } from "../../words/number.ts";
import { PARTITION, type Partition } from "./partition-words.ts";

const DAYS_MAX = 3_650;

const COLUMNS: readonly Column<Partition>[] = [
  { id: "from", label: "From", cell: ({ from }) => from.slice(0, 10) },
  { id: "to", label: "To", onPhone: "lead", cell: ({ to }) => to.slice(0, 10) },
  {
    id: "state",
    label: "State",
    onPhone: "aside",
    cell: ({ state }) => <TonePill tone={PARTITION[state].tone}>{PARTITION[state].label}</TonePill>,
  },
  {
    id: "said",
    label: "Which means",
    cell: ({ state }) => <span className="text-muted">{PARTITION[state].said}</span>,
  },
];

/** How long what is over is kept. */
export function RetentionSection() {
  const params = useWorkspaceParams();
  const retention = useAnswer("getRetention", { params });
  const [isOpen, open] = useState(false);
  return (
    <Answered query={retention}>
      {({ days, runs_deleted, events_deleted, walked_at, partitions }) => (
        <>
          <Panel
            title={`${countOf(days, "day")}`}
            description="From the end of a run, and from when an event was accepted. What lives is kept however old it is."
            actions={<Button onClick={() => open(true)}>Change</Button>}
          >
            <Facts>
              <Fact name="Runs deleted one by one">{grouped(runs_deleted)}</Fact>
              <Fact name="Events deleted one by one">{grouped(events_deleted)}</Fact>
              <Fact name="All of it looked through">
                {walked_at === null ? (
                  "not yet"
                ) : (
                  <>
                    <Ago at={walked_at} /> ago
                  </>
                )}
              </Fact>
            </Facts>
          </Panel>
          <Panel
            title="Partitions"
            description="Of the whole database, the newest first. What is past all retention goes with its partition at once."
          >
            <Table
              label="Partitions"
              columns={COLUMNS}
              rows={partitions}
              idOf={({ from }) => from}
              nameOf={({ from, to }) => `${from} to ${to}`}
            />
          </Panel>
          {isOpen && <RetentionDialog days={days} onClose={() => open(false)} />}
        </>
      )}
    </Answered>
  );
}

function RetentionDialog({ days, onClose }: { readonly days: number; readonly onClose: () => void }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("getRetention");
  const [text, setText] = useState(String(days));
  const isDays = /^[1-9]\d{0,3}$/.test(text) && Number(text) <= DAYS_MAX;
  const isShorter = isDays && Number(text) < days;
  return (
    <ChangeDialog
      operation="setRetention"
      onClose={onClose}
      title="How long to keep what is over"
      description={
        isShorter
          ? `What is older than ${countOf(Number(text), "day")} begins to go within minutes, for good.`
          : "Nothing that is there goes sooner than it would have."
      }
      does={isDays ? `Keep ${countOf(Number(text), "day")}` : "Keep …"}
      look={isShorter ? "danger" : "main"}
      hasReason
      input={(reason) => (isDays ? { params, body: { days: Number(text), reason } } : null)}
      done={readAgain}
    >
      <Field label="Days" {...(isDays ? {} : { error: `A whole number from 1 to ${DAYS_MAX}.` })}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            className={INPUT_LOOK}
            value={text}
            onChange={(event) => setText(event.target.value.trim())}
          />
        )}
      </Field>
    </ChangeDialog>
  );
}
