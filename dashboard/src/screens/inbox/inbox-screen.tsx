import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useCounters } from "../../here/counters.ts";
import { useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { AssigneeFilter } from "./assignee-filter.tsx";
import { InputRow } from "./input-row.tsx";

/** What runs ask people: to approve something, or to fill in a form. */
export function InboxScreen() {
  const params = useWorkspaceParams();
  const { tab = "open" as const, assignee, fn, id, cursor } = useSearch({ from: "/$app/$env/inbox" });
  const query = { status: tab, assignee, function: fn, cursor };
  const inputs = useAnswer("listInputs", { params, query }, { keep: true });
  const functions = useAnswer("listFunctions", { params });
  const open = useCounters()?.open_inputs;
  useTopics(["inputs"]);
  return (
    <>
      <PageHead
        title="Inbox"
        description="Runs that wait for a person. The first answer counts: it is recorded with who gave it and when, and the run goes on."
      />
      <Tabs
        label="By state"
        current={tab}
        tabs={[
          { id: "open", label: "Open", ...(open === undefined || open === 0 ? {} : { count: open }) },
          { id: "answered", label: "Answered" },
          { id: "expired", label: "Expired" },
          { id: "cancelled", label: "No longer asked" },
          { id: "all", label: "All" },
        ]}
      />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <AssigneeFilter value={assignee} />
        <Choice
          label="Function"
          name="fn"
          value={fn}
          all="All"
          options={(functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }))}
        />
      </div>
      <Answered query={inputs} rows={6}>
        {({ inputs, next }) => (
          <>
            {inputs.length === 0 ? (
              <NothingAsked isFiltered={assignee !== undefined || fn !== undefined} isOpen={tab === "open"} />
            ) : (
              <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
                {inputs.map((input) => (
                  <InputRow key={input.id} input={input} isOpen={input.id === id} />
                ))}
              </ul>
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
    </>
  );
}

function NothingAsked({ isFiltered, isOpen }: { readonly isFiltered: boolean; readonly isOpen: boolean }) {
  if (isFiltered) return <Empty title="Nothing fits" />;
  if (!isOpen) return <Empty title="None yet" />;
  return (
    <Empty title="Nobody is asked anything">
      <p>
        <code>step.waitForApproval</code> and <code>step.waitForInput</code> in a function ask here, and the
        run waits without holding anything.
      </p>
    </Empty>
  );
}
