import type { AnswerOf } from "@durable/engine/api";
import { BellOff, Check, CircleAlert, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { BulkDialog } from "../runs/bulk-dialog.tsx";
import { countOfAll } from "../runs/bulk-scope.ts";

type Group = AnswerOf<"getError">;
type Open = "resolveError" | "muteError" | "reopenError" | "retry";

const SAID = {
  resolveError: {
    title: "Resolve",
    description: "It is mended. When it comes back it is open again, and somebody is told.",
    does: "Resolve it",
  },
  muteError: {
    title: "Mute",
    description: "It is of no interest. It is counted, and stays muted when it comes back.",
    does: "Mute it",
  },
  reopenError: {
    title: "Open again",
    description: "It is among the open ones again.",
    does: "Open it again",
  },
} as const;

/** What a person says of a group, and running again what failed with it. */
export function ErrorActions({ group }: { readonly group: Group }) {
  const workspace = useWorkspaceParams();
  const params = { ...workspace, fingerprint: group.fingerprint };
  const readAgain = useReadAgain("getError", "listErrors");
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const failed = `status:failed error:${group.fingerprint}`;
  const counts = useAnswer(
    "countRuns",
    { params: workspace, query: { q: failed, bars: 1 } },
    { when: open === "retry" },
  );
  return (
    <>
      {group.runs_in_trouble > 0 && (
        <Button onClick={() => setOpen("retry")}>
          <RotateCcw aria-hidden size={14} />
          Retry all that failed
        </Button>
      )}
      {group.state !== "resolved" && (
        <Button look="main" onClick={() => setOpen("resolveError")}>
          <Check aria-hidden size={14} />
          Resolve
        </Button>
      )}
      {group.state !== "muted" && (
        <Button onClick={() => setOpen("muteError")}>
          <BellOff aria-hidden size={14} />
          Mute
        </Button>
      )}
      {group.state !== "open" && (
        <Button onClick={() => setOpen("reopenError")}>
          <CircleAlert aria-hidden size={14} />
          Open again
        </Button>
      )}
      {open === "retry" && !counts.isPending && (
        <BulkDialog
          action="retry"
          scope={{ kind: "all", text: failed, count: countOfAll(failed, counts.data) }}
          close={close}
        />
      )}
      {open !== null && open !== "retry" && (
        <ChangeDialog
          operation={open}
          onClose={close}
          {...SAID[open]}
          hasReason
          input={(reason) => ({ params, body: { reason } })}
          done={readAgain}
        />
      )}
    </>
  );
}
