import { html } from "hono/html";
import type { ChildStored } from "../../store/runs-listing-detail.ts";
import { type Html, statusBadge } from "./layout.ts";

export interface Workspace {
  readonly app: string;
  readonly environment: string;
}

export function runLink(runId: string, { app, environment }: Workspace, text: string = runId): Html {
  return html`<a href="/runs/${encodeURIComponent(app)}/${encodeURIComponent(environment)}/${runId}">${text}</a>`;
}

export function childLink({ run, function: functionId, status }: ChildStored, workspace: Workspace): Html {
  return html`${runLink(run, workspace, functionId)} ${statusBadge(status)}`;
}
