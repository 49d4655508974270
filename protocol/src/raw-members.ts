/**
 * The members whose values belong to users: step results (`v`), what runs receive and return (`input`, `output`) and
 * what events and log lines carry (`data`). Read messages with `parseJson(bytes, { raw: RAW_MEMBERS })` and these
 * become RawJson, to be stored and passed on byte for byte.
 */
export const RAW_MEMBERS: ReadonlySet<string> = new Set(["v", "input", "output", "data"]);
