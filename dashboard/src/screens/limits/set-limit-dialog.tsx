import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { type Limit, ruleOf } from "./limit-words.ts";

/** To another number than the app declares, or back to that. */
export function SetLimitDialog({ limit, onClose }: { readonly limit: Limit; readonly onClose: () => void }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listLimits");
  const [text, setText] = useState(String(limit.count));
  const [isBack, goBack] = useState(false);
  const isNumber = /^\d{1,9}$/.test(text);
  const count = isBack ? null : Number(text);
  return (
    <ChangeDialog
      operation="setLimit"
      onClose={onClose}
      title={`Set the ${limit.name}`}
      description={`It holds at once and over syncs. Lowering takes nothing away from who is in. The app declares ${ruleOf({ ...limit, count: limit.declared }).toLowerCase()}.`}
      does={count === null ? `Set it back to ${limit.declared}` : `Set it to ${isNumber ? count : "…"}`}
      hasReason
      input={(reason) =>
        count === null || isNumber ? { params: { ...params, id: limit.id }, body: { count, reason } } : null
      }
      done={readAgain}
    >
      <Field
        label={limit.kind === "throttle" ? "Starts per period" : "At a time"}
        hint={count === 0 ? "0 lets nobody in: what comes waits until it is changed." : "0 lets nobody in."}
        {...(isBack || isNumber ? {} : { error: "A whole number from 0." })}
      >
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            className={INPUT_LOOK}
            disabled={isBack}
            value={isBack ? String(limit.declared) : text}
            onChange={(event) => setText(event.target.value.trim())}
          />
        )}
      </Field>
      {limit.set_to !== null && (
        <Button aria-pressed={isBack} look={isBack ? "main" : "plain"} onClick={() => goBack(!isBack)}>
          Back to what the app declares ({limit.declared})
        </Button>
      )}
    </ChangeDialog>
  );
}
