export interface ServerAddress {
  host: string;
  port: number;
  user: string;
  database: string;
}

/** A Postgres of its own for a test run, on a temporary folder. Usable without vitest, by chaos and benchmarks. */
export interface TestServer {
  readonly address: ServerAddress;
  readonly pid: number;
  stop(): Promise<void>;
}
