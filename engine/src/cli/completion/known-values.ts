import type { Environment } from "../context.ts";
import { readProfiles } from "../profiles/profile-file.ts";
import { type Api, apiOf, type TargetFlags, type Workspace, workspaceOf } from "../target.ts";
import { oneLine } from "../terminal/fit.ts";
import type { Candidate } from "./what-may-come.ts";

const SHOWN_MAX = 20;
/** Somebody waits with a finger on the key. */
const PATIENCE_MS = 1_500;

type Look = (api: Api, params: Workspace) => Promise<Candidate[]>;

const RUNS: Look = async (api, params) => {
  const { runs } = await api.listRuns({ params, query: { limit: SHOWN_MAX } });
  return runs.map((run) => ({
    value: run.id,
    description: `${run.function}, ${run.status}, ${run.created_at}`,
  }));
};

const FUNCTIONS: Look = async (api, params) => {
  const { functions } = await api.listFunctions({ params });
  return functions.map(({ id, version }) => ({ value: id, description: `version ${version}` }));
};

/** By the names of arguments and flags. What is not here is completed by nothing: a page of events says little. */
const LOOKS: Readonly<Record<string, Look>> = {
  run: RUNS,
  function: FUNCTIONS,
  "app/function": async (api, params) =>
    (await FUNCTIONS(api, params)).map((each) => ({ ...each, value: `${params.app}/${each.value}` })),
  bulk: async (api, params) =>
    (await api.listBulks({ params })).bulks.map(({ id, action, status }) => ({
      value: id,
      description: `${action}, ${status}`,
    })),
  fingerprint: async (api, params) =>
    (await api.listErrors({ params })).errors.map(({ fingerprint, name }) => ({
      value: fingerprint,
      description: name,
    })),
  schedule: async (api, params) =>
    (await api.listSchedules({ params })).schedules.map(({ id, function: of }) => ({
      value: id,
      description: of,
    })),
  input: async (api, params) =>
    (await api.listInputs({ params })).inputs.map(({ id, name }) => ({ value: id, description: name })),
  pause: async (api, params) =>
    (await api.listPauses({ params })).pauses.map(({ id, by }) => ({ value: id, description: by })),
};

/** Those that there are now, as far as an engine says so in time; a shell is told of no trouble. */
export async function knownValues(
  asked: string,
  flags: TargetFlags,
  environment: Environment,
): Promise<Candidate[]> {
  try {
    if (asked === "profile" || asked === "name")
      return Object.entries(readProfiles(environment).profiles).map(([value, { url }]) => ({
        value,
        description: url,
      }));
    return await Promise.race([look(asked, flags, environment), over()]);
  } catch {
    return [];
  }
}

async function look(asked: string, flags: TargetFlags, environment: Environment): Promise<Candidate[]> {
  if (asked !== "app" && asked !== "env" && !Object.hasOwn(LOOKS, asked)) return [];
  const api = await apiOf(flags, environment);
  try {
    if (asked === "app" || asked === "env") return await workspaces(api, asked);
    const found = await LOOKS[asked]!(api, await workspaceOf(flags, environment, api));
    return found.map(({ value, description }) => ({ value, description: oneLine(description) }));
  } finally {
    await api.close();
  }
}

async function workspaces(api: Api, asked: "app" | "env"): Promise<Candidate[]> {
  const { apps } = await api.listApps();
  const names = new Set(apps.map(({ app, environment }) => (asked === "app" ? app : environment)));
  return [...names].map((value) => ({ value, description: "" }));
}

function over(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("it takes too long")), PATIENCE_MS).unref();
  });
}
