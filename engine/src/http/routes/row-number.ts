import { notFound } from "../../domain/problems.ts";

/** The id of something that is numbered. @throws Problem `not-found` for what can be no such number. */
export function requireNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound();
  return Number(text);
}
