/** A row, in the shape that those of the other hosts have: nothing of it knows how it is tried. */
export interface Host {
  readonly name: string;
  readonly title: string;
  /** Whose packages are installed together; its own unless named. */
  readonly project?: string;
  /** From the npm registry, each at one version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Makes the project, in its folder. */
  readonly build: readonly [string, ...string[]];
  readonly start: (place: HostPlace) => readonly [string, ...string[]];
  /** Needs no installation, and is part of `npm test`. */
  readonly isQuick?: boolean;
  readonly version: (folder: string) => string;
}

export interface HostPlace {
  readonly folder: string;
  readonly port: number;
  /** `PORT`, `DURABLE_URL`, `DURABLE_SECRET` and `DURABLE_DEPLOYMENT`. */
  readonly env: Readonly<Record<string, string>>;
}
