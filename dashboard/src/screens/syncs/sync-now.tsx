import type { AnswerOf } from "@durable/engine/api";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { useChange } from "../../api/change.ts";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspace, useWorkspaceParams } from "../../here/workspace.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Ago } from "../../parts/when.tsx";
import { SyncDiff } from "./sync-diff.tsx";

/** Asks the app again, where it answers now or at another address, and says what has changed. */
export function SyncNow() {
  const params = useWorkspaceParams();
  const { app, env } = useWorkspace();
  const apps = useAnswer("listApps", {});
  const endpoint =
    apps.data?.apps.find((each) => each.app === app && each.environment === env)?.endpoint ?? null;
  const readAgain = useReadAgain("listApps", "listDeployments", "listFunctions", "listSyncs");
  const [url, setUrl] = useState("");
  const [found, setFound] = useState<AnswerOf<"syncApp"> | null>(null);
  const change = useChange("syncApp", (answer) => {
    setFound(answer);
    readAgain();
  });
  const asked = url.trim();
  return (
    <Panel
      title="Sync"
      description={
        endpoint === null ? (
          "The engine does not know yet where the app answers."
        ) : (
          <>
            Synced <Ago at={endpoint.synced_at} /> ago at <code className="break-all">{endpoint.url}</code>.
            Deploys at the same address need no sync by hand.
          </>
        )
      }
    >
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <Field label="Address" hint="Empty: where it answers now.">
            {(control) => (
              <input
                {...control}
                type="url"
                className={INPUT_LOOK}
                placeholder={endpoint?.url ?? "https://shop.example.com/api/durable"}
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
        </div>
        <ConfirmButton
          change={change}
          input={{ params, body: asked === "" ? {} : { url: asked } }}
          does="Sync it"
          disabled={endpoint === null && asked === ""}
          className="mb-5"
        >
          <RefreshCw aria-hidden size={14} />
          Sync now
        </ConfirmButton>
      </div>
      {change.error && <ProblemPanel error={change.error} />}
      {found && <SyncDiff found={found} />}
    </Panel>
  );
}
