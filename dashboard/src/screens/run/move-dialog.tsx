import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import type { ActProps } from "./act-dialog.tsx";

export function MoveDialog({ run, close }: ActProps) {
  const workspace = { app: run.app, env: run.environment };
  const deployments = useAnswer("listDeployments", { params: workspace });
  const [to, setTo] = useState("latest");
  return (
    <ChangeDialog
      operation="moveRun"
      onClose={close}
      title="Move this run to another deployment"
      description="From its next call on it is called there. All recorded results are kept; a call under way is recorded as it is."
      does="Move 1 run"
      hasReason
      input={(reason) => ({
        params: { ...workspace, id: run.id },
        body: { to, ...(reason === undefined ? {} : { reason }) },
      })}
    >
      <Answered query={deployments} rows={1}>
        {({ deployments: all }) => (
          <Field label="To">
            {(control) => (
              <select
                {...control}
                className={INPUT_LOOK}
                value={to}
                onChange={({ target }) => setTo(target.value)}
              >
                <option value="latest">The newest, whichever it is then</option>
                {all
                  .filter(({ retired_at }) => retired_at === null)
                  .map(({ name, is_newest }) => (
                    <option key={name} value={name}>
                      {name}
                      {is_newest ? " (newest)" : ""}
                    </option>
                  ))}
              </select>
            )}
          </Field>
        )}
      </Answered>
    </ChangeDialog>
  );
}
