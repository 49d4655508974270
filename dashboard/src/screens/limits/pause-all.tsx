import { Pause } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";

/** The whole workspace, or one function. */
export function PauseAll() {
  const [isOpen, open] = useState(false);
  return (
    <>
      <Button onClick={() => open(true)}>
        <Pause aria-hidden size={14} />
        Pause …
      </Button>
      {isOpen && <PauseDialog onClose={() => open(false)} />}
    </>
  );
}

function PauseDialog({ onClose }: { readonly onClose: () => void }) {
  const params = useWorkspaceParams();
  const functions = useAnswer("listFunctions", { params });
  const readAgain = useReadAgain("listPauses");
  const [chosen, choose] = useState("");
  const what = chosen === "" ? `all of ${params.app}` : chosen;
  return (
    <ChangeDialog
      operation="pauseTarget"
      onClose={onClose}
      title="Pause"
      description="Calls that are under way end; nothing else is called until it is resumed. Events, timers and waits go on, and what they cause is held."
      does={`Pause ${what}`}
      look="danger"
      hasReason
      input={(reason) => ({
        params,
        body: { ...(chosen === "" ? {} : { function: chosen }), reason },
      })}
      done={readAgain}
    >
      <Field label="What" hint="A single key is paused at its limit; a single run on its own page.">
        {(control) => (
          <select
            {...control}
            className={INPUT_LOOK}
            value={chosen}
            onChange={(event) => choose(event.target.value)}
          >
            <option value="">The whole workspace</option>
            {functions.data?.functions
              .filter(({ removed_at }) => removed_at === null)
              .map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
          </select>
        )}
      </Field>
    </ChangeDialog>
  );
}
