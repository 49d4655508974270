import * as z from "zod";
import {
  FETCH_BODY_BYTES_MAX,
  FETCH_HEADER_BYTES_MAX,
  FETCH_HEADERS_MAX,
  FETCH_MS_MAX,
  FETCH_URL_CHARACTERS_MAX,
} from "../limits.ts";
import { retryPolicySchema } from "../retry.ts";
import { stepIdentity } from "./identity.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** No control character but the tab: a line end would begin a header of its own. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export const fetchOpSchema = z.object({
  op: z.literal("fetch"),
  ...stepIdentity,
  url: z
    .string()
    .max(FETCH_URL_CHARACTERS_MAX)
    .regex(
      /^https?:\/\/[^\s@/?#]+([/?#]\S*)?$/,
      "must be an http or https URL without user name and password",
    ),
  method: z
    .string()
    .max(20)
    .regex(/^[A-Z]+$/, "must be a method in capitals")
    .optional(),
  headers: z
    .record(
      z.string().max(200).regex(TOKEN, "must be the name of a header"),
      z.string().max(FETCH_HEADER_BYTES_MAX).regex(HEADER_VALUE, "must be one line of Latin-1"),
    )
    .refine(
      (headers) => Object.keys(headers).length <= FETCH_HEADERS_MAX,
      `has at most ${FETCH_HEADERS_MAX} headers`,
    )
    .meta({ maxProperties: FETCH_HEADERS_MAX })
    .optional(),
  body: z.string().max(FETCH_BODY_BYTES_MAX).optional(),
  timeout_ms: z.int().min(1).max(FETCH_MS_MAX).optional(),
  retry_policy: retryPolicySchema.optional(),
});
