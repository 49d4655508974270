/**
 * Settings of the embedded server, for a developer's machine that also runs a browser and an editor.
 *
 * Memory: 27 MB for all its processes when idle, about 60 MB under load with 8 connections, and at most about
 * 128 MB of shared buffers + 4 MB of work_mem per sorting connection when the data is larger than that.
 * Durability is never traded: fsync and synchronous_commit stay on, as in production.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  // One door: the socket. No TCP port to collide with, to be scanned, or to need a password for.
  listen_addresses: "",
  port: "5432",
  unix_socket_permissions: "0700",
  max_connections: "100",

  shared_buffers: "128MB",
  huge_pages: "off",
  // The default keeps three more processes for read-ahead that a small database does not need.
  io_method: "sync",

  fsync: "on",
  synchronous_commit: "on",
  // No replica reads this log, so it holds only what a crash needs. Full pages are compressed.
  wal_level: "minimal",
  max_wal_senders: "0",
  wal_compression: "on",
  checkpoint_timeout: "15min",
  max_wal_size: "1GB",

  // Queue tables are small and change all the time: dead rows cost more than vacuuming often does.
  autovacuum_naptime: "10s",
  jit: "off",

  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
};

export function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** A folder inside the list that unix_socket_directories is: quoted, so that commas and spaces are part of it. */
export function quotedFolder(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`;
}
