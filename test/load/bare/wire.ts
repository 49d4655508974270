import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What engine and app of the bare hot path say to each other. Both sides sign, as the protocol does. */
export interface Dispatch {
  readonly run: string;
  readonly steps: number;
  readonly memo: Record<string, unknown>;
}

export type Answer =
  | { readonly kind: "step"; readonly step: string; readonly value: unknown }
  | { readonly kind: "end"; readonly value: unknown };

const KEY = Buffer.from("the bare hot path has no secrets");

export function sign(body: string): string {
  return createHmac("sha256", KEY).update(body).digest("base64");
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function reply(response: ServerResponse, body: string, signature = ""): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    signature,
  });
  response.end(body);
}
