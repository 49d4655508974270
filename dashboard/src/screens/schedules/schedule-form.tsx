import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { readersZone } from "../../words/zoned-time.ts";
import { CronField, ZoneField } from "./clock-fields.tsx";
import { RuleFields } from "./rule-fields.tsx";
import { bodyOf, type Draft, type DraftFieldProps, draftOf, flawsOf } from "./schedule-draft.ts";
import type { Schedule } from "./schedule-words.ts";

interface ScheduleFormProps {
  /** Null: a new one. */
  readonly schedule: Schedule | null;
  readonly onClose: () => void;
  readonly done: (schedule: Schedule) => void;
}

/** A schedule made by hand: a new one, or one that is changed. */
export function ScheduleForm({ schedule, onClose, done }: ScheduleFormProps) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listSchedules");
  const [draft, setDraft] = useState<Draft>(() => draftOf(schedule, readersZone()));
  const set = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const body = flawsOf(draft).length === 0 ? bodyOf(draft) : null;
  const shared = {
    onClose,
    done: (made: Schedule) => {
      readAgain();
      done(made);
    },
  };
  const fields = (
    <>
      <CronField draft={draft} set={set} />
      <ZoneField draft={draft} set={set} />
      <RuleFields draft={draft} set={set} />
    </>
  );
  if (schedule !== null) {
    const { id: _, function: __, ...change } = body ?? { id: "", function: "" };
    return (
      <ChangeDialog
        operation="changeSchedule"
        {...shared}
        title={`Change ${schedule.id}`}
        description="With another line or zone it owes nothing for the time before."
        does="Change it"
        input={() => (body === null ? null : { params: { ...params, id: schedule.id }, body: change })}
      >
        {fields}
      </ChangeDialog>
    );
  }
  return (
    <ChangeDialog
      operation="createSchedule"
      {...shared}
      title="New schedule"
      description="It stops when its function is gone, and owes nothing for the time before."
      does="Create it"
      input={() => (body === null ? null : { params, body })}
    >
      <NameField draft={draft} set={set} />
      <FunctionField draft={draft} set={set} />
      {fields}
    </ChangeDialog>
  );
}

function NameField({ draft, set }: DraftFieldProps) {
  return (
    <Field label="Name" hint="Letters, digits and _ . -">
      {(control) => (
        <input
          {...control}
          className={INPUT_LOOK}
          placeholder="report-acme"
          value={draft.id}
          onChange={(event) => set({ id: event.target.value.trim() })}
        />
      )}
    </Field>
  );
}

function FunctionField({ draft, set }: DraftFieldProps) {
  const params = useWorkspaceParams();
  const functions = useAnswer("listFunctions", { params });
  return (
    <Field label="Function">
      {(control) => (
        <select
          {...control}
          className={INPUT_LOOK}
          value={draft.functionId}
          onChange={(event) => set({ functionId: event.target.value })}
        >
          <option value="">Choose one</option>
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
  );
}
