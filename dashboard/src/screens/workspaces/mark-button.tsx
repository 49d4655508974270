import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Workspace } from "../../words/environment.ts";

/** Production is where people are asked twice. */
export function MarkButton({ workspace }: { readonly workspace: Workspace }) {
  const { app, environment: env, production } = workspace;
  const [isOpen, open] = useState(false);
  const readAgain = useReadAgain("listApps");
  return (
    <span className="relative z-1 shrink-0">
      <Button look="bare" className="min-h-6 px-1.5 text-xs" onClick={() => open(true)}>
        {production ? "Production" : "Mark as production"}
      </Button>
      {isOpen && (
        <ChangeDialog
          operation="markWorkspace"
          onClose={() => open(false)}
          title={production ? `${app} ${env} is marked production` : `Mark ${app} ${env} as production`}
          description={
            production
              ? "Whoever changes something there is asked twice. Without the mark nobody is."
              : "Whoever changes something there is asked twice from then on: here, by the command line, and by the API."
          }
          does={production ? "Take the mark away" : "Mark as production"}
          look={production ? "danger" : "main"}
          hasReason
          input={(reason) => ({
            params: { app, env },
            body: { production: !production, ...(reason === undefined ? {} : { reason }) },
          })}
          done={readAgain}
        />
      )}
    </span>
  );
}
