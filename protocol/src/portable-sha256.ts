// SHA-256 (FIPS 180-4) and HMAC (RFC 2104), for runtimes that have neither synchronously. Its own code because it is small:
// a library that also offers its siblings, streams and types is six times as much of what an app loads before its first request.

const BLOCK_BYTES = 64;
/** What a loop counts to is a constant, and a state is read word by word: asking arrays for both makes it half as fast. */
const ROUND_COUNT = 64;
const HASH_BYTES = 32;
/** The length of the message, in bits, at the end of the last block. */
const LENGTH_BYTES = 8;

/** What the first 32 bits after the point of a number are. */
function fractionBits(value: number): number {
  return ((value % 1) * 2 ** 32) | 0;
}

/** `roots`: of the first 8 primes, where a hash begins; `rounds`: cube roots of the first 64, one for each round. */
function makeConstants(): { readonly roots: Int32Array; readonly rounds: Int32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < ROUND_COUNT; n++)
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return {
    roots: Int32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime))),
    rounds: Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime))),
  };
}

const { roots: START, rounds: ROUNDS } = /* @__PURE__ */ makeConstants();

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** Takes whole blocks into the state. */
function absorb(state: Int32Array, blocks: DataView): void {
  const words = new Int32Array(ROUND_COUNT);
  for (let at = 0; at < blocks.byteLength; at += BLOCK_BYTES) {
    for (let i = 0; i < 16; i++) words[i] = blocks.getInt32(at + 4 * i);
    for (let i = 16; i < ROUND_COUNT; i++) {
      const near = words[i - 2]!;
      const far = words[i - 15]!;
      const fromFar = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
      const fromNear = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
      words[i] = (words[i - 16]! + words[i - 7]! + fromFar + fromNear) | 0;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < ROUND_COUNT; i++) {
      const fromE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const fromA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const one = (h + fromE + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!) | 0;
      const two = (fromA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    const taken = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < taken.length; i++) state[i]! += taken[i]!;
  }
}

/**
 * @param from The state after `bytesBefore` bytes, whole blocks.
 * @returns 32 bytes over those and `parts`.
 */
function hashOf(parts: readonly Uint8Array[], from: Int32Array, bytesBefore: number): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const blocks = Math.ceil((length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  let at = 0;
  for (const part of parts) {
    padded.set(part, at);
    at += part.length;
  }
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - LENGTH_BYTES, 8n * BigInt(bytesBefore + length));
  const state = from.slice();
  absorb(state, view);
  const hash = new DataView(new ArrayBuffer(HASH_BYTES));
  for (const [i, word] of state.entries()) hash.setInt32(4 * i, word);
  return new Uint8Array(hash.buffer);
}

/** 32 bytes over `bytes`. */
export function hash(bytes: Uint8Array): Uint8Array {
  return hashOf([bytes], START, 0);
}

/** Makes MACs of 32 bytes with this key, over all parts together. Both blocks of the key are taken in once. */
export function hmac(key: Uint8Array): (...parts: Uint8Array[]) => Uint8Array {
  const short = key.length > BLOCK_BYTES ? hash(key) : key;
  const begin = (pad: number): Int32Array => {
    const block = new Uint8Array(BLOCK_BYTES).fill(pad);
    for (const [i, byte] of short.entries()) block[i] = byte ^ pad;
    const state = START.slice();
    absorb(state, new DataView(block.buffer));
    return state;
  };
  const inner = begin(0x36);
  const outer = begin(0x5c);
  return (...parts) => hashOf([hashOf(parts, inner, BLOCK_BYTES)], outer, BLOCK_BYTES);
}
