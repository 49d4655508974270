import { html } from "hono/html";
import type { RunListed } from "../../store/runs-listing.ts";
import type { WorkspaceListed } from "../../store/workspaces.ts";
import { duration, type Html, instant, layout, statusBadge } from "./layout.ts";

export interface WorkspaceShown {
  readonly workspace: WorkspaceListed;
  readonly runs: readonly RunListed[];
}

export function homePage(workspaces: readonly WorkspaceShown[]): Html {
  const isMoving = workspaces.some(({ runs }) => runs.some((run) => run.ended_at === null));
  return layout({
    title: "Workspaces",
    refreshS: workspaces.length === 0 || isMoving ? 3 : 15,
    body: html`<h1>Workspaces</h1>${workspaces.length === 0 ? nothingYet() : workspaces.map(section)}`,
  });
}

function nothingYet(): Html {
  return html`<p>There is no app yet. Start one that serves a Durable handler, then tell the engine where it answers:</p>
<pre>curl --json '{"url":"http://localhost:3000/api/durable"}' http://localhost:4400/v1/apps/shop/dev/sync</pre>
<p class="faint">This page loads itself again.</p>`;
}

function section({ workspace, runs }: WorkspaceShown): Html {
  const { app, environment, endpoint } = workspace;
  return html`<h2>${app} <span class="faint">/ ${environment}</span></h2>
<p class="faint">${
    endpoint === null
      ? html`No endpoint yet: its events are kept, but nothing runs before a sync.`
      : html`<code>${endpoint.url}</code> · ${endpoint.sdk} · synced ${instant(endpoint.synced_at)} UTC`
  }</p>
${runs.length === 0 ? html`<p>No runs yet.</p>` : table(app, environment, runs)}`;
}

function table(app: string, environment: string, runs: readonly RunListed[]): Html {
  return html`<div class="scroll"><table>
<thead><tr><th>Status</th><th>Function</th><th>Event</th><th>Began (UTC)</th><th class="number">Took</th><th>Run</th></tr></thead>
<tbody>${runs.map(
    (run) => html`<tr>
<td>${statusBadge(run.status)}</td>
<td>${run.function}</td>
<td>${run.event.name}</td>
<td class="time">${instant(run.created_at)}</td>
<td class="number">${run.ended_at === null ? "" : duration(Date.parse(run.ended_at) - Date.parse(run.created_at))}</td>
<td><a href="/runs/${encodeURIComponent(app)}/${encodeURIComponent(environment)}/${run.id}"><code>${run.id.slice(-12)}</code></a></td>
</tr>`,
  )}</tbody>
</table></div>`;
}
