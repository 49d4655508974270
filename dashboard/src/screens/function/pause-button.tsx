import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";

/** Lets the function stand still, or go on. */
export function PauseButton({ fn }: { readonly fn: string }) {
  const params = useWorkspaceParams();
  const [isOpen, open] = useState(false);
  const pauses = useAnswer("listPauses", { params });
  const readAgain = useReadAgain("listPauses", "listRuns");
  const pause = pauses.data?.pauses.find((each) => each.kind === "function" && each.function === fn);
  if (pauses.data === undefined) return null;
  if (pause !== undefined)
    return (
      <ChangeButton
        operation="resumePause"
        input={{ params: { ...params, id: pause.id }, body: {} }}
        does={`Resume ${fn}`}
        look="main"
        done={readAgain}
      >
        Resume
      </ChangeButton>
    );
  return (
    <>
      <Button onClick={() => open(true)}>Pause</Button>
      {isOpen && (
        <ChangeDialog
          operation="pauseTarget"
          onClose={() => open(false)}
          title={`Pause ${fn}`}
          description="Calls that are under way end; nothing else of it is called until somebody resumes it. Timers, waits and events go on, and what they cause is held."
          does={`Pause ${fn}`}
          hasReason
          input={(reason) => ({
            params,
            body: { function: fn, ...(reason === undefined ? {} : { reason }) },
          })}
          done={readAgain}
        />
      )}
    </>
  );
}
