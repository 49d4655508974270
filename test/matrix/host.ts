/** Where a host is started. */
export interface HostPlace {
  /** Its project: packages in `node_modules`, the SDK among them, and the files. */
  readonly folder: string;
  readonly port: number;
  /** `PORT`, `DURABLE_URL`, `DURABLE_SECRET` and `DURABLE_DEPLOYMENT`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Out of which the host's files are taken: the blocks of a page that people read. */
export interface SnippetSource {
  readonly page: "README.md" | "docs/guides/hosts.md";
  /** The word behind the file's name. */
  readonly framework: string;
}

/** What is tried on a host. */
export type Column = "conformance" | "steps" | "speed";

/** One row of the matrix. */
export interface Host {
  /** As on the command line, and as its deployment is called. */
  readonly name: string;
  readonly title: string;
  /** Whose packages are installed together; its own unless named. Two of one project are never up together. */
  readonly project?: string;
  /** From the registry, each at one version. None: nothing is installed. */
  readonly packages: Readonly<Record<string, string>>;
  /** Of its packages, or of theirs: those that have code of their own for this machine, which is compiled here. */
  readonly compiled?: readonly string[];
  /** As some frameworks create their projects. */
  readonly isCommonJs?: boolean;
  /** None where the host serves something else than the SDK in TypeScript; then `files` are all it has. */
  readonly snippet?: SnippetSource;
  /** Where the functions are; `functions.ts` unless named. */
  readonly functionsFile?: string;
  /** What its users have in their project anyway. */
  readonly files?: (place: HostPlace) => Readonly<Record<string, string>>;
  /** Written by esbuild, as the host's own tools would. */
  readonly bundle?: {
    readonly entry: string;
    readonly out: string;
    /** All in one file, for hosts that find no packages. */
    readonly withPackages: boolean;
    readonly conditions?: readonly string[];
    /** All that the code finds in `globalThis`, and nothing of what Node has of its own; everything unless named. */
    readonly globals?: readonly string[];
  };
  readonly build?: readonly [string, ...string[]];
  readonly start: (place: HostPlace) => readonly [string, ...string[]];
  /** Needs no installation, and is part of `npm test`. */
  readonly isQuick?: boolean;
  /** What is tried there; everything unless named. */
  readonly columns?: readonly Column[];
  /** Cases of the conformance kit that cannot pass there, and why: case -> reason. */
  readonly gaps?: Readonly<Record<string, string>>;
  /** Its version, when it is none of `packages`. */
  readonly version?: (folder: string) => string;
}
