import type { AnswerOf } from "@durable/engine/api";
import type { UseQueryResult } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";
import { countOf } from "../../words/number.ts";
import { keySaid } from "./limit-words.ts";

type Pause = AnswerOf<"listPauses">["pauses"][number];

/** What people have paused, and how much that holds. */
export function PauseList({ query }: { readonly query: UseQueryResult<AnswerOf<"listPauses">> }) {
  const [resumed, resume] = useState<Pause | null>(null);
  const columns: readonly Column<Pause>[] = [
    { id: "what", label: "What", cell: (pause) => <What pause={pause} /> },
    {
      id: "held",
      label: "Holds",
      align: "right",
      onPhone: "aside",
      cell: ({ held }) => countOf(held, "job"),
    },
    { id: "since", label: "Since", align: "right", cell: ({ since }) => <Ago at={since} /> },
    { id: "by", label: "By", cell: ({ by }) => by },
    {
      id: "reason",
      label: "Reason",
      cell: ({ reason }) => reason ?? <span className="text-muted">none told</span>,
    },
    {
      id: "act",
      label: "",
      align: "right",
      cell: (pause) => (
        <Button onClick={() => resume(pause)} className="min-h-7">
          <Play aria-hidden size={13} />
          Resume
        </Button>
      ),
    },
  ];
  return (
    <Answered query={query}>
      {({ pauses }) => (
        <>
          {pauses.length === 0 ? (
            <Empty title="Nothing is paused">
              <p>A function or the whole workspace is paused above, a key at its limit.</p>
            </Empty>
          ) : (
            <Table
              label="What is paused"
              columns={columns}
              rows={pauses}
              idOf={({ id }) => id}
              nameOf={saidOf}
            />
          )}
          {resumed && <ResumeDialog pause={resumed} onClose={() => resume(null)} />}
        </>
      )}
    </Answered>
  );
}

function ResumeDialog({ pause, onClose }: { readonly pause: Pause; readonly onClose: () => void }) {
  const params = useWorkspaceParams();
  const readAgain = useReadAgain("listPauses", "listLimits");
  return (
    <ChangeDialog
      operation="resumePause"
      onClose={onClose}
      title={`Resume ${saidOf(pause)}`}
      description={`${countOf(pause.held, "job")} that it holds go on in the order in which they became ready.`}
      does="Resume"
      hasReason
      input={(reason) => ({ params: { ...params, id: pause.id }, body: { reason } })}
      done={readAgain}
    />
  );
}

function saidOf({ kind, function: functionId, key }: Pause): string {
  return {
    workspace: "the whole workspace",
    function: `the function ${functionId}`,
    key: `the key ${keySaid(key)}`,
    tenant: `the tenant ${keySaid(key)} of ${functionId}`,
  }[kind];
}

function What({ pause }: { readonly pause: Pause }) {
  const { kind, function: functionId, key } = pause;
  if (kind === "workspace") return <span className="font-medium">The whole workspace</span>;
  if (kind === "function")
    return (
      <>
        The function <FunctionLink id={functionId!} />
      </>
    );
  return (
    <>
      The {kind} <code className="break-all">{keySaid(key)}</code>
      {functionId !== null && (
        <>
          {" "}
          of <FunctionLink id={functionId} />
        </>
      )}
    </>
  );
}
