import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { Table } from "../../parts/table.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { ERROR_COLUMNS } from "./error-columns.tsx";
import { ERROR_STATE } from "./error-words.ts";

const READ_MS = 5_000;

/** What runs failed or paused with, each kind once. */
export function ErrorsScreen() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const { tab = "open" as const, fn, cursor } = useSearch({ from: "/$app/$env/errors" });
  const query = { state: tab === "all" ? undefined : tab, function: fn, cursor };
  const errors = useAnswer("listErrors", { params, query }, { keep: true });
  const functions = useAnswer("listFunctions", { params });
  useReadAsRunsMove(["listErrors"], READ_MS);
  return (
    <>
      <PageHead
        title="Errors"
        description="Failures in groups: the same name, step and place in the code are one. The last seen first."
        actions={<Refresh query={errors} />}
      />
      <Tabs
        label="By state"
        current={tab}
        tabs={[
          { id: "open", label: "Open" },
          { id: "resolved", label: "Resolved" },
          { id: "muted", label: "Muted" },
          { id: "all", label: "All" },
        ]}
      />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label="Function"
          name="fn"
          value={fn}
          all="All"
          options={(functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }))}
        />
        {tab !== "all" && <p className="text-sm text-muted">{ERROR_STATE[tab].said}</p>}
      </div>
      <Answered query={errors} rows={8}>
        {({ errors, next }) => (
          <>
            {errors.length === 0 ? (
              <Empty title={tab === "open" ? "No open errors" : "None"}>
                {tab === "open" && <p>Nothing failed that nobody has looked at.</p>}
              </Empty>
            ) : (
              <Table
                label="Groups of errors"
                columns={ERROR_COLUMNS}
                rows={errors}
                idOf={({ fingerprint }) => fingerprint}
                targetOf={({ fingerprint }) => targets.error(fingerprint)}
                nameOf={({ name, message }) => `${name}: ${message}`}
              />
            )}
            <Pager
              cursor={cursor}
              next={next}
              words={{ first: "Last seen", back: "Later seen", on: "Earlier seen" }}
            />
          </>
        )}
      </Answered>
    </>
  );
}
