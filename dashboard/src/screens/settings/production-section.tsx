import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspace } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Panel } from "../../parts/panel.tsx";
import { lookOf } from "../../words/environment.ts";

/** Whether people are asked twice here. */
export function ProductionSection() {
  const { app, env, isProduction } = useWorkspace();
  const readAgain = useReadAgain("listApps");
  const [isOpen, open] = useState(false);
  const { label } = lookOf(env, isProduction);
  return (
    <Panel
      title={isProduction ? `${label} is production` : `${label} is not production`}
      description="In production each change by a person or an API key is asked about twice, here and everywhere, and the bar is red. Apps, event keys and syncs are never asked. Environments called prod are marked when they are made."
      actions={
        <Button look={isProduction ? "danger" : "plain"} onClick={() => open(true)}>
          {isProduction ? "Take the mark away" : "Mark as production"}
        </Button>
      }
    >
      {isOpen && (
        <ChangeDialog
          operation="markWorkspace"
          onClose={() => open(false)}
          title={isProduction ? `${app} ${label} is not production` : `${app} ${label} is production`}
          description={
            isProduction
              ? "From now on one click is enough to change something here."
              : "From now on people are asked twice before they change something here."
          }
          does={isProduction ? "Take the mark away" : "Mark it as production"}
          look={isProduction ? "danger" : "main"}
          hasReason
          input={(reason) => ({ params: { app, env }, body: { production: !isProduction, reason } })}
          done={readAgain}
        />
      )}
    </Panel>
  );
}
