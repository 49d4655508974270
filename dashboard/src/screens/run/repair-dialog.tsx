import type { InputOf } from "@durable/engine/api";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import type { ActProps } from "./act-dialog.tsx";
import { JsonField, readJson } from "./json-field.tsx";
import { REPAIR, type RepairAction, repairsOf } from "./repair.ts";

/** Of the step that is selected. */
export function RepairDialog(props: ActProps) {
  const { run, close } = props;
  const { span } = useSearch({ from: "/$app/$env/runs/$id" });
  const step = run.steps.find(({ id }) => id === span?.split(".")[0]);
  const actions = step === undefined ? [] : repairsOf(run, step);
  if (step === undefined || actions.length === 0)
    return (
      <Dialog isOpen onClose={close} title="Nothing to mend" footer={<Button onClick={close}>Close</Button>}>
        <p className="text-sm">
          Open steps of a run that is paused can be mended, and sleeps and waits of one that waits. Select one
          in the trace.
        </p>
      </Dialog>
    );
  return <RepairForm {...props} step={step} actions={actions} />;
}

interface RepairFormProps extends ActProps {
  readonly step: ActProps["run"]["steps"][number];
  readonly actions: readonly RepairAction[];
}

function RepairForm({ run, close, step, actions }: RepairFormProps) {
  const [action, setAction] = useState(actions[0]!);
  const [text, setText] = useState("");
  const [at, setAt] = useState("");
  const [stay, setStay] = useState(false);
  const { does, needs } = REPAIR[action];
  const value =
    needs === "value" || (needs === "maybe a value" && text.trim() !== "") ? readJson(text) : null;
  const isReady = value === null || value.error === null;
  const until = at === "" ? new Date() : new Date(at);
  return (
    <ChangeDialog
      operation="repairRun"
      onClose={close}
      title={`Mend step ${step.name}`}
      description="What is recorded never changes, and only the end of a sleep can be taken back."
      does={does}
      hasReason
      input={(reason) =>
        !isReady
          ? null
          : {
              params: { app: run.app, env: run.environment, id: run.id },
              query: {},
              body: {
                ...{ step: step.id, action, stay },
                ...(value === null ? {} : { value: value.value }),
                ...(needs === "time" ? { at: until.toISOString() } : {}),
                ...(reason === undefined ? {} : { reason }),
              } as InputOf<"repairRun">["body"],
            }
      }
    >
      {actions.length > 1 && (
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="mb-1 text-sm font-medium">How</legend>
          {actions.map((each) => (
            <Button
              key={each}
              aria-pressed={each === action}
              look={each === action ? "main" : "plain"}
              onClick={() => setAction(each)}
            >
              {REPAIR[each].label}
            </Button>
          ))}
        </fieldset>
      )}
      {(needs === "value" || needs === "maybe a value") && (
        <JsonField
          label={needs === "value" ? "Result" : "Data of the event that ends it"}
          hint={needs === "value" ? undefined : "Empty: as if its time were over."}
          text={text}
          setText={setText}
        />
      )}
      {needs === "time" && (
        <Field label="Until" hint="Empty: now.">
          {(control) => (
            <input
              {...control}
              type="datetime-local"
              className={INPUT_LOOK}
              value={at}
              onChange={({ target }) => setAt(target.value)}
            />
          )}
        </Field>
      )}
      {run.status === "paused" && (
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4"
            checked={stay}
            onChange={({ target }) => setStay(target.checked)}
          />
          The run stays paused
        </label>
      )}
    </ChangeDialog>
  );
}
