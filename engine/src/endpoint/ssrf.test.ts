// The list of places an attacker wants the engine to call, tried at both moments a URL can be stopped: when its text
// is checked (sync, configuration) and when a connection is made. Nothing may get through, and nothing may reach the
// server that listens on this machine while the test runs.
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { checkUrl } from "./check-url.ts";
import { ConnectError } from "./connect-error.ts";
import { createConnector, type Resolve } from "./connector.ts";
import { createEgressGuard } from "./egress-guard.ts";

const OWN_ADDRESS = "93.184.216.34";

// http is allowed, so that only the address stands between the engine and each target.
const guard = createEgressGuard({ allowPlainHttp: true, ownAddresses: [OWN_ADDRESS] });

const NUMBERS = [
  ...[
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0x7f.1",
    "127.0.0.1.",
  ],
  ...["0177.0.0.1", "127.000.000.001", "0x7f.0x0.0x0.0x1", "127.255.255.254"],
  ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255"],
  ...["100.100.100.200", "169.254.169.254", "169.254.170.2", "169.254.0.1", "192.0.0.192", "192.0.0.1"],
  ...["192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"],
  ...["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16", OWN_ADDRESS],
];

const BRACKETS = [
  ...["::1", "::", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:7f00:1"],
  ...["::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", `::ffff:${OWN_ADDRESS}`],
  ...["64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:0808:0808::1"],
  ...[
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:0::1",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fc00::1",
    "fdff::1",
  ],
  ...["fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "100::1", "100::ffff", "5f00::1", "2001:2::1"],
  ...[
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "3fff::1",
    "2620:4f:8000::1",
    "4000::1",
    "::2",
    "1::1",
    "e000::1",
  ],
];

const ODD_HOSTS = [
  ...[
    "①②⑦.0.0.1",
    "127。0。0。1",
    "１２７.0.0.1",
    "[::ffff:127.0.0.1%eth0]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
  ],
  ...["%31%32%37.0.0.1", "127.0.0.1%2f", "exаmple.com", "a".repeat(64), `${"a.".repeat(127)}com`],
  ...["localhost", "localhost.", "LOCALHOST", "app.localhost", "localhost.localdomain", "ip6-localhost"],
  ...[
    "metadata",
    "metadata.google.internal",
    "metadata.google.internal.",
    "host.docker.internal",
    "kubernetes.default",
  ],
  ...[
    "good.example@127.0.0.1",
    "user:pass@shop.example.com",
    "@shop.example.com",
    "shop..example.com",
    ".",
    "..",
  ],
  ...[
    "shop.example.com:22",
    "shop.example.com:25",
    "shop.example.com:5432",
    "shop.example.com:6379",
    "shop.example.com:0",
  ],
  ...["shop.example.com:65536", "shop.example.com:11211", "shop.example.com:2375"],
];

const WHOLE_URLS = [
  ...[
    "file:///etc/passwd",
    "gopher://shop.example.com/",
    "unix:/var/run/docker.sock",
    "ftp://shop.example.com/",
  ],
  ...[
    "javascript:alert(1)",
    "data:text/plain,x",
    "ws://shop.example.com/",
    "//shop.example.com/",
    "shop.example.com",
  ],
  ...[
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "https:///127.0.0.1/",
    "http://good\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
  ],
  ...[
    "http://127.0.0.1\t/",
    "http://exam\nple.com/",
    "http://example.com/\r\nHost: evil",
    " http://shop.example.com/",
  ],
  ...[
    "http://shop.example.com /",
    "http://shop.example.com/#@127.0.0.1",
    "http://",
    "https://?",
    "",
    "http://[",
  ],
  ...["http://shop.example.com/\u0000", `https://shop.example.com/${"a".repeat(2000)}`],
];

/** What a careless libc makes of numbers that are no addresses, and what hostile DNS answers. */
const RECORDS: Record<string, readonly string[]> = {
  "127.1": ["127.0.0.1"],
  "0": ["0.0.0.0"],
  "2130706433": ["127.0.0.1"],
  "0x7f000001": ["127.0.0.1"],
  "017700000001": ["127.0.0.1"],
  "0x7f.1": ["127.0.0.1"],
  "127.0.0.1.": ["127.0.0.1"],
  "0177.0.0.1": ["127.0.0.1"],
  "127.000.000.001": ["127.0.0.1"],
  "0x7f.0x0.0x0.0x1": ["127.0.0.1"],
  localhost: ["::1", "127.0.0.1"],
  "localhost.": ["127.0.0.1"],
  LOCALHOST: ["127.0.0.1"],
  "127.0.0.1.nip.io": ["127.0.0.1"],
  "metadata.google.internal": ["169.254.169.254"],
  "host.docker.internal": ["172.17.0.1"],
  "kubernetes.default": ["10.96.0.1"],
  "mixed.example.com": ["93.184.215.14", "10.0.0.1"],
  "mixed-last.example.com": ["2606:4700::1111", "93.184.215.14", "::ffff:7f00:1"],
  "cname-to-internal.example.com": ["192.168.1.10"],
  "zone.example.com": ["fe80::1%eth0"],
  "nonsense.example.com": ["127.1"],
  "self.example.com": [OWN_ADDRESS],
};

let server: Server;
let port: number;
let reached = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    reached++;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, "0.0.0.0", listening));
  port = (server.address() as { port: number }).port;
});

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
});

