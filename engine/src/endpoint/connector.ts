import { lookup } from "node:dns";
import { isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { buildConnector } from "undici";
import type { Clock, Timers } from "../runtime/ports.ts";
import { ConnectError } from "./connect-error.ts";
import type { EgressGuard } from "./egress-guard.ts";

/** All addresses of a name, in the order in which they should be tried. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface ConnectorOptions {
  readonly guard: EgressGuard;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly resolve?: Resolve;
  /** For the name, the TCP connection and TLS together. */
  readonly connectTimeoutMs?: number;
  /** Certificate authorities, client certificates. */
  readonly tls?: ConnectionOptions;
}

/**
 * The only way a socket to an app is opened.
 *
 *   host in the URL -> all its addresses -> every one allowed? -> dial ONE OF THEM BY NUMBER -> still that one?
 *
 * Guarding only the lookup is not enough: a socket never looks up `127.0.0.1`, `0x7f000001` or `[::1]`, so a guard
 * there is not even asked. Checking and then dialing by name is not enough either: DNS may answer differently the
 * second time (rebinding). So the address that was checked is the one that is dialed; the name lives on only in the
 * Host header and in TLS, where it selects and verifies the certificate. A name with one bad address among good ones
 * is refused as a whole.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { guard, clock, timers, resolve = resolveWithSystem, connectTimeoutMs = 5_000 } = options;
  const dial = buildConnector({
    ...(options.tls as buildConnector.BuildOptions),
    allowH2: false,
    timeout: 0,
  });

  async function connect(target: buildConnector.Options, where: string): Promise<Socket> {
    const deadlineMs = clock.monotonicMs() + connectTimeoutMs;
    const port = Number(target.port || (target.protocol === "https:" ? 443 : 80));
    const addresses = await within(connectTimeoutMs, () => addressesOf(target.hostname), where);
    checkAll(guard, target, addresses, port, where);

    let failure: unknown = new ConnectError("connect-timeout", `No time was left to connect to ${where}.`);
    for (const [index, address] of addresses.entries()) {
      // The remaining time is shared out, so that an address that swallows packets (a broken IPv6, often) leaves
      // enough of it for the next.
      const shareMs = (deadlineMs - clock.monotonicMs()) / (addresses.length - index);
      if (shareMs <= 0) break;
      try {
        const socket = await dialOne(target, address, shareMs, where);
        const reached = socket.remoteAddress ?? "an unknown address";
        const wrong = guard.checkAddress(reached, port);
        if (wrong === null) return socket;
        socket.destroy();
        throw new ConnectError("unsafe-address", `${where} is not called: ${wrong}`);
      } catch (error) {
        failure = error;
        if (error instanceof ConnectError && error.kind === "unsafe-address") break;
      }
    }
    throw failure;
  }

  async function addressesOf(hostname: string): Promise<readonly string[]> {
    const bare = hostname.replace(/^\[(.*)\]$/, "$1");
    return isIP(bare) === 0 ? resolve(bare) : [bare];
  }

  function dialOne(
    target: buildConnector.Options,
    address: string,
    timeoutMs: number,
    where: string,
  ): Promise<Socket> {
    return new Promise((resolved, rejected) => {
      // Undici's types hide that its connector returns the socket it is working on; without it, one that never
      // connects could not be given up.
      const socket = dial(
        {
          ...target,
          hostname: address,
          // What the certificate must be for: the name, also when undici has not been told one.
          servername: isIP(target.hostname) === 0 ? target.hostname.replace(/\.$/, "") : "",
        },
        (error, connected) => {
          cancel();
          if (error) rejected(error);
          else resolved(connected);
        },
      ) as unknown as Socket;
      const cancel = timers.after(timeoutMs, () => {
        rejected(
          new ConnectError(
            "connect-timeout",
            `${where} did not accept a connection within ${Math.round(timeoutMs)} ms.`,
          ),
        );
        socket.destroy();
      });
    });
  }

  function within<T>(ms: number, work: () => Promise<T>, where: string): Promise<T> {
    return new Promise((resolved, rejected) => {
      const cancel = timers.after(ms, () => {
        rejected(new ConnectError("dns", `DNS did not answer for ${where} within ${ms} ms.`));
      });
      work().then(resolved, rejected).finally(cancel);
    });
  }

  return (target, callback) => {
    const where = `${target.protocol}//${target.host ?? target.hostname}`;
    connect(target, where).then(
      (socket) => callback(null, socket),
      (error) => callback(ConnectError.from(error, where), null),
    );
  };
}

function checkAll(
  guard: EgressGuard,
  target: buildConnector.Options,
  addresses: readonly string[],
  port: number,
  where: string,
): void {
  if (addresses.length === 0) throw new ConnectError("dns", `The name in ${where} has no address.`);
  const loopback = addresses.every((address) => address === "::1" || address.startsWith("127."));
  let wrong = guard.checkProtocolAndPort(target.protocol, port, loopback);
  for (const address of addresses) wrong ??= guard.checkAddress(address, port);
  if (wrong !== null) throw new ConnectError("unsafe-address", `${where} is not called: ${wrong}`);
}

/** The machine's resolver, hosts file included: what the name means to every other program here. */
const resolveWithSystem: Resolve = (hostname) =>
  new Promise((resolved, rejected) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error) rejected(error);
      else resolved(found.map(({ address }) => address));
    });
  });
