import type { AnswerOf } from "@durable/engine/api";
import { useState } from "react";
import { useChange } from "../../api/change.ts";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { countOf } from "../../words/number.ts";
import { ERASURE_STATUS, erasureSays } from "./erasure-words.ts";
import { NOBODY, scalarOf } from "./owner.ts";
import { OwnerFields } from "./owner-fields.tsx";

type Erasure = AnswerOf<"listErasures">["erasures"][number];

/** All that is one owner's, for good. Counted first; the word is typed before anything is deleted. */
export function EraseSection() {
  const params = useWorkspaceParams();
  const erasures = useAnswer("listErasures", { params });
  return (
    <>
      <EraseForm />
      <Panel
        title="Erasures"
        description="What was found and erased is kept; whose it was is not."
        actions={<Refresh query={erasures} />}
      >
        <Answered query={erasures} rows={3}>
          {({ erasures }) =>
            erasures.length === 0 ? (
              <p className="text-sm text-muted">Nobody was erased yet.</p>
            ) : (
              <ul className="divide-y divide-line text-sm">
                {erasures.map((erasure) => (
                  <ErasureRow key={erasure.id} erasure={erasure} />
                ))}
              </ul>
            )
          }
        </Answered>
      </Panel>
    </>
  );
}

const TYPED = "erase";

function EraseForm() {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listErasures");
  const [owner, setOwner] = useState(NOBODY);
  const [live, setLive] = useState<"refuse" | "cancel">("refuse");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const preview = useChange("eraseOwner", readAgain);
  const erase = useChange("eraseOwner", readAgain);
  const [path, value] = [owner.path.trim(), owner.value.trim()];
  const isNamed = path !== "" && value !== "";
  const body = {
    path,
    value: scalarOf(value),
    live,
    ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
  };
  return (
    <Panel
      title="Erase an owner"
      description="Events whose data has this value at this path, and the runs that were made of them, with those below them. This cannot be taken back, and backups are not reached."
    >
      <div className="grid max-w-2xl gap-3 sm:grid-cols-2">
        <OwnerFields owner={owner} change={setOwner} />
        <Field label="Runs that have not ended">
          {(control) => (
            <select
              {...control}
              className={INPUT_LOOK}
              value={live}
              onChange={(event) => setLive(event.target.value as "refuse" | "cancel")}
            >
              <option value="refuse">refuse the whole of it</option>
              <option value="cancel">are cancelled, and undo what they have to undo</option>
            </select>
          )}
        </Field>
        <Field label="Reason" hint="Kept in the audit log; do not name the owner there.">
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <Field label={`To erase, type "${TYPED}"`}>
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        <ConfirmButton
          change={preview}
          input={{ params, query: { preview: "true" }, body }}
          does="Count it"
          disabled={!isNamed}
        >
          Count only
        </ConfirmButton>
        <ConfirmButton
          change={erase}
          input={{ params, body }}
          does="Erase it for good"
          look="danger"
          disabled={!isNamed || typed.trim().toLowerCase() !== TYPED}
        >
          Erase for good
        </ConfirmButton>
      </div>
      {(preview.error ?? erase.error) && <ProblemPanel error={(preview.error ?? erase.error)!} />}
      <p className="mt-2 text-xs text-muted">
        Both are worked on a piece at a time; how far it is stands below.
      </p>
    </Panel>
  );
}

function ErasureRow({ erasure }: { readonly erasure: Erasure }) {
  const { status, by, reason, created_at, path } = erasure;
  const { label, tone } = ERASURE_STATUS[status];
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2">
      <TonePill tone={tone}>{label}</TonePill>
      <span className="min-w-0 flex-1 basis-64">
        By <code>{path}</code>: {erasureSays(erasure)}
        <span className="block text-xs text-muted">
          {by}, <Ago at={created_at} /> ago{reason !== null && `: ${reason}`}
          {erasure.live === "cancel" && ` · ${countOf(erasure.found.live, "live run")} cancelled`}
        </span>
      </span>
    </li>
  );
}
