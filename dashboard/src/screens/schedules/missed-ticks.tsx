import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Ago } from "../../parts/when.tsx";
import type { Schedule } from "./schedule-words.ts";

const LOOKED_AT = 50;
const SHOWN = 5;

/** Ticks of this schedule that started nothing, newest first: missed, beside another run, or for its condition. */
export function MissedTicks({ schedule }: { readonly schedule: Schedule }) {
  const params = useWorkspaceParams();
  const query = { function: schedule.function, limit: LOOKED_AT };
  const skips = useAnswer("listSkips", { params, query });
  useTopics(["skips"]);
  return (
    <div className="min-w-0">
      <h2 className="mb-1 text-xs font-medium text-muted">Ticks that started nothing</h2>
      <Answered query={skips} rows={2}>
        {({ skips }) => {
          const own = skips.filter(
            ({ event, facts }) => event.name === "durable.tick" && isOf(schedule.id, event.id, facts),
          );
          if (own.length === 0)
            return (
              <p className="text-sm text-muted">None among the last {LOOKED_AT} skips of this function.</p>
            );
          return (
            <ul className="space-y-1 text-sm">
              {own.slice(0, SHOWN).map(({ id, detail, at }) => (
                <li key={id} className="flex gap-3">
                  <span className="min-w-0 flex-1 break-words">{detail}</span>
                  <span className="shrink-0 text-muted">
                    <Ago at={at} /> ago
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </div>
  );
}

/** The event of a tick is called after its schedule, and what was missed names it. */
function isOf(scheduleId: string, eventId: string, facts: unknown): boolean {
  const named = (facts as { readonly schedule?: unknown } | null)?.schedule;
  return named === scheduleId || eventId.includes(`/${scheduleId}/`);
}
