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
import { Empty } from "../../parts/empty.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";

type Caller = AnswerOf<"listCallers">["callers"][number];

/** Apps whose functions may invoke functions of this one. */
export function CallersSection() {
  const params = useWorkspaceParams();
  const callers = useAnswer("listCallers", { params });
  const readAgain = useReadAgain("listCallers");
  const [isAllowing, allow] = useState(false);
  const [removed, remove] = useState<Caller | null>(null);
  const columns: readonly Column<Caller>[] = [
    { id: "app", label: "App", onPhone: "lead", cell: ({ app }) => app },
    { id: "functions", label: "May invoke", cell: ({ functions }) => functions.join(", ") },
    { id: "by", label: "Allowed by", cell: ({ created_by }) => created_by },
    { id: "since", label: "Since", align: "right", cell: ({ created_at }) => <Ago at={created_at} /> },
    {
      id: "act",
      label: "",
      align: "right",
      cell: (caller) => (
        <Button look="danger" className="min-h-7" onClick={() => remove(caller)}>
          Remove<span className="sr-only"> {caller.app}</span>
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Callers"
      description={`Other apps in ${params.env} whose functions may invoke functions of this one.`}
      actions={
        <Button onClick={() => allow(true)}>
          <Plus aria-hidden size={14} />
          Allow an app
        </Button>
      }
    >
      <Answered query={callers}>
        {({ callers }) =>
          callers.length === 0 ? (
            <Empty title="No other app may">
              <p>Who may not cannot tell whether this app is there.</p>
            </Empty>
          ) : (
            <Table
              label="Callers, by name"
              columns={columns}
              rows={callers}
              idOf={({ app }) => app}
              nameOf={({ app }) => app}
            />
          )
        }
      </Answered>
      {isAllowing && <AllowDialog onClose={() => allow(false)} done={readAgain} />}
      {removed && (
        <ChangeDialog
          operation="removeCaller"
          onClose={() => remove(null)}
          title={`Remove ${removed.app}`}
          description="It starts nothing here any more. What it has started goes on, and tells it how it ended."
          does="Remove it"
          look="danger"
          input={() => ({ params: { ...params, caller: removed.app } })}
          done={readAgain}
        />
      )}
    </Panel>
  );
}

function AllowDialog({ onClose, done }: { readonly onClose: () => void; readonly done: () => void }) {
  const params = useWorkspaceParams();
  const [caller, setCaller] = useState("");
  const [text, setText] = useState("*");
  const functions = text.split(/[\s,]+/).filter((each) => each !== "");
  const isWhole = caller !== "" && functions.length > 0;
  return (
    <ChangeDialog
      operation="allowCaller"
      onClose={onClose}
      title="Allow an app"
      description="It takes the place of what that app was allowed before."
      does="Allow it"
      hasReason
      input={(reason) => (isWhole ? { params: { ...params, caller }, body: { functions, reason } } : null)}
      done={done}
    >
      <Field label="App" hint={`Its name, as it is in ${params.env}; it may still come.`}>
        {(control) => (
          <input
            {...control}
            className={INPUT_LOOK}
            value={caller}
            onChange={(event) => setCaller(event.target.value.trim())}
          />
        )}
      </Field>
      <Field label="Functions" hint="Ids of functions of this app; * stands for anything.">
        {(control) => (
          <input
            {...control}
            className={INPUT_LOOK}
            placeholder="charge refund.*"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </ChangeDialog>
  );
}
