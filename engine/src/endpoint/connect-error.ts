import type { NeverArrivedReason } from "./dispatch-result.ts";

/** No connection was made, so no byte of the request left this machine. The message is a sentence for a person. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly kind: NeverArrivedReason;

  constructor(kind: NeverArrivedReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }

  /** What the socket, the resolver or TLS said, turned into what happened and what to do. */
  static from(error: NodeJS.ErrnoException, where: string): ConnectError {
    if (error instanceof ConnectError) return error;
    const code = error.code ?? "";
    const say = (kind: NeverArrivedReason, sentence: string) => new ConnectError(kind, sentence, error);
    switch (code) {
      case "ECONNREFUSED":
        return say("refused", `Nothing listens at ${where}. Is the app running?`);
      case "ENOTFOUND":
        return say("dns", `The name in ${where} does not exist in DNS.`);
      case "EAI_AGAIN":
        return say("dns", `DNS did not answer for ${where}.`);
      case "ETIMEDOUT":
        return say("connect-timeout", `${where} did not accept a connection in time.`);
      case "EHOSTUNREACH":
      case "ENETUNREACH":
      case "EADDRNOTAVAIL":
        return say("refused", `There is no route to ${where} (${code}).`);
      default:
        return isTlsCode(code)
          ? say("tls", `The TLS handshake with ${where} failed: ${error.message} (${code}).`)
          : say("refused", `No connection to ${where}: ${error.message}${code ? ` (${code})` : ""}.`);
    }
  }
}

function isTlsCode(code: string): boolean {
  return /TLS|SSL|CERT|SIGNATURE|EPROTO|ISSUER|CRL|CHAIN|HOSTNAME_MISMATCH/.test(code);
}
