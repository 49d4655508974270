// Loaded before every task. If boot.mjs is killed with SIGKILL it cannot pass anything on; the channel between us
// closes then, and the task ends as if it had been told to. Without this the engine would keep its port for ever.

process.channel?.unref();
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
