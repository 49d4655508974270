import { html } from "hono/html";
import { attemptsOfRun } from "../../runs/show-run.ts";
import { whyRun } from "../../runs/why.ts";
import type { RunStatus } from "../../store/runs-listing.ts";
import type { AttemptStored, DetourStored, RunStored } from "../../store/runs-listing-detail.ts";
import { legend } from "./bar.ts";
import { duration, type Html, instant, layout, statusBadge } from "./layout.ts";
import { childLink, runLink, type Workspace } from "./run-link.ts";
import { attemptCells, stepRows } from "./step-rows.ts";
import { scaleOf } from "./timeline.ts";
import { value } from "./value.ts";

/** Seconds between two looks: as long as it moves, and less often while it sleeps. */
const REFRESH_S: Record<RunStatus, number | null> = {
  queued: 1,
  running: 1,
  waiting: 3,
  paused: 10,
  failing: 1,
  cancelling: 1,
  completed: null,
  failed: null,
  cancelled: null,
};

export function runPage(
  run: RunStored,
  workspace: Workspace & { readonly isProduction: boolean },
  nowMs: number,
): Html {
  const { app, environment, isProduction } = workspace;
  const scale = scaleOf(run, nowMs);
  const ofRun = attemptsOfRun(run);
  return layout({
    title: `${run.function_id}: ${run.status}`,
    isProduction,
    refreshS: REFRESH_S[run.status],
    body: html`<h1>${run.function_id} ${statusBadge(run.status)}</h1>
<p class="faint">${app} / ${environment} · <code>${run.id}</code></p>
<p class="why">${whyRun(run)}</p>
<dl>
<dt>Event</dt><dd>${run.event.name} <span class="faint">${run.event.id}</span></dd>
${run.parent === null ? "" : html`<dt>Started by</dt><dd>${runLink(run.parent.run, workspace)} <span class="faint">${run.parent.kind}</span></dd>`}
${run.children.filter(({ step }) => step === null).map((child) => html`<dt>On failure</dt><dd>${childLink(child, workspace)}</dd>`)}
<dt>Began</dt><dd>${instant(run.created_at)} UTC</dd>
<dt>Ended</dt><dd>${instant(run.ended_at)}${run.ended_at === null ? "" : " UTC"}</dd>
<dt>${run.ended_at === null ? "So far" : "Took"}</dt><dd>${duration(scale.toMs - scale.fromMs)}</dd>
${run.compensated + run.to_undo > 0 && run.status !== "completed" ? html`<dt>Undone</dt><dd>${run.compensated} of ${run.compensated + run.to_undo} steps that can be</dd>` : ""}
<dt>Version</dt><dd>${run.function_version}</dd>
</dl>
${run.state === null ? "" : html`<h2>State</h2>${value(run.state)}`}
<h2>Steps</h2>
${run.steps.length === 0 ? html`<p class="faint">${run.ended_at === null ? "None yet." : "None."}</p>` : steps(run, workspace, scale)}
${run.detours.length === 0 ? "" : detours(run.detours)}
${ofRun.length === 0 ? "" : callsOfRun(ofRun)}
<h2>Event data</h2>${value(run.event.data)}
${run.status === "completed" ? html`<h2>Output</h2>${value(run.output ?? "null")}` : ""}
${run.failure === null ? "" : html`<h2>Failure</h2>${value(run.failure)}`}`,
  });
}

function steps(run: RunStored, workspace: Workspace, scale: ReturnType<typeof scaleOf>): Html {
  const links = new Map(run.children.map((child) => [child.step, childLink(child, workspace)]));
  return html`${legend()}<div class="scroll"><table class="steps">
<thead><tr><th class="number">#</th><th>Step</th><th>Status</th><th class="number">Took</th><th>Time</th></tr></thead>
<tbody>${run.steps.map((step) => stepRows(step, run.attempts, scale, links.get(step.id) ?? null))}</tbody>
</table></div>`;
}

/** Where a replay left the recorded path; found in dev alone. */
function detours(all: readonly DetourStored[]): Html {
  return html`<h2>Another way than recorded</h2>
<p class="faint">A replay left out a step that is recorded, and began another one. Between steps, code must not look at clocks, random numbers or the world.</p>
<ul>${all.map(detour)}</ul>`;
}

function detour({ name, n, began, frame, certain, at }: DetourStored): Html {
  const left = html`<strong>${name}</strong>${n > 0 ? ` (${n + 1}.)` : ""}`;
  return html`<li>${certain ? "Left out" : "May have left out"} ${left}, began <strong>${began.name ?? "another step"}</strong> <span class="faint">${instant(at)} UTC</span>
${frame === null ? "" : html`<pre>${frame}</pre>`}</li>`;
}

function callsOfRun(attempts: readonly AttemptStored[]): Html {
  return html`<h2>Attempts of the run itself</h2>
<p class="faint">Calls of the app that brought no usable answer or came too late, and failed tries of the function outside its steps.</p>
<div class="scroll"><table class="attempts"><tbody>${attempts.map((attempt) => html`<tr>${attemptCells(attempt)}</tr>`)}</tbody></table></div>`;
}
