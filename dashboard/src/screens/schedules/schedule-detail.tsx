import { Fact, Facts } from "../../parts/facts.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { Ago } from "../../parts/when.tsx";
import { period } from "../../words/time.ts";
import { LastRun } from "./last-run.tsx";
import { MissedTicks } from "./missed-ticks.tsx";
import { NextTicks } from "./next-ticks.tsx";
import { ScheduleActions } from "./schedule-actions.tsx";
import { CATCH_UP, OVERLAP, type Schedule, STATE } from "./schedule-words.ts";

/** When it comes, by which rules, what came of it last, and what can be done with it. */
export function ScheduleDetail({ schedule }: { readonly schedule: Schedule }) {
  const { cron, tz, overlap, catch_up, jitter_ms, data, declared, state, paused_at, last_run } = schedule;
  return (
    <div className="space-y-4 border-t border-line bg-sunken/40 px-4 py-4">
      <ScheduleActions schedule={schedule} />
      <Facts>
        <Fact name="Line and zone">
          <code>{cron}</code> in {tz}
        </Fact>
        <Fact name="State">
          {STATE[state].said}
          {paused_at !== null && (
            <>
              {" "}
              Paused <Ago at={paused_at} /> ago.
            </>
          )}
        </Fact>
        <Fact name="A tick while an earlier run is under way">{OVERLAP[overlap]}</Fact>
        <Fact name="Of ticks missed in an outage, started">{CATCH_UP[catch_up]}</Fact>
        <Fact name="Begins">
          {jitter_ms === 0 ? "at its tick" : `up to ${period(jitter_ms)} after its tick`}
        </Fact>
        <Fact name="Made">{declared ? "by code, and changed there" : "by hand"}</Fact>
        {schedule.if !== null && (
          <Fact name="Only if">
            <code className="break-all">{schedule.if}</code>
          </Fact>
        )}
        <Fact name="Last run">{last_run === null ? "none yet" : <LastRun id={last_run} />}</Fact>
      </Facts>
      <div className="grid gap-4 lg:grid-cols-2">
        <NextTicks next={schedule.next} zone={tz} />
        <MissedTicks schedule={schedule} />
      </div>
      {data !== null && data !== undefined && <JsonView value={data} label="Data of its runs" isTitled />}
    </div>
  );
}