function tryToConnect(hostname: string, resolve: Resolve, guarded = guard): Promise<ConnectError | null> {
  const connect = createConnector({ guard: guarded, resolve, connectTimeoutMs: 2_000, ...systemPorts() });
  return new Promise((done) => {
    connect({ hostname, host: hostname, protocol: "http:", port: String(port) }, (error, socket) => {
      socket?.destroy();
      done(error as ConnectError | null);
    });
  });
}

const fromRecords: Resolve = async (hostname) => RECORDS[hostname] ?? [];

describe("at the moment the URL is checked", () => {
  const urls = [
    ...[...NUMBERS, ...ODD_HOSTS].flatMap((host) => [`http://${host}/api`, `https://${host}/api`]),
    ...BRACKETS.flatMap((host) => [`http://[${host}]/`, `https://[${host}]:8443/`]),
    ...WHOLE_URLS,
  ];
  test.each(urls.map((url) => [JSON.stringify(url), url]))("%s is refused with a sentence", (_, url) => {
    const check = checkUrl(guard, url);
    expect(check).toMatchObject({ ok: false });
    expect((check as { detail: string }).detail).toMatch(/^[^\n]{15,}$/);
  });
});

test.each([
  ["https://exam\nple.com/", /line break/],
  ["https://shop.example.com\\.evil.example/", /backslash/],
  ["https://shöp.example.com/", /xn--/],
  ["https://me@shop.example.com/", /user name/],
  ["https://127.1/", /^127\.0\.0\.1 is a loopback address/],
  ["https://10.0.0.1/", /private address, and no allowed network/],
  ["https://shop.example.com:5432/", /^Port 5432/],
  ["ftp://shop.example.com/", /https/],
  ["shop.example.com/api", /in full/],
])("the sentence about %j says what is wrong", (url, sentence) => {
  expect(checkUrl(guard, url)).toMatchObject({ ok: false, detail: expect.stringMatching(sentence) });
});

describe("at the moment of the connection", () => {
  const hosts = [...NUMBERS, ...BRACKETS, ...BRACKETS.map((host) => `[${host}]`), ...Object.keys(RECORDS)];
  test.each(hosts)("%s is never dialed", async (host) => {
    const error = await tryToConnect(host, fromRecords);
    expect(error).toBeInstanceOf(ConnectError);
    // A number no resolver knows has no address to refuse; everything else is refused as what it is.
    if (host in RECORDS || !/^[0-9.x]+\.?$/.test(host))
      expect(error).toMatchObject({ kind: "unsafe-address" });
  });

  test("a name that rebinds is refused at the connection where DNS lies, not where it was first asked", async () => {
    let asked = 0;
    const rebinding: Resolve = async () => (asked++ === 0 ? ["2606:4700:4700::1111"] : ["127.0.0.1"]);
    expect(guard.checkAddress((await rebinding("rebind.example.com"))[0]!, port)).toBeNull();
    expect(await tryToConnect("rebind.example.com", rebinding)).toMatchObject({ kind: "unsafe-address" });
    expect(asked).toBe(2);
  });

  test("one connection asks DNS once: what was checked is what is dialed", async () => {
    let asked = 0;
    const dev = createEgressGuard({ allowLoopback: true });
    const resolve: Resolve = async () => {
      asked++;
      return asked === 1 ? ["127.0.0.1"] : ["10.0.0.1"];
    };
    const before = reached;
    expect(await tryToConnect("app.localhost", resolve, dev)).toBeNull();
    expect(asked).toBe(1);
    expect(reached).toBe(before + 1);
    reached = before;
  });

  test("a socket that turns out to be connected elsewhere is destroyed", async () => {
    const dev = createEgressGuard({ allowLoopback: true });
    let checks = 0;
    const lying = {
      ...dev,
      checkAddress: (address: string, at: number) =>
        ++checks > 1 ? `${address} is not it.` : dev.checkAddress(address, at),
    };
    const before = reached;
    expect(await tryToConnect("127.0.0.1", fromRecords, lying)).toMatchObject({ kind: "unsafe-address" });
    expect(checks).toBe(2);
    reached = before;
  });
});

