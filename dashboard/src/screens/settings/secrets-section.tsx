import type { AnswerOf } from "@durable/engine/api";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Column } from "../../parts/column.ts";
import { Due } from "../../parts/due.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { SecretOnce } from "../../parts/secret-once.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { RetireSecretDialog } from "./retire-secret-dialog.tsx";

type Secret = AnswerOf<"listSigningSecrets">["signing_secrets"][number];

/** What requests between engine and app are signed with, and how it is changed without downtime. */
export function SecretsSection() {
  const params = useWorkspaceParams();
  const secrets = useAnswer("listSigningSecrets", { params });
  const readAgain = useReadAgain("listSigningSecrets");
  const [isCreating, create] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [retired, retire] = useState<Secret | null>(null);
  const columns: readonly Column<Secret>[] = [
    { id: "fingerprint", label: "Fingerprint", cell: ({ fingerprint }) => <code>{fingerprint}</code> },
    { id: "created", label: "Created", align: "right", cell: ({ created_at }) => <Ago at={created_at} /> },
    { id: "state", label: "State", onPhone: "aside", cell: (secret) => <State secret={secret} /> },
    {
      id: "act",
      label: "",
      align: "right",
      cell: (secret) =>
        secret.retired_at === null && (
          <Button look="danger" className="min-h-7" onClick={() => retire(secret)}>
            Retire<span className="sr-only"> {secret.fingerprint}</span>
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title="Signing secrets"
      description="Requests to the app are signed with every secret that is in force, the newest first; answers signed with any of them are believed."
      actions={
        <Button onClick={() => create(true)}>
          <Plus aria-hidden size={14} />
          New secret
        </Button>
      }
    >
      <Answered query={secrets} rows={3}>
        {({ signing_secrets: rows }) =>
          rows.length === 0 ? (
            <Empty title="There is none">
              <p>In development the app and the engine use one that everybody knows.</p>
            </Empty>
          ) : (
            <Table
              label="Signing secrets, newest first"
              columns={columns}
              rows={rows}
              idOf={({ id }) => String(id)}
              nameOf={({ fingerprint }) => fingerprint}
            />
          )
        }
      </Answered>
      <h3 className="mt-4 text-sm font-medium">To rotate without downtime</h3>
      <ol className="mt-1 list-decimal space-y-0.5 pl-5 text-sm text-muted">
        <li>Create a new one here. From now on every request carries two signatures.</li>
        <li>
          Give the app both, <code>DURABLE_SECRET="whsec_new whsec_old"</code>, and deploy.
        </li>
        <li>Retire the old one, now or after the time that your deploys need.</li>
        <li>
          Take the old one out of <code>DURABLE_SECRET</code> at the next deploy.
        </li>
      </ol>
      {isCreating && (
        <ChangeDialog
          operation="createSigningSecret"
          onClose={() => create(false)}
          title="New signing secret"
          description={
            secrets.data?.signing_secrets.length === 0
              ? "It takes the place of the one of development: from now on the app is called only with this one, so it needs it as DURABLE_SECRET. It is shown once."
              : "It is in force at once, beside those there are. It is shown once."
          }
          does="Create it"
          input={() => ({ params, body: {} })}
          done={({ secret }) => {
            setMade(secret);
            readAgain();
          }}
        />
      )}
      {made !== null && (
        <SecretOnce
          title="The new signing secret"
          description="Give it to the app as DURABLE_SECRET; while you rotate: the new one first, a space, the old one."
          secret={made}
          what="the secret"
          onClose={() => setMade(null)}
        />
      )}
      {retired && (
        <RetireSecretDialog
          id={retired.id}
          fingerprint={retired.fingerprint}
          onClose={() => retire(null)}
          done={readAgain}
        />
      )}
    </Panel>
  );
}

function State({ secret }: { readonly secret: Secret }) {
  if (secret.retired_at === null) return <TonePill tone="good">In force</TonePill>;
  if (Date.parse(secret.retired_at) <= Date.now()) return <TonePill tone="gone">Retired</TonePill>;
  return (
    <TonePill tone="calm">
      Retires <Due at={secret.retired_at} />
    </TonePill>
  );
}
