import type { Cluster, EnginePlace } from "./cluster.ts";
import type { Findings } from "./findings.ts";
import type { Random } from "./random.ts";

export interface Asking {
  readonly cluster: Cluster;
  readonly random: Random;
  readonly findings: Findings;
}

export interface Answered {
  /** 0: no answer, or none in time. */
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const PATIENCE_MS = 3_000;
const ALLOWED = [200, 201, 404, 409, 503];

/** One request to any engine, through its wire. An answer that no request may get is a finding. */
export async function askEngine(
  { cluster, findings, random }: Asking,
  method: string,
  path: string,
  body?: object,
): Promise<Answered> {
  const { slot, door }: EnginePlace = random.pick(cluster.engines);
  try {
    const response = await fetch(`http://127.0.0.1:${door.port}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${cluster.token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said = await response.text();
    if (!ALLOWED.includes(response.status))
      findings.add(`${slot.name} answered ${response.status} to ${method} ${path}: ${said.slice(0, 300)}`);
    return { status: response.status, body: JSON.parse(said) as Record<string, unknown> };
  } catch {
    return { status: 0, body: {} };
  }
}
