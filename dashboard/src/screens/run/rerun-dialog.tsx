import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { jsonText } from "../../parts/json-view-model.ts";
import type { ActProps } from "./act-dialog.tsx";
import { JsonField, readJson } from "./json-field.tsx";
import { rerunInput, stepsToBeginFrom } from "./rerun-input.ts";
import { hasEnded } from "./use-live-run.ts";

/** With other data, from a step, by other code. */
export function RerunDialog({ run, close, goTo }: ActProps) {
  const { span } = useSearch({ from: "/$app/$env/runs/$id" });
  const steps = stepsToBeginFrom(run);
  const selected = steps.find(({ id }) => id === span?.split(".")[0]);
  const canBeginLater = hasEnded(run);
  const [from, setFrom] = useState(canBeginLater && selected !== undefined ? selected.id : "start");
  const [version, setVersion] = useState<"newest" | "same">("newest");
  const original = jsonText(run.event.data);
  const [data, setData] = useState(original);
  const [result, setResult] = useState("");
  const isStep = from !== "start" && from !== "failed";
  const [readData, readResult] = [readJson(data), result.trim() === "" || !isStep ? null : readJson(result)];
  return (
    <ChangeDialog
      operation="rerunRun"
      onClose={close}
      title="Run it again"
      description="A new run that names this one as its origin; this one stays as it is."
      does="Start 1 run"
      hasReason
      done={({ run: made }) => made !== null && goTo(made)}
      input={(reason) =>
        readData.error !== null || (readResult !== null && readResult.error !== null)
          ? null
          : rerunInput(
              run,
              { from, version, data: data === original ? null : readData, result: readResult },
              reason,
            )
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="From"
          hint={canBeginLater ? "What was recorded before is kept." : "From a step: once it has ended."}
        >
          {(control) => (
            <select
              {...control}
              className={INPUT_LOOK}
              value={from}
              onChange={({ target }) => setFrom(target.value)}
            >
              <option value="start">The start</option>
              {canBeginLater && run.status === "failed" && (
                <option value="failed">The step that failed</option>
              )}
              {canBeginLater &&
                steps.map(({ id, name, n, seq }) => (
                  <option key={id} value={id}>
                    {seq}. {name}
                    {n > 0 ? ` (${n + 1})` : ""}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <Field label="Code" hint="What a new run gets, or what ran this one.">
          {(control) => (
            <select
              {...control}
              className={INPUT_LOOK}
              value={version}
              onChange={({ target }) => setVersion(target.value as "newest" | "same")}
            >
              <option value="newest">The newest</option>
              <option value="same">The same, version {run.function_version}</option>
            </select>
          )}
        </Field>
      </div>
      <JsonField label="Data of its event" text={data} setText={setData} />
      {isStep && (
        <JsonField
          label="Result of that step"
          hint="Empty: it runs again. Else it is given this, and does not run."
          text={result}
          setText={setResult}
        />
      )}
    </ChangeDialog>
  );
}
