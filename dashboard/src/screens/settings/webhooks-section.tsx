import type { AnswerOf } from "@durable/engine/api";
import { useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FoldLink } from "../../parts/fold-link.tsx";
import { Panel } from "../../parts/panel.tsx";
import { SecretOnce } from "../../parts/secret-once.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { countOf } from "../../words/number.ts";
import { AddWebhookDialog } from "./add-webhook-dialog.tsx";
import { WebhookDetail } from "./webhook-detail.tsx";
import { WEBHOOK_STATE, type Webhook } from "./webhook-words.ts";

/** Addresses that the engine's own events are sent to. */
export function WebhooksSection() {
  const params = useWorkspaceParams();
  const { id } = useSearch({ from: "/$app/$env/settings" });
  const webhooks = useAnswer("listWebhooks", { params });
  const readAgain = useReadAgain("listWebhooks");
  const [isAdding, add] = useState(false);
  const [made, setMade] = useState<AnswerOf<"createWebhook"> | null>(null);
  return (
    <Panel
      title="Webhooks"
      description="Ends of runs, alerts and questions to people, sent as Standard Webhooks has it: at least once, for a day."
      actions={
        <Button onClick={() => add(true)}>
          <Plus aria-hidden size={14} />
          New webhook
        </Button>
      }
    >
      <Answered query={webhooks} rows={3}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <Empty title="Nothing is sent anywhere">
              <p>
                A function with the trigger <code>{'{ event: "durable.alert.*" }'}</code> hears of alerts,
                too; but not while the app is down.
              </p>
            </Empty>
          ) : (
            <ul className="divide-y divide-line rounded-lg border border-line">
              {webhooks.map((webhook) => (
                <WebhookRow key={webhook.id} webhook={webhook} isOpen={webhook.id === id} />
              ))}
            </ul>
          )
        }
      </Answered>
      {isAdding && (
        <AddWebhookDialog
          onClose={() => add(false)}
          done={(webhook) => {
            setMade(webhook);
            readAgain();
          }}
        />
      )}
      {made && (
        <SecretOnce
          title="The webhook's secret"
          description="What a library of Standard Webhooks verifies with, at the address that receives."
          secret={made.secret}
          what="the secret"
          onClose={() => setMade(null)}
        />
      )}
    </Panel>
  );
}

function WebhookRow({ webhook, isOpen }: { readonly webhook: Webhook; readonly isOpen: boolean }) {
  const { id, url, events, state, waiting } = webhook;
  return (
    <li>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1 px-3 py-2.5">
        <div className="min-w-0 flex-1 basis-72">
          <FoldLink id={id} isOpen={isOpen} className="text-sm">
            <span className="min-w-0 break-all">{url}</span>
          </FoldLink>
          <p className="pl-[18px] text-xs break-words text-muted">{events.join(", ")}</p>
        </div>
        {waiting > 0 && (
          <span className="text-sm text-calm">{countOf(waiting, "delivery waits", "deliveries wait")}</span>
        )}
        <TonePill tone={WEBHOOK_STATE[state].tone}>{WEBHOOK_STATE[state].label}</TonePill>
      </div>
      {isOpen && <WebhookDetail id={id} />}
    </li>
  );
}
