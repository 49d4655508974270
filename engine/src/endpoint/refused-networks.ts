import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Why an address is not on the public internet, or null if it is. The rule is the other way round from a deny list:
 * only globally routable unicast passes, so a range nobody thought of is refused, not let through.
 */
export function whyNotPublic(address: Address): string | null {
  if (address.kind() === "ipv4") return v4Reason(address as ipaddr.IPv4);
  const v6 = address as ipaddr.IPv6;
  const embedded = embeddedV4(v6);
  if (embedded !== null) return v4Reason(embedded);
  const range: string = v6.range();
  if (range !== "unicast") return SPECIAL[range] ?? `reserved (${range})`;
  // Of everything else only 2000::/3 has ever been handed out to the internet.
  return (v6.parts[0]! & 0xe000) === 0x2000 ? null : "outside the routable part of IPv6";
}

/** `::ffff:127.0.0.1` and `::127.0.0.1` are written as IPv6 and reach 127.0.0.1. */
export function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const [a, b, c, d, e, f, high, low] = address.parts as number[];
  if (a || b || c || d || e || (f !== 0 && f !== 0xffff)) return null;
  // `::` and `::1` are IPv6's own unspecified and loopback addresses.
  if (f === 0 && high === 0 && low! <= 1) return null;
  return new ipaddr.IPv4([high! >> 8, high! & 0xff, low! >> 8, low! & 0xff]);
}

export function isLoopback(address: Address): boolean {
  if (address.kind() === "ipv6") {
    const embedded = embeddedV4(address as ipaddr.IPv6);
    if (embedded !== null) return embedded.range() === "loopback";
  }
  return address.range() === "loopback";
}

/**
 * Cloud metadata services and their like: they hand out the machine's own credentials to whoever asks from it. No
 * setting opens them, not even a network the operator allows; the last one has an address that looks public.
 */
export const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "168.63.129.16",
]);

function v4Reason(address: ipaddr.IPv4): string | null {
  const range: string = address.range();
  return range === "unicast" ? null : (SPECIAL[range] ?? `reserved (${range})`);
}

/** ipaddr.js names the ranges; here is what they are to the person who typed the address. */
const SPECIAL: Record<string, string> = {
  unspecified: "the unspecified address",
  broadcast: "the broadcast address",
  multicast: "a multicast address",
  linkLocal: "a link-local address",
  loopback: "a loopback address",
  carrierGradeNat: "a carrier-grade NAT address",
  private: "a private address",
  uniqueLocal: "a private (unique local) address",
  deprecatedSiteLocal: "a private (site-local) address",
  reserved: "reserved for documentation, benchmarks or protocols",
  benchmarking: "reserved for benchmarks",
  discard: "a discard address",
  rfc6145: "an IPv4 translation address",
  rfc6052: "a NAT64 address",
  "6to4": "a 6to4 tunnel address",
  teredo: "a Teredo tunnel address",
  segmentRouting: "a segment routing identifier",
  as112: "a sink for misdirected DNS queries",
  as112v6: "a sink for misdirected DNS queries",
  amt: "a multicast tunnel address",
};
