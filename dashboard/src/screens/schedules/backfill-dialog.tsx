import { useMemo, useState } from "react";
import { useChange } from "../../api/change.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { countOf, grouped } from "../../words/number.ts";
import { readersZone, zonedTime } from "../../words/zoned-time.ts";
import { BACKFILL_MAX, type Schedule, ticksBetween } from "./schedule-words.ts";

const DAY_MS = 86_400_000;

/** Starts the ticks of a time that is over; how many there are is counted before anything is sent. */
export function BackfillDialog({
  schedule,
  onClose,
}: {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}) {
  const params = { ...useWorkspaceParams(), id: schedule.id };
  const [openedMs] = useState(Date.now);
  const [from, setFrom] = useState(() => localText(openedMs - DAY_MS));
  const [to, setTo] = useState(() => localText(openedMs));
  const [said, say] = useState<string | null>(null);
  const change = useChange("backfillSchedule", ({ ticks, started }) =>
    say(
      `${grouped(started)} of ${countOf(ticks, "tick")} have started a run now; the others had been accepted before.`,
    ),
  );
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const isSpan = fromMs <= toMs && toMs <= Date.now();
  const ticks = useMemo(
    () => (isSpan ? ticksBetween(schedule.cron, schedule.tz, fromMs, toMs, BACKFILL_MAX) : null),
    [isSpan, schedule.cron, schedule.tz, fromMs, toMs],
  );
  const count = ticks?.length ?? 0;
  const isTooMany = count > BACKFILL_MAX;
  const does = `Start ${countOf(count, "tick")}`;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Backfill ${schedule.id}`}
      description="Ticks of a time that is over and that started nothing, by the line and zone it has now. One that has started a run, or was skipped for its condition or beside another run, does not start one again."
      footer={
        said === null ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <ConfirmButton
              change={change}
              input={{ params, body: { from: isoOf(fromMs), to: isoOf(toMs) } }}
              does={does}
              look="main"
              disabled={count === 0 || isTooMany}
            >
              {does}
            </ConfirmButton>
          </>
        ) : (
          <Button onClick={onClose}>Close</Button>
        )
      }
    >
      <div className="space-y-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="From" hint={`By your clock, ${readersZone()}.`}>
            {(control) => (
              <input
                {...control}
                type="datetime-local"
                className={INPUT_LOOK}
                value={from}
                onChange={(event) => setFrom(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="To, included"
            {...(isSpan ? {} : { error: "Ends before it begins, or is not over yet." })}
          >
            {(control) => (
              <input
                {...control}
                type="datetime-local"
                className={INPUT_LOOK}
                value={to}
                onChange={(event) => setTo(event.target.value)}
              />
            )}
          </Field>
        </div>
        {said === null ? <Preview ticks={ticks} zone={schedule.tz} /> : <p role="status">{said}</p>}
        {change.error && <ProblemPanel error={change.error} />}
      </div>
    </Dialog>
  );
}

function Preview({ ticks, zone }: { readonly ticks: readonly number[] | null; readonly zone: string }) {
  if (ticks === null) return null;
  if (ticks.length === 0) return <p className="text-sm">No tick falls into this time.</p>;
  if (ticks.length > BACKFILL_MAX)
    return (
      <p className="text-sm text-bad">More than {grouped(BACKFILL_MAX)} ticks: choose a shorter time.</p>
    );
  const at = (ms: number) => zonedTime(ms, zone, Date.now());
  return (
    <p className="text-sm">
      <strong>{countOf(ticks.length, "tick")}</strong>
      {ticks.length === 1
        ? `: ${at(ticks[0]!)} in ${zone}.`
        : `, from ${at(ticks[0]!)} to ${at(ticks.at(-1)!)} in ${zone}.`}{" "}
      <span className="text-muted">Those that have started a run already are among them.</span>
    </p>
  );
}

/** As an input of a time takes it: what the reader's clock shows. */
function localText(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function isoOf(ms: number): string {
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString();
}
