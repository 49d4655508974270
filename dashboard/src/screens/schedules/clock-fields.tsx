import { useMemo } from "react";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { useMinuteMs } from "../../parts/use-span.ts";
import { cronInWords } from "../../words/cron.ts";
import { listed } from "../../words/number.ts";
import { zonedTime } from "../../words/zoned-time.ts";
import type { DraftFieldProps } from "./schedule-draft.ts";
import { cronFlaw, isZone, ticksBetween } from "./schedule-words.ts";

const YEAR_MS = 366 * 86_400_000;

/** The line, what it says, and when it would come: by the engine's own arithmetic. */
export function CronField({ draft, set }: DraftFieldProps) {
  const nowMs = useMinuteMs();
  const flaw = draft.cron === "" ? null : cronFlaw(draft.cron);
  const next = useMemo(
    () => ticksBetween(draft.cron, draft.zone, nowMs, nowMs + YEAR_MS, 2) ?? [],
    [draft.cron, draft.zone, nowMs],
  );
  const words = cronInWords(draft.cron);
  const comes =
    next.length === 0 ? "" : ` Next: ${listed(next.map((ms) => zonedTime(ms, draft.zone, nowMs)))}.`;
  return (
    <Field
      label="When"
      hint={
        words === null
          ? "Five fields, or six with seconds first: minute, hour, day, month, day of the week."
          : `${words}.${comes}`
      }
      {...(flaw === null ? {} : { error: flaw })}
    >
      {(control) => (
        <input
          {...control}
          className={`${INPUT_LOOK} font-mono`}
          placeholder="0 9 * * mon-fri"
          value={draft.cron}
          onChange={(event) => set({ cron: event.target.value })}
        />
      )}
    </Field>
  );
}

export function ZoneField({ draft, set }: DraftFieldProps) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  return (
    <Field
      label="Time zone"
      {...(isZone(draft.zone) ? {} : { error: "There is no such time zone; write Europe/Zurich, or UTC." })}
    >
      {(control) => (
        <>
          <input
            {...control}
            list="time-zones"
            className={INPUT_LOOK}
            value={draft.zone}
            onChange={(event) => set({ zone: event.target.value.trim() })}
          />
          <datalist id="time-zones">
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
