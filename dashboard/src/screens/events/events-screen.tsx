import { useSearch } from "@tanstack/react-router";
import { PageHead } from "../../parts/page-head.tsx";
import { type Tab, Tabs } from "../../parts/tabs.tsx";
import { EventList } from "./event-list.tsx";
import { SkipList } from "./skip-list.tsx";

type TabId = "events" | "skips";

const TABS: readonly Tab<TabId>[] = [
  { id: "events", label: "Received" },
  { id: "skips", label: "Not started" },
];

/** What came in, and what functions did not make of it. */
export function EventsScreen() {
  const { tab = "events" } = useSearch({ from: "/$app/$env/events" });
  return (
    <>
      <PageHead
        title="Events"
        description={
          tab === "events"
            ? "Everything that was received, with how many runs it started."
            : "Functions that an event was for and did not start, and why."
        }
      />
      <Tabs label="Parts of events" tabs={TABS} current={tab} />
      {tab === "events" ? <EventList /> : <SkipList />}
    </>
  );
}
