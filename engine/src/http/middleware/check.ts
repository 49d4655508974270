import type { z } from "@hono/zod-openapi";
import { Problem, type ProblemDetail } from "../../domain/problems.ts";

/** So many are told at once; who has more to mend than that does not read them. */
const ERRORS_MAX = 20;

/**
 * The value as the schema reads it.
 * @param where "" for the body, "?" for the query, "{" for the path.
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: "" | "?" | "{",
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(toDetails(result.error, where));
}

export function toDetails(error: z.ZodError, where: "" | "?" | "{", prefix = ""): ProblemDetail[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys")
      return [{ pointer: pointerTo(issue.path, where, prefix), detail: sentence(issue) }];
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key], where, prefix),
      detail: "is not known here; check its spelling",
    }));
  });
}

function pointerTo(path: readonly PropertyKey[], where: "" | "?" | "{", prefix: string): string {
  const parts = path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1"));
  if (where === "") return prefix + parts.map((part) => `/${part}`).join("");
  return where === "?" ? `?${parts.join("/")}` : `{${parts.join("/")}}`;
}

export function invalid(errors: readonly ProblemDetail[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : "";
  return new Problem(
    "validation",
    `${first!.pointer === "" ? "The body" : first!.pointer}: ${first!.detail}${more}`,
    { errors: errors.slice(0, ERRORS_MAX) },
  );
}

/** Zod repeats what was sent in some of its messages; a problem never does, for it may be a secret. */
function sentence(issue: z.core.$ZodIssue): string {
  return issue.message.replace(/, received .*$/, "");
}
