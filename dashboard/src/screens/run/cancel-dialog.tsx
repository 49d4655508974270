import { useState } from "react";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { ActProps } from "./act-dialog.tsx";

export function CancelDialog({ run, close }: ActProps) {
  const [isUndone, setUndone] = useState(true);
  const params = { app: run.app, env: run.environment, id: run.id };
  return (
    <ChangeDialog
      operation="cancelRun"
      onClose={close}
      title="Cancel this run"
      description="For good: nothing of it runs any more, and a late answer of the app is refused."
      does="Cancel 1 run"
      look="danger"
      hasReason
      input={(reason) => ({ params, body: { undo: isUndone, ...(reason === undefined ? {} : { reason }) } })}
    >
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 size-4"
          checked={isUndone}
          onChange={({ target }) => setUndone(target.checked)}
        />
        <span>
          Undo completed steps that have a compensation
          <span className="block text-xs text-muted">Without it they are left as they are.</span>
        </span>
      </label>
    </ChangeDialog>
  );
}
