import { RUN_STATUS, type RunStatus } from "../words/run-status.ts";
import { TONE } from "../words/tone.ts";
import { joinClasses } from "./join-classes.ts";

export function StatusPill({ status }: { readonly status: RunStatus }) {
  const { label, icon: Icon, tone } = RUN_STATUS[status];
  return (
    <span
      className={joinClasses(
        "inline-flex items-center gap-1 rounded-full px-2 text-xs font-medium leading-5",
        TONE[tone],
      )}
    >
      <Icon aria-hidden size={12} strokeWidth={2.5} />
      {label}
    </span>
  );
}
