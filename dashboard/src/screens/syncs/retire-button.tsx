import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { countOf } from "../../words/number.ts";
import type { Deployment } from "./deployment-words.ts";

/** Nothing is sent to it any more. The newest one cannot be retired: new runs start there. */
export function RetireButton({ deployment }: { readonly deployment: Deployment }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listDeployments");
  const [isOpen, open] = useState(false);
  const { name, is_newest, retired_at, kept_runs } = deployment;
  if (is_newest || retired_at !== null) return null;
  return (
    <>
      <Button look="danger" className="min-h-7" onClick={() => open(true)}>
        Retire
      </Button>
      {isOpen && (
        <ChangeDialog
          operation="retireDeployment"
          onClose={() => open(false)}
          title={`Retire ${name}`}
          description={`Nothing is sent to it any more; a call under way is recorded as it is. ${countOf(kept_runs, "run")} are kept on it: those of "drain" functions go on at the newest, "pinned" ones wait until they are moved. A sync of the deployment brings it back.`}
          does="Retire it"
          look="danger"
          input={() => ({ params: { ...params, id: name }, body: {} })}
          done={readAgain}
        />
      )}
    </>
  );
}
