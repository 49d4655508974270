import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Due } from "../../parts/due.tsx";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { InputDetail } from "./input-detail.tsx";
import { decisionOf, INPUT_STATUS, type Input, titleOf } from "./input-words.ts";

/** One question: what, for whom, until when, and what came of it. */
export function InputRow({ input, isOpen }: { readonly input: Input; readonly isOpen: boolean }) {
  const { id, kind, status, assignee, run, asked_at, due_at, answer, ended_at } = input;
  const { label, tone } = INPUT_STATUS[status];
  const Icon = isOpen ? ChevronDown : ChevronRight;
  const decision = kind === "approval" && answer !== null ? decisionOf(answer.value) : null;
  return (
    <li>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-72">
          <Link
            to="."
            search={((now: object) => ({ ...now, id: isOpen ? undefined : id })) as never}
            resetScroll={false}
            role="button"
            aria-expanded={isOpen}
            className="inline-flex items-start gap-1 font-medium hover:underline"
          >
            <Icon aria-hidden size={14} className="mt-0.75 shrink-0 text-muted" />
            <span className="min-w-0 break-words">{titleOf(input)}</span>
          </Link>
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
