/** Names of apps and functions: they stand in URLs, between slashes. */
export const SLUG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** A function of the same app, or `app/id`. */
export const TARGET = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** Null when `name` may name an app or a function; otherwise what it must be, to follow the thing's name. */
export function slugProblem(name: string): string | null {
  return SLUG.test(name) ? null : "must be 1 to 100 of A-Z a-z 0-9 _ . - and not begin with . or -";
}
