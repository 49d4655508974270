import { Problem } from "../domain/problems.ts";
import type { Database } from "../store/database.ts";
import { ensureWorkspace, findWorkspace } from "../store/workspaces.ts";

/** Names are remembered up to here; an engine has tens of workspaces, and dev mode may make one per typing error. */
const REMEMBERED_MAX = 10_000;

/** Workspace ids by name. A workspace never goes away and never changes its id, so a found one is kept. */
export class WorkspaceIds {
  readonly #database: Database;
  readonly #ids = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  async find(app: string, environment: string): Promise<number | null> {
    const name = `${app}/${environment}`;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    return this.#remember(name, await findWorkspace(this.#database, app, environment));
  }

  /** For actors who may reach it. @throws Problem `not-found` that names it. */
  async require(app: string, environment: string): Promise<number> {
    const id = await this.find(app, environment);
    if (id !== null) return id;
    const name = JSON.stringify(app);
    throw new Problem(
      "not-found",
      `There is no app ${name} in ${environment}. Check the names; an app is there once it has been synced.`,
    );
  }

  /** Made if need be. Only for actors who may reach any workspace. */
  async ensure(app: string, environment: string): Promise<number> {
    const known = this.#ids.get(`${app}/${environment}`);
    if (known !== undefined) return known;
    const id = await ensureWorkspace(this.#database, app, environment);
    this.#remember(`${app}/${environment}`, id);
    return id;
  }

  #remember(name: string, id: number | null): number | null {
    if (id !== null && this.#ids.size < REMEMBERED_MAX) this.#ids.set(name, id);
    return id;
  }
}
