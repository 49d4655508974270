import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowDownNarrowWide, ArrowUpNarrowWide, History } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { FIELD_LOOK } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { RunLink } from "../../parts/run-link.tsx";
import { countOf, grouped } from "../../words/number.ts";
import { LogList } from "./log-list.tsx";
import { NoLines } from "./no-lines.tsx";
import { useLogLines } from "./use-log-lines.ts";

/** What the code of steps says, as it says it. */
export function LogsScreen() {
  const { run, level = "debug" as const, q = "", order } = useSearch({ from: "/$app/$env/logs" });
  const navigate = useNavigate({ from: "/$app/$env/logs" });
  const { store, version, isReading, error, isTorn, readOlder } = useLogLines(run, { level, text: q });
  /** The line up to which is shown; null: all, and what comes. */
  const [frozen, freeze] = useState<number | null>(null);
  const isNewestFirst = order === "newest";
  const lines = useMemo(() => {
    store.setFilter({ level, text: q.toLowerCase() });
    const shown = store.shownTo(frozen);
    return isNewestFirst ? shown.toReversed() : [...shown];
  }, [store, version, frozen, level, q, isNewestFirst]);
  const waiting = frozen === null ? 0 : store.countAfter(frozen);
  return (
    <>
      <PageHead
        title="Logs"
        description={
          run === undefined ? (
            "What steps of all runs said last, and what they say from now on. Lines come when their attempt is recorded."
          ) : (
            <>
              Every line of run <RunLink id={run} />, and those to come.
            </>
          )
        }
        count={
          store.total === 0
            ? undefined
            : `${countOf(store.total, "line")}${isReading ? ", reading on …" : ""}`
        }
      />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label="Level"
          name="level"
          value={level === "debug" ? undefined : level}
          all="All"
          options={[
            { value: "info", label: "Info and graver" },
            { value: "warn", label: "Warnings and errors" },
            { value: "error", label: "Errors" },
          ]}
        />
        <TextFilter name="q" label="Lines that say" value={q} placeholder="any words" />
        <TextFilter name="run" label="Run" value={run ?? ""} placeholder="all, or an id" />
        <Button
          onClick={() =>
            void navigate({
              search: (now) => ({ ...now, order: isNewestFirst ? undefined : ("newest" as const) }),
            })
          }
        >
          {isNewestFirst ? (
            <ArrowUpNarrowWide aria-hidden size={14} />
          ) : (
            <ArrowDownNarrowWide aria-hidden size={14} />
          )}
          {isNewestFirst ? "Newest first" : "Newest last"}
        </Button>
        {readOlder && (
          <Button
            onClick={() => {
              freeze(frozen ?? store.lastNo);
              readOlder();
            }}
          >
            <History aria-hidden size={14} />
            Older lines
          </Button>
        )}
      </div>
      {error && <ProblemPanel error={error} />}
      {isTorn && (
        <p className="mb-2 rounded-md bg-calm-ground px-3 py-1.5 text-sm text-calm">
          More was said than could be told, so lines were left out here. Each run has all of its own.
        </p>
      )}
      {store.dropped > 0 && (
        <p className="mb-2 text-sm text-muted">
          {grouped(store.dropped)} older lines are no longer kept by this page.
        </p>
      )}
      {lines.length === 0 ? (
        error === null && (
          <NoLines
            isReading={isReading}
            isRun={run !== undefined}
            isFiltered={store.total > 0 || level !== "debug" || q !== ""}
            hasOlder={readOlder !== null}
          />
        )
      ) : (
        <LogList
          lines={lines}
          isNewestFirst={isNewestFirst}
          isRunShown={run === undefined}
          waiting={waiting}
          isFrozen={frozen !== null}
          setFrozen={(isFrozen) => freeze(isFrozen ? store.lastNo : null)}
        />
      )}
    </>
  );
}

interface TextFilterProps {
  readonly name: "q" | "run";
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
}

/** Into the address with Enter, or when it is left. */
function TextFilter({ name, label, value, placeholder }: TextFilterProps) {
  const navigate = useNavigate({ from: "/$app/$env/logs" });
  const apply = (text: string) => {
    if (text === value) return;
    void navigate({ search: (now) => ({ ...now, [name]: text === "" ? undefined : text }) });
  };
  return (
    <label className="inline-flex min-w-0 items-center gap-1.5 text-sm">
      <span className="whitespace-nowrap text-muted">{label}</span>
      <input
        key={value}
        type="search"
        defaultValue={value}
        placeholder={placeholder}
        className={`${FIELD_LOOK} h-8 ${name === "run" ? "w-64" : "w-44"}`}
        onBlur={(event) => apply(event.currentTarget.value.trim())}
        onKeyDown={(event) => event.key === "Enter" && apply(event.currentTarget.value.trim())}
      />
    </label>
  );
}
