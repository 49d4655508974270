import type { AnswerOf } from "@durable/engine/api";
import { RefreshCw, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { SecretOnce } from "../../parts/secret-once.tsx";
import { Ago } from "../../parts/when.tsx";
import { Deliveries } from "./deliveries.tsx";

const DAY_S = 86_400;

/** One webhook: whether it takes what is sent, its last deliveries, and what can be done with it. */
export function WebhookDetail({ id }: { readonly id: string }) {
  const params = { ...useWorkspaceParams(), id };
  const webhook = useAnswer("getWebhook", { params, query: { limit: 20 } });
  const readAgain = useReadAgain("getWebhook", "listWebhooks");
  const [tested, setTested] = useState<AnswerOf<"testWebhook"> | null>(null);
  const [open, setOpen] = useState<"rotate" | "delete" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <div className="space-y-3 border-t border-line bg-sunken/40 px-3 py-3">
      <Answered query={webhook} rows={4}>
        {({ state, why, failing_since, deliveries }) => (
          <>
            <div className="flex flex-wrap items-start gap-2">
              <ChangeButton
                operation="testWebhook"
                input={{ params }}
                does="Send a test"
                done={(answer) => {
                  setTested(answer);
                  readAgain();
                }}
              >
                <Send aria-hidden size={14} />
                Test
              </ChangeButton>
              <ChangeButton
                operation="changeWebhook"
                input={{ params, body: { enabled: state !== "enabled" } }}
                does={state === "enabled" ? "Disable it" : "Enable it"}
                done={readAgain}
              >
                {state === "enabled" ? "Disable" : "Enable"}
              </ChangeButton>
              <Button onClick={() => setOpen("rotate")}>
                <RefreshCw aria-hidden size={14} />
                Rotate the secret
              </Button>
              <Button look="danger" onClick={() => setOpen("delete")}>
                <Trash2 aria-hidden size={14} />
                Delete
              </Button>
              <span className="flex-1" />
              <Refresh query={webhook} />
            </div>
            {tested && (
              <p role="status" className={`text-sm ${tested.taken ? "text-good" : "text-bad"}`}>
                {tested.taken
                  ? `Taken, with ${tested.status}.`
                  : `Not taken: ${tested.detail ?? `answered ${tested.status}`}.`}
              </p>
            )}
            {why !== null && <p className="text-sm text-bad">{why}</p>}
            {failing_since !== null && (
              <p className="text-sm text-calm">
                It has taken nothing for <Ago at={failing_since} />.
              </p>
            )}
            <Deliveries deliveries={deliveries} />
          </>
        )}
      </Answered>
      {open === "rotate" && (
        <ChangeDialog
          operation="rotateWebhookSecret"
          onClose={() => setOpen(null)}
          title="Another secret"
          description="Until a day is over both sign, each with an entry of its own in webhook-signature. The new one is shown once."
          does="Rotate it"
          input={() => ({ params, body: { overlap_s: DAY_S } })}
          done={(answer) => setSecret(answer.secret)}
        />
      )}
      {open === "delete" && (
        <ChangeDialog
          operation="deleteWebhook"
          onClose={() => setOpen(null)}
          title="Delete the webhook"
          description="With its deliveries; what waits is not sent any more."
          does="Delete it"
          look="danger"
          input={() => ({ params })}
          done={readAgain}
        />
      )}
      {secret !== null && (
        <SecretOnce
          title="The new secret"
          description="Give it to the receiver; the old one signs for a day more."
          secret={secret}
          what="the secret"
          onClose={() => setSecret(null)}
        />
      )}
    </div>
  );
}
