import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Bulk } from "../../words/bulk.ts";
import { countOf } from "../../words/number.ts";

type Act = "continue" | "pause" | "abort";

/** What can be done with it where it stands. */
const ACTS: Readonly<Record<Bulk["status"], readonly Act[]>> = {
  canary: ["pause", "abort"],
  held: ["continue", "abort"],
  running: ["pause", "abort"],
  paused: ["continue", "abort"],
  completed: [],
  aborted: [],
};

export function BulkSteering({ bulk }: { readonly bulk: Bulk }) {
  const workspace = useWorkspaceParams();
  const readAgain = useReadAgain("getBulk", "listBulks");
  const [isAborting, abort] = useState(false);
  const params = { ...workspace, id: bulk.id };
  const left = countOf(bulk.items - bulk.done - bulk.refused, "run");
  return ACTS[bulk.status].map((act) => {
    if (act === "abort")
      return (
        <span key={act}>
          <Button look="danger" onClick={() => abort(true)}>
            Abort
          </Button>
          {isAborting && (
            <ChangeDialog
              operation="steerBulk"
              onClose={() => abort(false)}
              title="Abort this bulk"
              description={`The ${left} that are left are not acted on. What was done stays done.`}
              does="Abort the bulk"
              look="danger"
              hasReason
              input={(reason) => ({ params, body: { act, ...(reason === undefined ? {} : { reason }) } })}
              done={readAgain}
            />
          )}
        </span>
      );
    const isContinue = act === "continue";
    return (
      <ChangeButton
        key={act}
        operation="steerBulk"
        input={{ params, body: { act } }}
        does={isContinue ? `Continue with ${left}` : "Pause the bulk"}
        look={isContinue ? "main" : "plain"}
        done={readAgain}
      >
        {isContinue ? `Continue with ${left}` : "Pause"}
      </ChangeButton>
    );
  });
}
