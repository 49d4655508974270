import { INPUT_SCHEMA_BYTES_MAX, type InputOp, SLEEP_MS_MAX, writeJson } from "@durable/protocol/wire";
import { schemaShapeProblem } from "../registry/json-schemas.ts";
import { journalEntry } from "./journal-entry.ts";
import type { OutcomeDraft } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** A person settles it. One that names no timeout gets the longest there is: nothing waits for ever. */
export function decideInput(situation: Situation, op: InputOp, draft: OutcomeDraft): void {
  const { kind, title, prompt, assignee, remind_after_ms, escalate_after_ms, escalate_to } = op;
  const schema = op.schema === undefined || kind === "approval" ? undefined : writeJson(op.schema);
  const flaw = schema === undefined ? null : flawOf(schema);
  if (flaw !== null) {
    const message = `Step "${op.name}" asks for an input whose schema cannot be used: ${flaw}. Correct it, or give the step another one as jsonSchema.`;
    const failure = JSON.stringify({ name: "SchemaError", message, retry: false });
    draft.steps.push(journalEntry(op, { status: "err", failure }));
    return;
  }
  draft.steps.push(journalEntry(op, { status: "pending", dueMs: op.timeout_ms ?? SLEEP_MS_MAX }));
  // Who escalates to nobody stays with whom it was.
  const escalation = escalate_to === undefined ? {} : { escalate_after_ms, escalate_to };
  draft.effects.push({
    kind: "input",
    stepId: op.id,
    data: JSON.stringify({
      id: situation.newEventId(),
      kind,
      title,
      prompt,
      assignee,
      schema,
      remind_after_ms,
      ...escalation,
    }),
  });
}

/** Said at once: a schema that cannot be read would let every answer through, and nobody would know. */
function flawOf(schema: string): string | null {
  return Buffer.byteLength(schema) > INPUT_SCHEMA_BYTES_MAX
    ? `it is longer than ${INPUT_SCHEMA_BYTES_MAX / 1024} KiB of JSON`
    : schemaShapeProblem(schema);
}
