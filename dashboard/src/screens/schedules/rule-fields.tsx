import { FIELD_LOOK, Field, INPUT_LOOK } from "../../parts/field.tsx";
import { type DraftFieldProps, isJson } from "./schedule-draft.ts";
import { CATCH_UP, OVERLAP } from "./schedule-words.ts";

/** What most schedules leave as it is. */
export function RuleFields({ draft, set }: DraftFieldProps) {
  return (
    <details className="rounded-md border border-line">
      <summary className="min-h-8 cursor-pointer px-3 py-1.5 text-sm font-medium">Rules</summary>
      <div className="space-y-3 px-3 pt-1 pb-3">
        <Select
          label="A tick while an earlier run is under way"
          value={draft.overlap}
          words={OVERLAP}
          onChange={(overlap) => set({ overlap })}
        />
        <Select
          label="Of ticks missed in an outage, started"
          value={draft.catchUp}
          words={CATCH_UP}
          onChange={(catchUp) => set({ catchUp })}
        />
        <Field label="Begins up to so many seconds later" hint="The same for the same tick; 3,600 at most.">
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              className={INPUT_LOOK}
              value={draft.jitterS}
              onChange={(event) => set({ jitterS: event.target.value.trim() })}
            />
          )}
        </Field>
        <Field label="Only if" hint="CEL over the event of the tick. Empty: always.">
          {(control) => (
            <input
              {...control}
              className={`${INPUT_LOOK} font-mono`}
              value={draft.condition}
              onChange={(event) => set({ condition: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Data of its runs"
          hint="JSON. Empty: the schedule and its tick."
          {...(draft.data.trim() === "" || isJson(draft.data) ? {} : { error: "This is no JSON." })}
        >
          {(control) => (
            <textarea
              {...control}
              rows={3}
              className={`${FIELD_LOOK} py-1.5 font-mono`}
              value={draft.data}
              onChange={(event) => set({ data: event.target.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

function Select<Value extends string>({
  label,
  value,
  words,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly words: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          className={INPUT_LOOK}
          value={value}
          onChange={(event) => onChange(event.target.value as Value)}
        >
          {Object.entries<string>(words).map(([each, said]) => (
            <option key={each} value={each}>
              {said}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
