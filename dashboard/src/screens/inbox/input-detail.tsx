import { Fact, Facts } from "../../parts/facts.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { useNowMs } from "../../parts/now.ts";
import { clockTime } from "../../words/time.ts";
import { AnswerForm } from "./answer-form.tsx";
import { DecisionForm } from "./decision-form.tsx";
import { decisionOf, type Input } from "./input-words.ts";

/** The question in full, with its answer or a way to give one. */
export function InputDetail({ input }: { readonly input: Input }) {
  const nowMs = useNowMs();
  const {
    kind,
    status,
    name,
    prompt,
    assignee,
    escalated_from,
    asked_at,
    due_at,
    reminded_at,
    escalated_at,
  } = input;
  const at = (instant: string) => clockTime(instant, nowMs);
  return (
    <div className="space-y-4 border-t border-line bg-sunken/40 px-4 py-4">
      {prompt !== null && <p className="max-w-prose whitespace-pre-wrap break-words">{prompt}</p>}
      <Facts>
        <Fact name="Step">{name}</Fact>
        <Fact name="For">
          {assignee ?? "anybody"}
          {escalated_from !== null && `, before that ${escalated_from}`}
        </Fact>
        <Fact name="Asked">{at(asked_at)}</Fact>
        <Fact name={status === "open" ? "Open until" : "Was open until"}>{at(due_at)}</Fact>
        {reminded_at !== null && <Fact name="Reminded">{at(reminded_at)}</Fact>}
        {escalated_at !== null && <Fact name="Escalated">{at(escalated_at)}</Fact>}
      </Facts>
      {status === "open" ? (
        kind === "approval" ? (
          <DecisionForm input={input} />
        ) : (
          <AnswerForm input={input} />
        )
      ) : (
        <GivenAnswer input={input} at={at} />
      )}
    </div>
  );
}

function GivenAnswer({ input, at }: { readonly input: Input; readonly at: (instant: string) => string }) {
  const { answer, status, kind } = input;
  if (answer === null)
    return (
      <p className="text-sm text-muted">
        {status === "expired" ? "Nobody answered in time." : "Its run has ended, or needs it no longer."}
      </p>
    );
  const decision = kind === "approval" ? decisionOf(answer.value) : null;
  return (
    <div className="space-y-2">
      <p className="text-sm">
        {decision === null ? "Answered" : decision.approved ? "Approved" : "Declined"} by{" "}
        <strong>{answer.by}</strong> at {at(answer.at)}
        {decision?.comment != null && <>: {decision.comment}</>}
      </p>
      {decision === null && <JsonView value={answer.value} label="Answer" />}
    </div>
  );
}
