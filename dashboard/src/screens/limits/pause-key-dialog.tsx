import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { type Gate, keySaid, type Limit } from "./limit-words.ts";

/** Runs of one value of a limit's key stand still. */
export function PauseKeyDialog({
  limit,
  gate,
  onClose,
}: {
  readonly limit: Limit;
  readonly gate: Gate;
  readonly onClose: () => void;
}) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listPauses", "listLimits");
  return (
    <ChangeDialog
      operation="pauseTarget"
      onClose={onClose}
      title={`Pause ${keySaid(gate.key)}`}
      description={`Runs with this key at the ${limit.name} are not called until it is resumed. Calls under way end. Events, timers and waits go on, and what they cause is held.`}
      does={`Pause ${keySaid(gate.key)}`}
      look="danger"
      hasReason
      input={(reason) => ({ params, body: { limit: limit.id, key: gate.key as string, reason } })}
      done={readAgain}
    />
  );
}
