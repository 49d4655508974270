import { useNavigate } from "@tanstack/react-router";
import { History, Pause, Pencil, Play, Trash2, Zap } from "lucide-react";
import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { BackfillDialog } from "./backfill-dialog.tsx";
import { ScheduleForm } from "./schedule-form.tsx";
import type { Schedule } from "./schedule-words.ts";

type Open = "pause" | "resume" | "change" | "backfill" | "delete";

/** What can be done with a schedule. One that code declares is changed in code. */
export function ScheduleActions({ schedule }: { readonly schedule: Schedule }) {
  const params = { ...useWorkspaceParams(), id: schedule.id };
  const navigate = useNavigate();
  const targets = useTargets();
  const readAgain = useReadAgain("listSchedules");
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const isPaused = schedule.paused_at !== null;
  return (
    <div className="flex flex-wrap items-start gap-2">
      <ChangeButton
        operation="runSchedule"
        input={{ params, body: {} }}
        does="Start a run"
        done={({ run }) => void navigate(targets.run(run))}
      >
        <Zap aria-hidden size={14} />
        Run now
      </ChangeButton>
      <Button onClick={() => setOpen(isPaused ? "resume" : "pause")}>
        {isPaused ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
        {isPaused ? "Resume" : "Pause"}
      </Button>
      <Button onClick={() => setOpen("backfill")}>
        <History aria-hidden size={14} />
        Backfill
      </Button>
      {!schedule.declared && (
        <>
          <Button onClick={() => setOpen("change")}>
            <Pencil aria-hidden size={14} />
            Change
          </Button>
          <Button look="danger" onClick={() => setOpen("delete")}>
            <Trash2 aria-hidden size={14} />
            Delete
          </Button>
        </>
      )}
      {open === "pause" && (
        <ChangeDialog
          operation="pauseSchedule"
          onClose={close}
          title={`Pause ${schedule.id}`}
          description="It starts nothing until somebody resumes it, also over syncs. Its runs go on."
          does="Pause it"
          hasReason
          input={(reason) => ({ params, body: { reason } })}
          done={readAgain}
        />
      )}
      {open === "resume" && (
        <ChangeDialog
          operation="resumeSchedule"
          onClose={close}
          title={`Resume ${schedule.id}`}
          description="It owes nothing for the time it stood still; a backfill starts what was left out."
          does="Resume it"
          hasReason
          input={(reason) => ({ params, body: { reason } })}
          done={readAgain}
        />
      )}
      {open === "delete" && (
        <ChangeDialog
          operation="deleteSchedule"
          onClose={close}
          title={`Delete ${schedule.id}`}
          description="It starts nothing any more. Its runs go on."
          does="Delete it"
          look="danger"
          input={() => ({ params })}
          done={readAgain}
        />
      )}
      {open === "change" && <ScheduleForm schedule={schedule} onClose={close} done={readAgain} />}
      {open === "backfill" && <BackfillDialog schedule={schedule} onClose={close} />}
    </div>
  );
}
