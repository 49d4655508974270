import { manifestSchema } from "@durable/protocol";
import { JsonProblem, type Manifest, PROTOCOL_VERSION, parseJson } from "@durable/protocol/wire";
import { describeIssues } from "./schema-flaw.ts";

export type DecodedManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly code: ManifestFlaw; readonly detail: string };

export type ManifestFlaw = "not-json" | "invalid-manifest" | "wrong-protocol" | "wrong-app";

/**
 * Reads what an app says about itself. Nothing is kept as raw text here: the JSON Schemas of input and output are
 * for the engine to read, and a schema means the same however its numbers are written.
 */
export function decodeManifest(body: Uint8Array, expected: { readonly app: string }): DecodedManifest {
  let json: unknown;
  try {
    json = parseJson(body, { numbers: "any" });
  } catch (error) {
    if (error instanceof JsonProblem)
      return refuse("not-json", `The manifest is not usable JSON. ${error.message}`);
    throw error;
  }
  // Before the rest is judged: an SDK of another generation may describe itself in another way.
  const range = (json as { protocol?: { min?: unknown; max?: unknown } } | null)?.protocol;
  if (Number(range?.min) > PROTOCOL_VERSION || Number(range?.max) < PROTOCOL_VERSION) {
    return refuse(
      "wrong-protocol",
      `The app speaks protocol ${range?.min} to ${range?.max}, this engine ${PROTOCOL_VERSION}. Update ${Number(range?.min) > PROTOCOL_VERSION ? "the engine" : "the app's SDK"}.`,
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    return refuse(
      "invalid-manifest",
      `The manifest does not fit the protocol. ${describeIssues(parsed.error)}`,
    );
  }
  if (parsed.data.app !== expected.app) {
    return refuse(
      "wrong-app",
      `The app at this URL is called "${parsed.data.app}", not "${expected.app}". Sync it under its own name, or correct the name given to serve() or DURABLE_APP.`,
    );
  }
  return { ok: true, manifest: parsed.data };
}

function refuse(code: ManifestFlaw, detail: string): DecodedManifest {
  return { ok: false, code, detail };
}
