import { html } from "hono/html";
import { whyHeldBack } from "../../runs/why.ts";
import type { InputStored } from "../../store/inputs.ts";
import type { RunListed } from "../../store/runs-listing.ts";
import type { SkipListed } from "../../store/skips.ts";
import type { WorkspaceListed } from "../../store/workspaces.ts";
import { duration, type Html, instant, layout, statusBadge } from "./layout.ts";
import { runLink, type Workspace } from "./run-link.ts";

export interface WorkspaceShown {
  readonly workspace: WorkspaceListed;
  readonly runs: readonly RunListed[];
  /** The last events that did not start a function they name. */
  readonly skips: readonly SkipListed[];
  /** The last things that people were asked and have not answered. */
  readonly inputs: readonly InputStored[];
}

/** @param origin Where this page was found, for the commands it shows. */
export function homePage(workspaces: readonly WorkspaceShown[], origin: string): Html {
  const isMoving = workspaces.some(({ runs }) => runs.some((run) => run.ended_at === null));
  return layout({
    title: "Workspaces",
    refreshS: workspaces.length === 0 || isMoving ? 3 : 15,
    body: html`<h1>Workspaces</h1>${workspaces.length === 0 ? nothingYet(origin) : workspaces.map(section)}`,
  });
}

function nothingYet(origin: string): Html {
  return html`<p>There is no app yet. Start one that serves a Durable handler, then tell the engine where it answers:</p>
<pre>curl --json '{"url":"http://localhost:3000/api/durable"}' ${origin}/v1/apps/shop/dev/sync</pre>
<p class="faint">This page loads itself again.</p>`;
}

function section({ workspace, runs, skips, inputs }: WorkspaceShown): Html {
  const { app, environment, endpoint } = workspace;
  return html`<h2>${app} <span class="faint">/ ${environment}</span></h2>
<p class="faint">${
    endpoint === null
      ? html`No endpoint yet: its events are kept, but nothing runs before a sync.`
      : html`<code>${endpoint.url}</code> · ${endpoint.sdk} · synced ${instant(endpoint.synced_at)} UTC`
  }</p>
${endpoint === null || endpoint.circuit.state === "closed" ? "" : html`<p class="why">${whyHeldBack(endpoint.circuit)}</p>`}
${runs.length === 0 ? html`<p>No runs yet.</p>` : table(app, environment, runs)}
${inputs.length === 0 ? "" : html`<p>Waiting for people:</p><ul>${inputs.map((input) => asked(input, { app, environment }))}</ul>`}
${skips.length === 0 ? "" : html`<p>Not started:</p><ul>${skips.map(skipped)}</ul>`}`;
}

function asked(input: InputStored, workspace: Workspace): Html {
  const { id, kind, name, title, assignee, asked_at, due_at, run, function: functionId } = input;
  const due = due_at === null ? "" : html`, until ${instant(due_at)} UTC`;
  return html`<li>${title ?? name} <span class="faint">${kind} of ${assignee ?? "anybody"}, asked ${instant(asked_at)} UTC${due} by ${runLink(run, workspace, functionId)}</span><br><code>durable inputs show ${id}</code></li>`;
}

function skipped({ function: functionId, event, detail, at }: SkipListed): Html {
  return html`<li>${functionId} <span class="faint">on ${event.name} ${event.id}, ${instant(at)} UTC</span><br>${detail}</li>`;
}

function table(app: string, environment: string, runs: readonly RunListed[]): Html {
  const path = `/runs/${encodeURIComponent(app)}/${encodeURIComponent(environment)}`;
  return html`<div class="scroll"><table class="runs">
<thead><tr><th>Status</th><th>Function</th><th>Began (UTC)</th><th class="number">Took</th></tr></thead>
<tbody>${runs.map(
    (run) => html`<tr>
<td>${statusBadge(run.status)}</td>
<td><a href="${path}/${run.id}">${run.function}</a> <span class="faint">on ${run.event.name}</span></td>
<td class="time">${instant(run.created_at)}</td>
<td class="number">${run.ended_at === null ? "" : duration(Date.parse(run.ended_at) - Date.parse(run.created_at))}</td>
</tr>`,
  )}</tbody>
</table></div>`;
}
