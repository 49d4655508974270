import { html } from "hono/html";
import type { AttemptStored, StepStored } from "../../store/runs-listing-detail.ts";
import { bar } from "./bar.ts";
import { duration, type Html, instant, statusBadge } from "./layout.ts";
import { type Scale, spansOf } from "./timeline.ts";
import { value } from "./value.ts";

/** A step and, below it, the attempts it needed. */
export function stepRows(step: StepStored, all: readonly AttemptStored[], scale: Scale): Html {
  const attempts = all.filter((attempt) => attempt.step_id === step.id);
  const result = step.failure ?? step.value;
  return html`<tr>
<td class="number">${step.seq ?? ""}</td>
<td><strong>${step.name}</strong>${step.n > 0 ? html` <span class="faint">(${step.n + 1}.)</span>` : ""}
<p class="faint">${about(step)}</p>
${result === null ? "" : html`<details><summary>${step.failure === null ? "Result" : "Failure"}</summary>${value(result)}</details>`}</td>
<td>${statusBadge(step.status)}</td>
<td class="number">${step.op === "run" && step.app_ms !== null ? duration(step.app_ms) : ""}</td>
<td class="bar">${bar(spansOf(step, attempts, scale), scale)}</td>
</tr>${attempts.map((attempt) => html`<tr class="attempt"><td></td>${attemptLine(attempt)}<td></td><td></td></tr>`)}`;
}

/** Two cells: what became of the attempt, and when. */
export function attemptLine(attempt: AttemptStored): Html {
  return html`<td>Attempt ${attempt.attempt}: ${messageOf(attempt)}</td>
<td><span class="${attempt.outcome}">${attempt.outcome}</span> ${instant(attempt.received_at ?? attempt.committed_at)}</td>`;
}

function about(step: StepStored): Html {
  const due = step.seq === null && step.due_at !== null ? html`, until ${instant(step.due_at)} UTC` : "";
  if (step.wait !== null) {
    const match = step.wait.match === "{}" ? "" : html` that matches <code>${step.wait.match}</code>`;
    return html`waits for <code>${step.wait.event}</code>${match}${due}`;
  }
  if (step.status === "retrying") return html`attempt ${step.attempt + 1} at ${instant(step.due_at)} UTC`;
  return html`${step.op}${due}`;
}

function messageOf({ failure }: AttemptStored): string {
  if (failure === null) return "";
  try {
    const { message } = JSON.parse(failure) as { message?: unknown };
    return typeof message === "string" ? message : failure;
  } catch {
    return failure;
  }
}
