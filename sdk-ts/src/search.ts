import { SEARCHABLE_PATH, SEARCHABLE_PATHS_MAX, TAG, TAGS_MAX } from "@durable/protocol/wire";
import { shown } from "./options.ts";

/** What runs are found by. */
export interface SearchOptions {
  /** Up to ten words that its runs are found by: `durable runs ls tag:billing`. */
  readonly tags?: readonly string[] | undefined;
  /**
   * Up to ten paths into its events, such as `"data.user.id"`: its runs are found by what stands there when they are started,
   * `durable runs ls data.user.id:42`. A string of at most 200 characters, a number, true or false; of a list each of the first 20.
   */
  readonly searchable?: readonly string[] | undefined;
}

/**
 * The same under the names of the wire; what is not given is left out.
 * @throws TypeError for what the engine could not accept.
 */
export function searchOnWire({ tags, searchable }: SearchOptions): {
  tags?: string[];
  searchable?: string[];
} {
  return {
    ...(tags !== undefined && { tags: tagsOnWire(tags) }),
    ...(searchable !== undefined && {
      searchable: listOf("searchable", searchable, SEARCHABLE_PATHS_MAX, SEARCHABLE_PATH, PATH_RULE),
    }),
  };
}

/** @throws TypeError with what is wrong with them. */
export function tagsOnWire(tags: unknown): string[] {
  return listOf("tags", tags, TAGS_MAX, TAG, TAG_RULE);
}

const TAG_RULE = "a tag is 1 to 100 of A-Z a-z 0-9 _ . : / - and begins with none of . : / -";
const PATH_RULE = 'a path leads into the event, such as "data.user.id"';

function listOf(member: string, given: unknown, max: number, pattern: RegExp, rule: string): string[] {
  if (!Array.isArray(given) || given.length > max) {
    throw new TypeError(`"${member}" is a list of at most ${max} texts.`);
  }
  for (const text of given as unknown[]) {
    if (typeof text !== "string" || !pattern.test(text)) {
      throw new TypeError(`"${member}" has ${shown(text)}, and ${rule}.`);
    }
  }
  return [...(given as string[])];
}
