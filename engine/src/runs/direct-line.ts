import { type CallAnswer, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { Problem } from "../domain/problems.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import { decodeCallAnswer } from "../endpoint/decode-call-answer.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { newTraceparent } from "../endpoint/inspect-app.ts";
import { patienceWith } from "../endpoint/patience.ts";
import { signRequest } from "../endpoint/signed-request.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Clock, Random } from "../runtime/ports.ts";

export interface DirectLineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly appClient: Pick<AppClient, "call">;
  /** Its endpoint is known not to answer. */
  readonly isDown: (workspaceId: number) => boolean;
}

/** Callers wait with a connection each; beyond it they hear 503 and come again. */
const UNDER_WAY_MAX = 200;

/** Asks an app and hands its answer to who waits for it: nothing is recorded, and nothing is tried again. */
export class DirectLine {
  readonly #options: DirectLineOptions;
  #underWay = 0;

  constructor(options: DirectLineOptions) {
    this.#options = options;
  }

  /**
   * @param traceparent Of whoever asks: what the app does is their span's. @throws Problem when there is no answer, with
   * what is known of why.
   */
  async ask(
    workspace: WorkspaceEntry,
    type: "call" | "query",
    body: string,
    traceparent: string | null = null,
  ): Promise<CallAnswer> {
    const endpoint = requireEndpoint(workspace, type);
    if (this.#options.isDown(workspace.workspaceId)) {
      throw new Problem(
        "app-failed",
        `${endpoint.url} has not answered the engine for a while. It is asked again every few seconds, and nothing else is ` +
          `sent to it until it answers. Nothing ran. A sync that succeeds ends that.`,
      );
    }
    if (Buffer.byteLength(body) > REQUEST_BYTES_MAX) throw new Problem("payload-too-large", TOO_LARGE[type]);
    if (this.#underWay >= UNDER_WAY_MAX) {
      throw new Problem("unavailable", `${UNDER_WAY_MAX} calls are under way in this process. Try again.`, {
        headers: { "retry-after": "1" },
      });
    }
    this.#underWay += 1;
    try {
      const { appClient, random } = this.#options;
      const trace = traceparent ?? newTraceparent(random);
      const request = signRequest(this.#options, workspace.signingKeys, body, trace);
      const patience = patienceWith(endpoint.maxDurationMs);
      const end = await appClient.call(endpoint, request, workspace.replyKeys, patience);
      if (end.kind !== "answer") throw unanswered(end, endpoint.url);
      const decoded = decodeCallAnswer(end.body);
      if (decoded.ok) return decoded.answer;
      throw new Problem("app-failed", `${endpoint.url}: ${decoded.detail} Its code ran.`);
    } finally {
      this.#underWay -= 1;
    }
  }
}

const MIB = 1024 * 1024;
const TOO_LARGE = {
  call: `What would be sent to the app is larger than the ${REQUEST_BYTES_MAX / MIB} MiB that one request may have. Nothing ran. Store it elsewhere and pass where it is.`,
  query: `The run's event and results are larger than the ${REQUEST_BYTES_MAX / MIB} MiB that one request to its app may have, so it cannot be asked. What it says of itself by step.setState is shown with the run.`,
};

function requireEndpoint({ app, environment, endpoint, signingKeys }: WorkspaceEntry, type: string) {
  if (endpoint === null || signingKeys.length === 0) {
    throw new Problem(
      "app-failed",
      `${app} in ${environment} has no ${endpoint === null ? "endpoint" : "signing secret"} yet. Sync the app.`,
    );
  }
  if (endpoint.capabilities.has(type)) return endpoint;
  throw new Problem(
    "unsupported-by-app",
    `The SDK of ${app} in ${environment} (${endpoint.url}) does not say that it takes a "${type}". Update it, then sync the app.`,
  );
}

function unanswered(end: Exclude<DispatchResult, { kind: "answer" }>, url: string): Problem {
  const ran = end.kind === "broken" ? "Its code may have run." : "Nothing ran.";
  const code = end.kind === "broken" && end.reason === "timeout" ? "app-timeout" : "app-failed";
  return new Problem(code, `${url}: ${end.detail} ${ran}`);
}
