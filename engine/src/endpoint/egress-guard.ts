import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { embeddedV4, isLoopback, METADATA_ADDRESSES, whyNotPublic } from "./refused-networks.ts";
import { REFUSED_PORTS } from "./refused-ports.ts";

/** Where the engine may send requests. Everything is off by default: an engine on a server calls public https only. */
export interface EgressPolicy {
  /** Development only: apps on this machine, over plain http. */
  readonly allowLoopback?: boolean;
  /** http to any allowed address. Signatures still hold, but everybody on the way can read the data. */
  readonly allowPlainHttp?: boolean;
  /** Networks (CIDR) the operator vouches for, e.g. `10.20.0.0/16` where the company's apps run. */
  readonly allowedNetworks?: readonly string[];
  /** If given, no other port is called. The refused ports stay refused. */
  readonly allowedPorts?: readonly number[];
  /** The engine's own addresses: a request to itself could reach a door meant for another network. */
  readonly ownAddresses?: readonly string[];
  /** Ports of the engine and its Postgres, refused on loopback even where loopback is allowed. May grow. */
  readonly ownPorts?: readonly number[];
}

export interface EgressGuard {
  readonly policy: EgressPolicy;
  /** Null if a connection to this address may be made, else the reason as a sentence. */
  checkAddress(address: string, port: number): string | null;
  /** The same for what stands in a URL beside the address. `loopback`: the host can only mean this machine. */
  checkProtocolAndPort(protocol: string, port: number, loopback: boolean): string | null;
}

/** Pure: it decides about addresses and asks nobody. `connector.ts` calls it for every address of every connection. */
export function createEgressGuard(policy: EgressPolicy): EgressGuard {
  const networks = (policy.allowedNetworks ?? []).map((cidr) => ipaddr.parseCIDR(cidr));
  const ownAddresses = new Set(
    (policy.ownAddresses ?? []).map((address) => canonical(ipaddr.parse(address)).toString()),
  );
  const allowedPorts = policy.allowedPorts && new Set(policy.allowedPorts);

  return {
    policy,

    checkAddress(text, port) {
      // `isIP` is strict where others guess: 127.1, 0177.0.0.1 or 2130706433 are not addresses to it.
      if (isIP(text) === 0) return `${text} is not an IP address.`;
      if (text.includes("%")) return `${text} names a network interface of this machine.`;
      const address = canonical(ipaddr.parse(text));
      if (METADATA_ADDRESSES.has(address.toString()))
        return `${text} is a cloud metadata address, which is never called.`;
      if (ownAddresses.has(address.toString())) return `${text} is an address of this engine itself.`;
      if (isLoopback(address)) {
        if (!policy.allowLoopback)
          return `${text} is a loopback address; only an engine in development mode calls apps on its own machine.`;
        return policy.ownPorts?.includes(port)
          ? `Port ${port} on this machine belongs to the engine itself.`
          : null;
      }
      if (
        networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
      )
        return null;
      const reason = whyNotPublic(address);
      return reason && `${text} is ${reason}, and no allowed network contains it.`;
    },

    checkProtocolAndPort(protocol, port, loopback) {
      if (protocol !== "https:" && protocol !== "http:") return `Only https URLs are called, not ${protocol}`;
      if (protocol === "http:" && !policy.allowPlainHttp && !(policy.allowLoopback && loopback)) {
        return "Use https: over plain http everybody on the way can read what your functions send and receive.";
      }
      if (REFUSED_PORTS.has(port))
        return `Port ${port} belongs to another kind of service; apps are not called there.`;
      if (allowedPorts && !allowedPorts.has(port))
        return `Port ${port} is not among the allowed ports (${[...allowedPorts].join(", ")}).`;
      return null;
    },
  };
}

/** An IPv4 address in IPv6 clothes is that IPv4 address, to every rule. */
function canonical(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address.kind() === "ipv6" ? (embeddedV4(address as ipaddr.IPv6) ?? address) : address;
}
