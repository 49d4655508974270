import type { AnswerOf } from "@durable/engine/api";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useId } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useNews } from "../../here/use-news.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { INPUT_LOOK } from "../../parts/field.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";
import { manifestOf } from "../../words/manifest.ts";
import { countOf, grouped } from "../../words/number.ts";

type EventListed = AnswerOf<"listEvents">["events"][number];

const READ_EVERY_MS = 3_000;

const COLUMNS: readonly Column<EventListed>[] = [
  { id: "name", label: "Event", cell: ({ name }) => <span className="font-medium break-words">{name}</span> },
  {
    id: "data",
    label: "Data",
    className: "max-w-0 w-1/2",
    cell: ({ preview, bytes }) => (
      <code className="block truncate text-muted" title={`${grouped(bytes)} bytes`}>
        {preview}
      </code>
    ),
  },
  {
    id: "runs",
    label: "Runs",
    align: "right",
    cell: ({ runs }) => (runs === 0 ? <span className="text-muted">none</span> : grouped(runs)),
  },
  {
    id: "skips",
    label: "Not started",
    align: "right",
    cell: ({ skips }) => <span className={skips === 0 ? "text-muted" : "text-calm"}>{grouped(skips)}</span>,
  },
  {
    id: "received",
    label: "Received",
    align: "right",
    onPhone: "aside",
    cell: (event) => <Ago at={event.received_at} />,
  },
];

/** Events, the newest first. The stream tells of the runs they start; those that start none come with the next reading. */
export function EventList() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const { name, cursor } = useSearch({ from: "/$app/$env/events" });
  const events = useAnswer("listEvents", { params, query: { name, cursor } }, { keep: true });
  useTopics(["runs", "skips"]);
  useNews(["run"], READ_EVERY_MS, () => cursor === undefined && void events.refetch());
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <NameField name={name ?? ""} />
        <Refresh query={events} />
      </div>
      <Answered query={events} rows={12}>
        {({ events, next }) => (
          <>
            {events.length === 0 ? (
              <div className="rounded-lg border border-line bg-raised">
                <Empty title={name === undefined ? "No event has come yet" : `No event is called ${name}`}>
                  <p>
                    {name === undefined
                      ? "Your app sends them with the SDK, anything else by POST /v1/events."
                      : "A name is compared whole."}
                  </p>
                </Empty>
              </div>
            ) : (
              <Table
                label="Events"
                columns={COLUMNS}
                rows={events}
                idOf={({ id }) => id}
                nameOf={({ name, runs }) => `Event ${name}, ${countOf(runs, "run")}`}
                targetOf={({ id }) => targets.event(id)}
              />
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Only events of one name; the names that functions listen to are offered. */
function NameField({ name }: { readonly name: string }) {
  const params = useWorkspaceParams();
  const navigate = useNavigate({ from: "/$app/$env/events" });
  const listId = useId();
  const functions = useAnswer("listFunctions", { params });
  const known = new Set(
    functions.data?.functions.flatMap(({ manifest }) =>
      (manifestOf(manifest).triggers ?? []).flatMap(({ event }) =>
        event === undefined || event.includes("*") ? [] : [event],
      ),
    ),
  );
  const apply = (text: string) => {
    if (text.trim() !== name) void navigate({ search: text.trim() === "" ? {} : { name: text.trim() } });
  };
  return (
    <form
      className="w-full max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        apply(String(new FormData(event.currentTarget).get("name") ?? ""));
      }}
    >
      <input
        key={name}
        type="search"
        name="name"
        list={listId}
        aria-label="Only events of this name"
        placeholder="The whole name of an event, then Enter"
        defaultValue={name}
        autoComplete="off"
        onChange={({ target }) => target.value === "" && apply("")}
        className={INPUT_LOOK}
      />
      <datalist id={listId}>
        {[...known].sort().map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </form>
  );
}
