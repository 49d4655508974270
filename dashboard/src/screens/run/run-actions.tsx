import { useNavigate, useSearch } from "@tanstack/react-router";
import { Pause, Play, RotateCcw } from "lucide-react";
import { lazy, Suspense } from "react";
import { useChange } from "../../api/change.ts";
import { useKeys } from "../../here/keys.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { Run } from "../../live/patches.ts";
import { Button } from "../../parts/button.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { useCopy } from "../../parts/use-copy.ts";
import type { Act } from "./act-dialog.tsx";
import { hasEnded } from "./use-live-run.ts";

const ActDialog = lazy(() => import("./act-dialog.tsx").then(({ ActDialog }) => ({ default: ActDialog })));

/** They ask which step, so they wait until all are there. */
const OF_STEPS: ReadonlySet<Act> = new Set(["rerun", "repair", "copy"]);

/** What can be done with it now; what needs a word more opens a dialog that stands in the address. */
export function RunActions({ run, isWhole }: { readonly run: Run; readonly isWhole: boolean }) {
  const params = { ...useWorkspaceParams(), id: run.id };
  const { act } = useSearch({ from: "/$app/$env/runs/$id" });
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const open = (next: Act | undefined) =>
    void navigate({ search: (now) => ({ ...now, act: next }), replace: true, resetScroll: false });
  const goTo = (id: string) =>
    void navigate({ to: "/$app/$env/runs/$id", params: { ...params, id }, search: {} });

  const rerun = useChange("rerunRun", ({ run: made }) => made !== null && goTo(made));
  const pause = useChange("pauseRun");
  const resume = useChange("resumeRun");
  const begin = useChange("beginRun");
  const isOver = hasEnded(run);
  const again = { params, query: {}, body: {} };
  const id = useCopy(run.id);
  const address = useCopy(location.href);
  useKeys({
    r: () => rerun.go(again),
    "Shift+R": () => open("rerun"),
    s: () => open("rerun"),
    c: () => !isOver && open("cancel"),
    y: id.copy,
    "Shift+Y": address.copy,
  });
  const errors = [rerun, pause, resume, begin].flatMap(({ error }) => error ?? []);
  return (
    <div className="flex max-w-full flex-col items-stretch gap-2 sm:items-end">
      <div className="flex flex-wrap gap-2">
        {run.status === "paused" ? (
          <ConfirmButton change={resume} input={{ params, body: {} }} does="Resume the run" look="main">
            <Play aria-hidden size={14} />
            Resume
          </ConfirmButton>
        ) : (
          !isOver &&
          run.live?.pausing !== true && (
            <ConfirmButton change={pause} input={{ params, body: {} }} does="Pause the run">
              <Pause aria-hidden size={14} />
              Pause
            </ConfirmButton>
          )
        )}
        {run.live?.begin && (
          <ConfirmButton change={begin} input={{ params, body: {} }} does="Begin the run now">
            Begin now
          </ConfirmButton>
        )}
        <ConfirmButton
          change={rerun}
          input={again}
          does="Run it again"
          title="Run it again from the start (r)"
        >
          <RotateCcw aria-hidden size={14} />
          Rerun
        </ConfirmButton>
        <Button onClick={() => open("rerun")} title="With other data, from a step, by other code (Shift+R)">
          Rerun with …
        </Button>
        {!isOver && <Button onClick={() => open("move")}>Move …</Button>}
        <Button onClick={() => open("copy")}>Copy as …</Button>
        {!isOver && (
          <Button look="danger" onClick={() => open("cancel")} title="Cancel it (c)">
            Cancel …
          </Button>
        )}
      </div>
      {errors.map((error) => (
        <ProblemPanel key={error.message} error={error} />
      ))}
      {act !== undefined && (isWhole || !OF_STEPS.has(act)) && (
        <Suspense fallback={null}>
          <ActDialog act={act} run={run} close={() => open(undefined)} goTo={goTo} />
        </Suspense>
      )}
    </div>
  );
}
