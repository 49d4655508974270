import type { AnswerOf } from "@durable/engine/api";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";

/** The engine's own events are sent by nobody else. */
const OWN = /^durable\./;

/** The same data under a new id: every function that listens now decides anew. */
export function SendAgain({ event }: { readonly event: AnswerOf<"getEvent"> }) {
  const { app, env } = useWorkspaceParams();
  const navigate = useNavigate();
  const [isOpen, open] = useState(false);
  if (OWN.test(event.name)) return null;
  return (
    <>
      <Button onClick={() => open(true)}>Send again</Button>
      {isOpen && (
        <ChangeDialog
          operation="sendEvents"
          onClose={() => open(false)}
          title="Send this event again"
          description={`A new event ${event.name} with the same data. Every function that listens to it decides anew, so what this one did may be done twice.`}
          does="Send the event"
          input={() => ({ query: { app, env }, body: { name: event.name, data: event.data } })}
          done={({ ids }) => {
            const id = ids[0];
            if (id !== undefined) void navigate({ to: "/$app/$env/events/$id", params: { app, env, id } });
          }}
        />
      )}
    </>
  );
}
