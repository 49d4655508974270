import { html } from "hono/html";
import type { AttemptStored, StepStored } from "../../store/runs-listing-detail.ts";
import { bar } from "./bar.ts";
import { duration, type Html, instant, statusBadge } from "./layout.ts";
import { type Scale, spansOf } from "./timeline.ts";
import { value } from "./value.ts";

/**
 * A step and, below it, the attempts it needed.
 * @param child Link to the run that it started.
 */
export function stepRows(
  step: StepStored,
  all: readonly AttemptStored[],
  scale: Scale,
  child: Html | null,
): Html {
  const attempts = all.filter((attempt) => attempt.step_id === step.id);
  const spans = spansOf(step, attempts, scale);
  const result = step.failure ?? step.value;
  return html`<tr>
<td class="number">${step.seq ?? ""}</td>
<td><strong>${step.op === "compensate" ? "undo " : ""}${step.name}</strong>${step.n > 0 ? html` <span class="faint">(${step.n + 1}.)</span>` : ""}
<p class="faint">${about(step)}${child === null ? "" : html`: ${child}`}</p>
${result === null ? "" : html`<details><summary>${step.failure === null ? "Result" : "Failure"}</summary>${value(result)}</details>`}</td>
<td>${statusBadge(step.status)}</td>
<td class="number took">${spans.length === 0 ? "" : duration(spans.at(-1)!.toMs - spans[0]!.fromMs)}</td>
<td class="bar">${bar(spans, scale)}</td>
</tr>${attempts.map((attempt) => html`<tr class="attempt"><td></td>${attemptCells(attempt)}</tr>`)}`;
}

/** What became of the attempt, how long the app had it, and when. */
export function attemptCells(attempt: AttemptStored): Html {
  const { sent_at, received_at, committed_at, outcome } = attempt;
  const message = messageOf(attempt);
  const tookMs =
    sent_at === null || received_at === null ? null : Date.parse(received_at) - Date.parse(sent_at);
  return html`<td>Attempt ${attempt.attempt}${message && `: ${message}`}</td>
<td><span class="${outcome}">${outcome}</span></td>
<td class="number took">${tookMs === null ? "" : duration(tookMs)}</td>
<td class="time">${instant(received_at ?? committed_at)}</td>`;
}

/** Characters of a late result. */
const SHOWN_MAX = 200;

function about(step: StepStored): Html {
  const due = step.seq === null && step.due_at !== null ? html`, until ${instant(step.due_at)} UTC` : "";
  if (step.status === "cancelled") return html`${step.op}, and nothing waits for it any more`;
  if (step.wait !== null) {
    const { mode, events } = step.wait;
    const each = events.map(({ event, match, if: condition, event_id }, index) => {
      const matching = match === "{}" ? "" : html` that matches <code>${match}</code>`;
      const holding = condition === null ? "" : html` if <code>${condition}</code>`;
      const come = event_id === null ? "" : " (has come)";
      return html`${index === 0 ? "" : ", "}<code>${event}</code>${matching}${holding}${come}`;
    });
    const several = mode === "any" || mode === "all" ? `${mode} of ` : "";
    return html`waits for ${several}${each}${due}`;
  }
  if (step.input !== null) {
    const { kind, status, assignee, answered_by, ended_at } = step.input;
    if (status === "answered") return html`${kind} by ${answered_by}, ${instant(ended_at)} UTC`;
    if (status === "expired") return html`${kind}: nobody answered in time`;
    return html`waits for the ${kind} of ${assignee ?? "anybody"}${due}`;
  }
  if (step.status === "retrying") return html`attempt ${step.attempt + 1} at ${instant(step.due_at)} UTC`;
  return html`${step.op}${due}`;
}

function messageOf({ failure, name, value }: AttemptStored): string {
  if (failure === null)
    return value === null ? "" : `${name} returned ${value.slice(0, SHOWN_MAX)}, and nobody waited any more`;
  try {
    const { message } = JSON.parse(failure) as { message?: unknown };
    return typeof message === "string" ? message : failure;
  } catch {
    return failure;
  }
}
