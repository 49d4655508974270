import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Pager } from "../../parts/pager.tsx";
import { ScheduleForm } from "./schedule-form.tsx";
import { ScheduleRow } from "./schedule-row.tsx";
import { type Schedule, STATE } from "./schedule-words.ts";

/** Of more schedules the results are told one by one. */
const RESULTS_MAX = 25;

/** What starts by the clock. */
export function SchedulesScreen() {
  const params = useWorkspaceParams();
  const navigate = useNavigate({ from: "/$app/$env/schedules" });
  const { fn, state, id, cursor } = useSearch({ from: "/$app/$env/schedules" });
  const schedules = useAnswer("listSchedules", { params, query: { function: fn, cursor } }, { keep: true });
  const functions = useAnswer("listFunctions", { params });
  const [isCreating, create] = useState(false);
  useTopics(["schedules"]);
  // A run that a tick started goes on after that.
  useReadAsRunsMove(["getRunResult"]);
  return (
    <>
      <PageHead
        title="Schedules"
        description="Functions that are started by the clock. Each tick starts exactly one run, or leaves a word why not."
        actions={
          <Button onClick={() => create(true)}>
            <Plus aria-hidden size={14} />
            New schedule
          </Button>
        }
      />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label="Function"
          name="fn"
          value={fn}
          all="All"
          options={(functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }))}
        />
        <Choice
          label="State"
          name="state"
          value={state}
          all="All"
          options={Object.entries(STATE).map(([value, { label }]) => ({ value, label }))}
        />
      </div>
      <Answered query={schedules} rows={8}>
        {({ schedules: all, next }) => {
          const shown = all.filter((each) => state === undefined || each.state === state);
          return (
            <>
              {shown.length === 0 ? (
                <NoSchedules isFiltered={fn !== undefined || state !== undefined} />
              ) : (
                <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
                  {shown.map((schedule) => (
                    <ScheduleRow
                      key={schedule.id}
                      schedule={schedule}
                      isOpen={schedule.id === id}
                      isResultShown={shown.length <= RESULTS_MAX}
                    />
                  ))}
                </ul>
              )}
              <Pager cursor={cursor} next={next} words={{ first: "First", back: "Before", on: "More" }} />
            </>
          );
        }}
      </Answered>
      {isCreating && (
        <ScheduleForm
          schedule={null}
          onClose={() => create(false)}
          done={(made: Schedule) => void navigate({ search: { id: made.id } })}
        />
      )}
    </>
  );
}

function NoSchedules({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No such schedule on this page" />;
  return (
    <Empty title="Nothing is started by the clock">
      <p>
        A function declares it as <code>trigger: {'{ cron: "0 9 * * mon-fri", tz: "Europe/Zurich" }'}</code>,
        and it is here after the next sync. Or make one by hand above.
      </p>
    </Empty>
  );
}
