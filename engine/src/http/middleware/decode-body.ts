import { parseJson } from "@durable/protocol/wire";
import { Problem } from "../../domain/problems.ts";
import type { Row } from "../contract/row.ts";
import { check } from "./check.ts";

type BodyRow = NonNullable<Row["body"]>;

/** The content type without its parameters. Refuses what the route does not read, before a byte of it is read. */
export function requireContentType(
  { contentTypes, anyContentType }: BodyRow,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && String(encoding).toLowerCase() !== "identity") {
    throw new Problem(
      "unsupported-encoding",
      "The body is compressed. Send it as it is, without content-encoding.",
      { headers: { "accept-encoding": "identity" } },
    );
  }
  const given = String(headers["content-type"] ?? "");
  const [type = "", ...parameters] = given.split(";").map((part) => part.trim().toLowerCase());
  const foreign = parameters.find(
    (part) => part.startsWith("charset=") && !/^charset="?utf-?8"?$/.test(part),
  );
  const isRead = anyContentType === true || contentTypes.includes(type);
  if (!isRead || foreign !== undefined) {
    throw new Problem(
      "unsupported-media-type",
      given === ""
        ? `The request has no content-type. Send ${contentTypes.join(" or ")}.`
        : `The content type is not read here. Send ${contentTypes.join(" or ")}, in UTF-8.`,
      { headers: { accept: contentTypes.join(", ") } },
    );
  }
  if (headers["ce-specversion"] !== undefined) {
    throw new Problem(
      "unsupported-media-type",
      "CloudEvents in binary mode (ce- headers) are not read. Send the event as application/cloudevents+json.",
    );
  }
  return type;
}

export function decodeJsonBody({ schema }: BodyRow, bytes: Uint8Array): unknown {
  return check(schema, parseJson(bytes), "");
}