describe("the loopback of a development engine", () => {
  const dev = createEgressGuard({ allowLoopback: true, ownPorts: [4400, 5499] });
  test.each([
    "http://localhost:3000/api/durable",
    "http://127.0.0.1:3000/",
    "http://[::1]:3000/",
    "http://app.localhost/",
  ])("%s may be called", (url) => expect(checkUrl(dev, url)).toMatchObject({ ok: true }));
  test.each([
    ...["http://localhost:4400/", "http://127.0.0.1:5499/", "http://127.1:4400/", "http://localhost:5432/"],
    ...[
      "http://shop.example.com/",
      "http://10.0.0.1/",
      "https://10.0.0.1/",
      "https://169.254.169.254/",
      "http://0.0.0.0/",
    ],
    ...["https://[fe80::1]/", "https://192.168.0.1/"],
  ])("%s may not", (url) => expect(checkUrl(dev, url)).toMatchObject({ ok: false }));

  test("a name on loopback beside a private address is refused as a whole", async () => {
    const resolve: Resolve = async () => ["127.0.0.1", "10.0.0.1"];
    expect(await tryToConnect("two.localhost", resolve, dev)).toMatchObject({ kind: "unsafe-address" });
  });

  test("plain http to a public name is refused even if the name leads to loopback only now and then", async () => {
    expect(dev.checkProtocolAndPort("http:", 80, false)).toMatch(/https/);
    expect(await tryToConnect("shop.example.com", async () => ["93.184.215.14"], dev)).toMatchObject({
      kind: "unsafe-address",
    });
  });

  test("localhost reaches an app that listens only on the other of its two addresses", async () => {
    const before = reached;
    expect(await tryToConnect("localhost", async () => ["::1", "127.0.0.1"], dev)).toBeNull();
    expect(reached).toBe(before + 1);
    reached = before;
  });
});

describe("what the operator opens", () => {
  const open = createEgressGuard({
    allowedNetworks: ["10.20.0.0/16", "fd12::/16", "169.254.0.0/16"],
    allowedPorts: [443, 8443],
  });
  test.each([
    "https://10.20.3.4/",
    "https://[fd12::1]:8443/",
    "https://shop.svc.cluster.internal/",
    "https://shop.example.com/",
  ])("%s may be called", (url) => expect(checkUrl(open, url)).toMatchObject({ ok: true }));
  test.each([
    "https://10.21.0.1/",
    "https://10.20.3.4:9443/",
    "http://10.20.3.4/",
    "https://169.254.169.254/",
    "https://127.0.0.1/",
  ])("%s may not", (url) => expect(checkUrl(open, url)).toMatchObject({ ok: false }));
});

test("an ordinary URL is taken apart once", () => {
  expect(checkUrl(createEgressGuard({}), "https://Shop.Example.com/api/durable?x=1")).toEqual({
    ok: true,
    endpoint: {
      url: "https://shop.example.com/api/durable?x=1",
      origin: "https://shop.example.com",
      path: "/api/durable?x=1",
      hostname: "shop.example.com",
      port: 443,
    },
  });
});

afterAll(() => expect(reached, "connections that reached the server on this machine").toBe(0));
