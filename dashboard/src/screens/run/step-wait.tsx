import { useTargets } from "../../here/targets.ts";
import type { Run } from "../../live/patches.ts";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";

type Step = Run["steps"][number];

const LINK = "text-accent hover:underline";

/** What it waits for, or what a person is asked; of one that is over, what ended it. */
export function StepWait({ step }: { readonly step: Step }) {
  const targets = useTargets();
  const { wait, input, event_id } = step;
  if (wait === null && input === null && event_id === null) return null;
  return (
    <div className="space-y-1.5 text-sm">
      {wait?.events.map(({ key, event, match, if: condition, event_id: came, since }) => (
        <p key={key} className="break-words">
          {came === null ? "Waits for " : "Has got "}
          <code>{event}</code>
          {key !== "" && <span className="text-muted"> as {key}</span>}
          {isFilled(match) && (
            <>
              {" "}
              that matches <code>{JSON.stringify(match)}</code>
            </>
          )}
          {condition !== null && (
            <>
              {" "}
              if <code>{condition}</code>
            </>
          )}
          <span className="text-muted">
            , from <Ago at={since} /> ago on
          </span>
        </p>
      ))}
      {event_id !== null && (
        <p>
          Ended by event{" "}
          <TargetLink target={targets.event(event_id)} className={LINK}>
            {event_id}
          </TargetLink>
        </p>
      )}
      {input !== null && (
        <p className="break-words">
          {input.status === "open" ? "Asks " : "Asked "}
          {input.assignee ?? "anybody"}
          {input.title !== null && <>: {input.title}</>}
          {input.answered_by !== null && `; answered by ${input.answered_by}`}
          {input.status === "open" && (
            <>
              {". "}
              <TargetLink target={targets.inbox} className={LINK}>
                To the inbox
              </TargetLink>
            </>
          )}
        </p>
      )}
    </div>
  );
}

function isFilled(match: unknown): boolean {
  return typeof match === "object" && match !== null && Object.keys(match).length > 0;
}
