// Dialing by number must not weaken TLS: the name still selects the certificate and is what it is checked against.
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { AppClient } from "./app-client.ts";
import { createConnector } from "./connector.ts";
import { createEgressGuard } from "./egress-guard.ts";

// Made for this test, worth nothing: a certificate for app.localhost, valid from 2020 to 2120, and its key.
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBbDCCAROgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1hcHAubG9j
YWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1hcHAubG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7s0m
Z6zTS6MHUij5Qmpkmd0ZaS5i7AV2ddsAw4qoGKjnKbqfEnKHQ7xPtDlSKan6J9UT
j83Bnt1szYyv3hG+I6NMMEowDwYDVR0TAQH/BAUwAwEB/zAYBgNVHREEETAPgg1h
cHAubG9jYWxob3N0MB0GA1UdDgQWBBToTwRlMF9DoXu2zj9JQ284xiQK1TAKBggq
hkjOPQQDAgNHADBEAiAEp5NbxSYpEkoL4vN62Bh3F9vFkB0SecIrc+elh8jigAIg
Ttk9J9pR+0banZC0p77bRcAcv0SjMYUQhpLGB/0yBYA=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqTIg+C1DIjKJLTbJ
rGZDF+Xm3iBei1/8TipwVnIlN1mhRANCAATuzSZnrNNLowdSKPlCamSZ3RlpLmLs
BXZ12wDDiqgYqOcpup8ScodDvE+0OVIpqfon1ROPzcGe3WzNjK/eEb4j
-----END PRIVATE KEY-----`;

const ports = systemPorts();
const guard = createEgressGuard({ allowLoopback: true });
const askedFor: (string | false | null)[] = [];
const hosts: (string | undefined)[] = [];
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    askedFor.push((request.socket as TLSSocket & { servername?: string | false | null }).servername ?? null);
    hosts.push(request.headers.host);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  port = (server.address() as { port: number }).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

async function callAt(hostname: string, ca?: string) {
  const resolve = async () => ["127.0.0.1"];
  const connect = createConnector({ ...ports, guard, resolve, ...(ca && { tls: { ca } }) });
  const client = new AppClient({ ...ports, connect });
  const endpoint = { origin: `https://${hostname}:${port}`, path: "/" };
  const patience = { totalMs: 5_000, firstByteMs: 5_000, idleMs: 5_000 };
  const result = await client.call(endpoint, { id: "dsp_1", body: "{}", headers: [] }, [], patience);
  await client.close();
  return result;
}

test("the name in the URL is asked for and verified, although a number is dialed", async () => {
  expect(await callAt("app.localhost", CERTIFICATE)).toMatchObject({ kind: "refused", status: 404 });
  expect(askedFor).toEqual(["app.localhost"]);
  expect(hosts).toEqual([`app.localhost:${port}`]);
});

test.each([
  ["a certificate for another name", "other.localhost", CERTIFICATE],
  ["a number the certificate does not name", "127.0.0.1", CERTIFICATE],
  ["a certificate nobody vouches for", "app.localhost", undefined],
])("%s is not accepted, and no request is sent", async (_, hostname, ca) => {
  const before = hosts.length;
  expect(await callAt(hostname, ca)).toMatchObject({ kind: "never-arrived", reason: "tls" });
  expect(hosts).toHaveLength(before);
});
