import { useNavigate, useParams } from "@tanstack/react-router";
import { RotateCcw, Wrench } from "lucide-react";
import type { Run } from "../../live/patches.ts";
import { Button } from "../../parts/button.tsx";
import { repairsOf } from "./repair.ts";
import { stepsToBeginFrom } from "./rerun-input.ts";
import { hasEnded } from "./use-live-run.ts";

/** What can be done from this step; of child runs on their own pages. */
export function StepActions({ run, step }: { readonly run: Run; readonly step: Run["steps"][number] }) {
  const { id } = useParams({ from: "/$app/$env/runs/$id" });
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const canRerun = run.id === id && hasEnded(run) && stepsToBeginFrom(run).includes(step);
  const canRepair = run.id === id && repairsOf(run, step).length > 0;
  if (!canRerun && !canRepair) return null;
  const open = (act: "rerun" | "repair") =>
    void navigate({ search: (now) => ({ ...now, act }), replace: true, resetScroll: false });
  return (
    <div className="flex flex-wrap gap-2">
      {canRerun && (
        <Button title="Run it again from here (s)" onClick={() => open("rerun")}>
          <RotateCcw aria-hidden size={14} />
          Rerun from here …
        </Button>
      )}
      {canRepair && (
        <Button onClick={() => open("repair")}>
          <Wrench aria-hidden size={14} />
          Mend it …
        </Button>
      )}
    </div>
  );
}
