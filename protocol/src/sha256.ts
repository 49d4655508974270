// SHA-256 and HMAC-SHA256, synchronous on every runtime. Synchronous because an SDK computes step ids inside user
// code, where an extra microtask would change the order in which steps are found. WebCrypto is asynchronous only,
// so the choice is: the runtime's node:crypto where there is one, else JavaScript.
import type * as NodeCrypto from "node:crypto";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/** A key prepared once: preparing costs several times a MAC. */
export interface MacKey {
  /** HMAC-SHA256 over `head` followed by `body`. */
  mac(head: string, body: string | Uint8Array): Uint8Array;
  /** The same, in base64 with padding. */
  macBase64(head: string, body: string | Uint8Array): string;
}

export interface Sha256 {
  /** 64 lower-case hex digits over the UTF-8 bytes of `text`. */
  hex(text: string): string;
  prepareKey(key: Uint8Array): MacKey;
}

const utf8 = new TextEncoder();

export const portableSha256: Sha256 = {
  hex(text) {
    let digits = "";
    for (const byte of nobleSha256(utf8.encode(text))) digits += byte.toString(16).padStart(2, "0");
    return digits;
  },
  prepareKey(key) {
    const prepared = hmac.create(nobleSha256, key);
    const mac = (head: string, body: string | Uint8Array): Uint8Array => {
      const started = prepared.clone().update(utf8.encode(head));
      return started.update(typeof body === "string" ? utf8.encode(body) : body).digest();
    };
    return { mac, macBase64: (head, body) => btoa(String.fromCharCode(...mac(head, body))) };
  },
};

function overNodeCrypto(crypto: typeof NodeCrypto): Sha256 {
  return {
    // `hash` is new in Node 20.12 and needs a third of the time.
    hex:
      typeof crypto.hash === "function"
        ? (text) => crypto.hash("sha256", text, "hex")
        : (text) => crypto.createHash("sha256").update(text).digest("hex"),
    prepareKey(bytes) {
      const key = crypto.createSecretKey(bytes);
      const start = (head: string, body: string | Uint8Array): NodeCrypto.Hmac => {
        const started = crypto.createHmac("sha256", key);
        return typeof body === "string" ? started.update(head + body) : started.update(head).update(body);
      };
      return {
        mac: (head, body) => start(head, body).digest(),
        macBase64: (head, body) => start(head, body).digest("base64"),
      };
    },
  };
}

/** The runtime's own implementation, or null where it is missing or only partly there. */
function findNodeSha256(): Sha256 | null {
  try {
    const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
    if (!crypto) return null;
    const found = overNodeCrypto(crypto);
    const works = (sha256: Sha256): string =>
      sha256.hex("a") + sha256.prepareKey(utf8.encode("k")).macBase64("b", "c");
    return works(found) === works(portableSha256) ? found : null;
  } catch {
    return null;
  }
}

export const nodeSha256: Sha256 | null = findNodeSha256();
export const sha256: Sha256 = nodeSha256 ?? portableSha256;
