import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pager } from "../../parts/pager.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";
import { SKIP_REASON, type Skip } from "../../words/skip-reason.ts";
import { RunAnyway } from "../event/decision-table.tsx";
import { SkipPill, SkipSaid } from "../event/skip-said.tsx";

const REASONS = (Object.keys(SKIP_REASON) as Skip["reason"][]).map((value) => ({
  value,
  label: SKIP_REASON[value].label,
}));

const COLUMNS: readonly Column<Skip>[] = [
  {
    id: "event",
    label: "Event",
    className: "align-top! min-w-36",
    cell: ({ event }) => <span className="font-medium break-words">{event.name}</span>,
  },
  {
    id: "function",
    label: "Function",
    className: "align-top! min-w-28",
    cell: (skip) => <FunctionLink id={skip.function} />,
  },
  {
    id: "reason",
    label: "Why",
    className: "align-top!",
    onPhone: "lead",
    cell: ({ reason }) => <SkipPill reason={reason} />,
  },
  {
    id: "detail",
    label: "In full",
    className: "align-top! min-w-64",
    cell: (skip) => <SkipSaid skip={skip} isBrief />,
  },
  {
    id: "at",
    label: "When",
    align: "right",
    className: "align-top!",
    onPhone: "aside",
    cell: ({ at }) => <Ago at={at} />,
  },
  {
    id: "act",
    label: "",
    align: "right",
    className: "align-top!",
    cell: (skip) => <RunAnyway skip={skip} />,
  },
];

/** What was not started, and why. */
export function SkipList() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const { fn, reason: asked, cursor } = useSearch({ from: "/$app/$env/events" });
  const reason = REASONS.find(({ value }) => value === asked)?.value;
  const functions = useAnswer("listFunctions", { params });
  const skips = useAnswer("listSkips", { params, query: { function: fn, reason, cursor } }, { keep: true });
  useTopics(["skips"]);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice label="Why" name="reason" value={reason} all="Any reason" options={REASONS} />
        <Choice
          label="Function"
          name="fn"
          value={fn}
          all="All"
          options={(functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }))}
        />
      </div>
      <Answered query={skips} rows={12}>
        {({ skips, next }) => (
          <>
            {skips.length === 0 ? (
              <div className="rounded-lg border border-line bg-raised">
                <Empty title="Nothing was passed over">
                  <p>Every event started a run of each function that listens to it.</p>
                </Empty>
              </div>
            ) : (
              <Table
                label="Functions that were not started"
                columns={COLUMNS}
                rows={skips}
                idOf={({ id }) => id}
                nameOf={(skip) => `Event ${skip.event.name}, not started: ${skip.function}`}
                targetOf={({ event }) => targets.event(event.id)}
              />
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
    </>
  );
}
