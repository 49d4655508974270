import type { AnswerOf } from "@durable/engine/api";
import { useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { SecretOnce } from "../../parts/secret-once.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { type KeyRow, keyState, SCOPE } from "./key-words.ts";

/** Who may come in, by a key of this workspace. */
export function KeysSection() {
  const params = useWorkspaceParams();
  const { cursor } = useSearch({ from: "/$app/$env/settings" });
  const keys = useAnswer("listKeys", { params, query: { cursor } });
  const readAgain = useReadAgain("listKeys");
  const [isCreating, create] = useState(false);
  const [made, setMade] = useState<AnswerOf<"createKey"> | null>(null);
  const [revoked, revoke] = useState<KeyRow | null>(null);
  const columns: readonly Column<KeyRow>[] = [
    { id: "prefix", label: "Begins with", cell: ({ prefix }) => <code>{prefix}…</code> },
    { id: "scope", label: "May", onPhone: "lead", cell: ({ scope }) => SCOPE[scope].label },
    { id: "created", label: "Created", align: "right", cell: ({ created_at }) => <Ago at={created_at} /> },
    {
      id: "used",
      label: "Last used",
      align: "right",
      cell: ({ last_used_at }) =>
        last_used_at === null ? <span className="text-muted">never</span> : <Ago at={last_used_at} />,
    },
    {
      id: "state",
      label: "State",
      onPhone: "aside",
      cell: (key) => {
        const { label, tone } = keyState(key, Date.now());
        return <TonePill tone={tone}>{label}</TonePill>;
      },
    },
    {
      id: "act",
      label: "",
      align: "right",
      cell: (key) =>
        key.revoked_at === null && (
          <Button look="danger" className="min-h-7" onClick={() => revoke(key)}>
            Revoke<span className="sr-only"> {key.prefix}</span>
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title="Keys"
      description="An event key can send events and nothing else. An API key reads, or also writes, or also manages keys: in this workspace alone."
      actions={
        <Button onClick={() => create(true)}>
          <Plus aria-hidden size={14} />
          New key
        </Button>
      }
    >
      <Answered query={keys}>
        {({ keys, next }) => (
          <>
            {keys.length === 0 ? (
              <Empty title="There are no keys">
                <p>In development none is needed on the engine's own machine.</p>
              </Empty>
            ) : (
              <Table
                label="Keys, newest first"
                columns={columns}
                rows={keys}
                idOf={({ id }) => String(id)}
                nameOf={({ prefix }) => prefix}
              />
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
      {isCreating && (
        <CreateKeyDialog
          onClose={() => create(false)}
          done={(key) => {
            setMade(key);
            readAgain();
          }}
        />
      )}
      {made && (
        <SecretOnce
          title={`The new key`}
          description={SCOPE[made.scope].next}
          secret={made.key}
          what="the key"
          onClose={() => setMade(null)}
        />
      )}
      {revoked && (
        <ChangeDialog
          operation="revokeKey"
          onClose={() => revoke(null)}
          title={`Revoke ${revoked.prefix}…`}
          description="Every engine refuses it after one second at most. This cannot be taken back."
          does="Revoke it"
          look="danger"
          input={() => ({ params: { ...params, id: String(revoked.id) } })}
          done={readAgain}
        />
      )}
    </Panel>
  );
}
