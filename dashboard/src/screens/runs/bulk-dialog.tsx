import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange } from "../../api/change.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { BULK_ACTION, type Bulk } from "../../words/bulk.ts";
import { countOf, grouped } from "../../words/number.ts";
import { type BulkScope, countOfScope, filterOfScope, TYPED_FROM } from "./bulk-scope.ts";

/** Of a bulk that is no larger, all are the first ones. */
const CANARY = 10;

interface BulkDialogProps {
  readonly action: Bulk["action"];
  readonly scope: BulkScope;
  readonly close: () => void;
}

/** Before many runs are acted on: how many, what happens to them, how many first, and why. */
export function BulkDialog({ action, scope, close }: BulkDialogProps) {
  const params = useWorkspaceParams();
  const navigate = useNavigate();
  const [counted, setCounted] = useState<number | null>(null);
  const [canary, setCanary] = useState(String(CANARY));
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const preview = useChange("createBulk", ({ count }) => setCounted(count));
  const make = useChange("createBulk", ({ id }) => {
    if (id !== null) void navigate({ to: "/$app/$env/bulk/$id", params: { ...params, id } });
  });

  const { order, means, isDanger } = BULK_ACTION[action];
  const count = countOfScope(scope) ?? counted;
  const runs = count === null ? "the runs that fit" : countOf(count, "run");
  const filter = filterOfScope(scope);
  const isTyped = count === null || count < TYPED_FROM || typed.replaceAll(/[\s,]/g, "") === String(count);
  const first = /^\d{1,4}$/.test(canary) && Number(canary) <= 1_000 ? Number(canary) : null;
  const asksCanary = count !== null && count > CANARY;
  const body = {
    action,
    filter,
    canary: asksCanary ? (first ?? CANARY) : 0,
    ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
  };

  return (
    <Dialog
      isOpen
      onClose={close}
      title={order(runs)}
      description={means}
      footer={
        <>
          <Button onClick={close}>Not now</Button>
          {count === null ? (
            <ConfirmButton
              change={preview}
              input={{ params, query: { preview: "true" }, body: { action, filter } }}
              does="Count them"
            >
              Count them first
            </ConfirmButton>
          ) : (
            <ConfirmButton
              change={make}
              input={{ params, query: {}, body }}
              does={order(runs)}
              look={isDanger ? "danger" : "main"}
              disabled={count === 0 || !isTyped || (asksCanary && first === null)}
            >
              {order(runs)}
            </ConfirmButton>
          )}
        </>
      }
    >
      <div className="grid gap-4">
        {scope.kind === "all" && (
          <p className="rounded-md bg-sunken px-3 py-2 text-sm break-words">
            {scope.text === "" ? "Every run of this workspace" : <code>{scope.text}</code>}
            {count === null && (
              <span className="mt-1 block text-muted">
                More than can be counted at a glance. The engine counts them exactly, and does nothing yet.
              </span>
            )}
          </p>
        )}
        {count === 0 && <p className="text-sm">No run fits any more.</p>}
        {asksCanary && (
          <Field
            label="How many first"
            hint="Then it waits until somebody has looked at them and continues it. 0: none waits."
            {...(first === null ? { error: "A number from 0 to 1,000" } : {})}
          >
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                value={canary}
                onChange={({ target }) => setCanary(target.value)}
                className={INPUT_LOOK}
              />
            )}
          </Field>
        )}
        <Field label="Why" hint="Kept in the audit log, for whoever asks later. It may stay empty.">
          {(control) => (
            <input
              {...control}
              maxLength={1_000}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
              className={INPUT_LOOK}
            />
          )}
        </Field>
        {count !== null && count >= TYPED_FROM && (
          <Field label={`Type ${grouped(count)} to go on`}>
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
                className={INPUT_LOOK}
              />
            )}
          </Field>
        )}
        {(make.error ?? preview.error) && <ProblemPanel error={(make.error ?? preview.error)!} />}
      </div>
    </Dialog>
  );
}
