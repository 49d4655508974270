import type { AnswerOf } from "@durable/engine/api";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { FIELD_LOOK } from "../../parts/field.tsx";
import { Id } from "../../parts/id.tsx";
import { useNowMs } from "../../parts/now.ts";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { Table } from "../../parts/table.tsx";
import { clockTime } from "../../words/time.ts";
import { detailSaid, isUuid } from "./audit-words.ts";

type Deed = AnswerOf<"listAudit">["audit"][number];

const COLUMNS: readonly Column<Deed>[] = [
  { id: "at", label: "When", className: "whitespace-nowrap", cell: ({ at }) => <When at={at} /> },
  {
    id: "actor",
    label: "Who",
    onPhone: "lead",
    cell: ({ actor }) => <span className="break-words">{actor}</span>,
  },
  { id: "action", label: "Did", cell: ({ action }) => <code>{action}</code> },
  {
    id: "target",
    label: "To",
    className: "min-w-40",
    cell: ({ target }) =>
      isUuid(target) ? <Id id={target} name="target" /> : <span className="break-all">{target}</span>,
  },
  {
    id: "detail",
    label: "Why, or more",
    cell: ({ detail }) =>
      detail === null ? (
        <span className="text-muted">–</span>
      ) : (
        <span className="break-words">{detailSaid(detail)}</span>
      ),
  },
];

/** Who changed what. */
export function AuditSection() {
  const params = useWorkspaceParams();
  const { actor, action, target, cursor } = useSearch({ from: "/$app/$env/settings" });
  const audit = useAnswer("listAudit", { params, query: { actor, action, target, cursor } }, { keep: true });
  return (
    <Panel
      title="Audit"
      description="What people, keys and apps changed, newest first. Events and what runs do by themselves are not in it."
      actions={<Refresh query={audit} />}
    >
      <div className="mb-3 flex flex-wrap gap-3">
        <Only name="actor" label="Who" value={actor} placeholder="api-key 7" />
        <Only name="action" label="Did" value={action} placeholder="run.cancel" />
        <Only name="target" label="To" value={target} placeholder="a run, a key, a URL" />
      </div>
      <Answered query={audit} rows={8}>
        {({ audit, next }) => (
          <>
            {audit.length === 0 ? (
              <Empty title="Nothing fits" />
            ) : (
              <Table
                label="Deeds"
                columns={COLUMNS}
                rows={audit}
                idOf={({ id }) => id}
                nameOf={({ actor, action }) => `${actor} ${action}`}
              />
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

function When({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={at}>
      {clockTime(at, nowMs)}
    </time>
  );
}

interface OnlyProps {
  readonly name: "actor" | "action" | "target";
  readonly label: string;
  readonly value: string | undefined;
  readonly placeholder: string;
}

function Only({ name, label, value, placeholder }: OnlyProps) {
  const navigate = useNavigate({ from: "/$app/$env/settings" });
  return (
    <label className="inline-flex items-center gap-1.5 text-sm">
      <span className="text-muted">{label}</span>
      <input
        key={value ?? ""}
        type="search"
        placeholder={placeholder}
        defaultValue={value ?? ""}
        className={`${FIELD_LOOK} h-8 w-40`}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          const text = event.currentTarget.value.trim();
          void navigate({
            search: (now) => ({ ...now, [name]: text === "" ? undefined : text, cursor: undefined }),
          });
        }}
      />
    </label>
  );
}
