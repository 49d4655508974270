import { useParams } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useNews } from "../../here/use-news.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Id } from "../../parts/id.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { useNowMs } from "../../parts/now.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Panel } from "../../parts/panel.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { clockTime } from "../../words/time.ts";
import { DecisionTable } from "./decision-table.tsx";
import { decisionsOf, decisionsSaid } from "./decisions.ts";
import { SendAgain } from "./send-again.tsx";

/** Its runs are read again at most so often, and only when runs change. */
const READ_EVERY_MS = 1_500;

/** One event: what it says, and what each function made of it. */
export function EventScreen() {
  const { id } = useParams({ from: "/$app/$env/events/$id" });
  const params = useWorkspaceParams();
  const targets = useTargets();
  const nowMs = useNowMs();
  const event = useAnswer("getEvent", { params: { ...params, id } });
  const isLive = event.data?.runs.some(({ ended_at: endedAt }) => endedAt === null) ?? false;
  useTopics(["runs", "skips"]);
  useNews(["run"], READ_EVERY_MS, () => isLive && void event.refetch());
  return (
    <Answered query={event} title="Event">
      {(event) => (
        <>
          <PageHead
            title={event.name}
            description={decisionsSaid(event)}
            actions={<SendAgain event={event} />}
          />
          <div className="grid gap-4">
            {event.runs.length + event.skips.length === 0 ? (
              <div className="rounded-lg border border-line bg-raised">
                <Empty title="It started nothing">
                  <p>
                    No function had a trigger for <code>{event.name}</code> when it came. Runs that wait for
                    it hear of it all the same.{" "}
                    <TargetLink
                      target={targets.functions}
                      className="text-accent underline underline-offset-2"
                    >
                      What functions listen to
                    </TargetLink>
                  </p>
                </Empty>
              </div>
            ) : (
              <DecisionTable decisions={decisionsOf(event)} />
            )}
            <Panel title="Event">
              <Facts>
                <Fact name="Id">
                  <Id id={event.id} name="event" />
                </Fact>
                <Fact name="Received">
                  <Ago at={event.received_at} /> ago
                </Fact>
                <Fact name="Happened, as its sender says">{clockTime(event.time, nowMs)}</Fact>
              </Facts>
            </Panel>
            <JsonView value={event.data} label="Data" isTitled />
          </div>
        </>
      )}
    </Answered>
  );
}
