import { Due } from "../../parts/due.tsx";
import { FoldLink } from "../../parts/fold-link.tsx";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { InputDetail } from "./input-detail.tsx";
import { decisionOf, INPUT_STATUS, type Input, titleOf } from "./input-words.ts";

/** One question: what, for whom, until when, and what came of it. */
export function InputRow({ input, isOpen }: { readonly input: Input; readonly isOpen: boolean }) {
  const { id, kind, status, assignee, run, asked_at, due_at, answer, ended_at } = input;
  const { label, tone } = INPUT_STATUS[status];
  const decision = kind === "approval" && answer !== null ? decisionOf(answer.value) : null;
  return (
    <li>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-72">
          <FoldLink id={id} isOpen={isOpen}>
            <span className="min-w-0 break-words">{titleOf(input)}</span>
          </FoldLink>
          <p className="pl-[18px] text-sm text-muted">
            {kind === "approval" ? "Approval" : "Input"} for {assignee ?? "anybody"} ·{" "}
            <FunctionLink id={input.function} /> <RunLink id={run} /> · asked <Ago at={asked_at} /> ago
          </p>
        </div>
        <div className="flex items-center gap-3 pl-[18px] text-sm sm:pl-0">
          {status === "open" && (
            <span className="text-muted">
              due <Due at={due_at} />
            </span>
          )}
          {answer !== null && (
            <span className="text-muted">
              by {answer.by}, <Ago at={answer.at} /> ago
            </span>
          )}
          {answer === null && ended_at !== null && (
            <span className="text-muted">
              <Ago at={ended_at} /> ago
            </span>
          )}
          {decision === null ? (
            <TonePill tone={tone}>{label}</TonePill>
          ) : (
            <TonePill tone={decision.approved ? "good" : "bad"}>
              {decision.approved ? "Approved" : "Declined"}
            </TonePill>
          )}
        </div>
      </div>
      {isOpen && <InputDetail input={input} />}
    </li>
  );
}
