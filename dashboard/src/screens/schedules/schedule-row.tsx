import { Due } from "../../parts/due.tsx";
import { FoldLink } from "../../parts/fold-link.tsx";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { cronInWords } from "../../words/cron.ts";
import { LastRun } from "./last-run.tsx";
import { ScheduleDetail } from "./schedule-detail.tsx";
import { type Schedule, STATE } from "./schedule-words.ts";

interface ScheduleRowProps {
  readonly schedule: Schedule;
  readonly isOpen: boolean;
  /** What came of its last run is asked for: a question for each row. */
  readonly isResultShown: boolean;
}

/** One schedule on a line; unfolded, all of it. */
export function ScheduleRow({ schedule, isOpen, isResultShown }: ScheduleRowProps) {
  const { id, cron, tz, next, state, declared, last_tick_at, last_run } = schedule;
  const { label, tone } = STATE[state];
  return (
    <li>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 px-4 py-2.5 lg:grid-cols-[minmax(0,1fr)_8rem_15rem_7rem]">
        <div className="min-w-0">
          <FoldLink id={id} isOpen={isOpen}>
            <span className="min-w-0 break-words">{cronInWords(cron) ?? cron}</span>
          </FoldLink>
          <p className="pl-[18px] text-sm text-muted">
            <FunctionLink id={schedule.function} /> <span className="break-words">· {tz}</span>
            {!declared && <span className="break-words"> · {id}, by hand</span>}
          </p>
        </div>
        <div className="pl-[18px] text-sm max-lg:col-span-2 lg:pl-0 lg:text-right">
          {next[0] === undefined ? (
            <span className="text-muted">no next</span>
          ) : (
            <>
              <span className="text-muted lg:hidden">next </span>
              <Due at={next[0]} />
            </>
          )}
        </div>
        <div className="pl-[18px] text-sm text-muted max-lg:col-span-2 lg:pl-0">
          {last_tick_at === null ? (
            "has not come yet"
          ) : (
            <>
              last <Ago at={last_tick_at} /> ago{" "}
              {last_run !== null && (isResultShown ? <LastRun id={last_run} /> : <RunLink id={last_run} />)}
            </>
          )}
        </div>
        <div className="col-start-2 row-start-1 text-right lg:col-start-auto lg:row-start-auto">
          <TonePill tone={tone}>{label}</TonePill>
        </div>
      </div>
      {isOpen && <ScheduleDetail schedule={schedule} />}
    </li>
  );
}
