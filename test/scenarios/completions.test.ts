// Completion as shells ask for it: each one that this machine has reads our script and is asked what comes next.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFunction } from "@durable/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand, saidBy } from "../support/command-line.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { engineWithApp } from "./engine-with-app.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));

const { engine, app } = engineWithApp("shop", [
  createFunction({ id: "checkout", trigger: { event: "order" }, handler: () => 1 }),
]);

let bin: string;
beforeAll(() => {
  bin = tempFolder("completions");
  const program = join(bin, "durable");
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${DURABLE} "$@"\n`);
  chmodSync(program, 0o755);
});

const environment = () => ({ DURABLE_URL: engine.url, DURABLE_APP: "shop" });

/** What may come, told as bash is told. */
async function next(...words: string[]): Promise<string[]> {
  const said = await saidBy(["completions", "bash", "--", ...words], environment());
  return said.split("\n").filter((line) => line !== "");
}

describe("what may come next", () => {
  test("commands, and below them theirs", async () => {
    expect(await next("run")).toEqual(["runs"]);
    expect(await next("runs", "re")).toEqual(["resume", "rerun", "repair", "retry"]);
  });

  test("flags of the command, and the values that are written down", async () => {
    expect(await next("runs", "show", "--f")).toEqual(["--follow"]);
    expect(await next("keys", "create", "api", "--scope", "")).toEqual(["read", "write", "admin"]);
    expect(await next("completions", "")).toEqual(["bash", "zsh", "fish"]);
    // A flag's value is no operand.
    expect(await next("--url", "x")).toEqual([]);
  });

  test("what the engine knows: runs, functions, apps", async () => {
    const run = await app.start("order");
    expect(await next("runs", "show", "")).toContain(run);
    expect(await next("why", "--app", "shop", run.slice(0, 8))).toContain(run);
    expect(await next("trigger", "")).toEqual(["shop/checkout"]);
    expect(await next("runs", "ls", "--function", "ch")).toEqual(["checkout"]);
    expect(await next("why", "--app", "")).toEqual(["shop"]);
    expect(await next("why", "--app", "another", "")).toEqual([]);
  });

  test("nothing, and no word of trouble, where no engine answers", async () => {
    const nowhere = { DURABLE_URL: "http://127.0.0.1:1", DURABLE_APP: "shop" };
    const args = ["completions", "bash", "--", "runs", "show", ""];
    expect(await runCommand(args, nowhere)).toEqual({ code: 0, out: "", err: "" });
  });

  test("zsh and fish are told what each is", async () => {
    const inZsh = await saidBy(["completions", "zsh", "--", "wh"], environment());
    expect(inZsh).toBe("why:say why a run is where it is, and what it waits for\n");
    const inFish = await saidBy(["completions", "fish", "--", "wh"], environment());
    expect(inFish).toBe("why\tsay why a run is where it is, and what it waits for\n");
  });
});

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

function inShell(shell: string, args: readonly string[]): string {
  const env = { ...environment(), PATH: `${bin}:${process.env["PATH"]}`, HOME: bin, TERM: "dumb" };
  return execFileSync(shell, args, { env, encoding: "utf8" });
}

test("bash completes", () => {
  const script = `
    eval "$(durable completions bash)"
    COMP_WORDS=(durable runs rer); COMP_CWORD=2
    _durable
    printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p durable`;
  expect(inShell("bash", ["-c", script])).toBe("rerun\ncomplete -o default -F _durable durable\n");
});

test.skipIf(!has("fish"))("fish completes", () => {
  const script = `durable completions fish | source; complete -C "durable runs rer"`;
  expect(inShell("fish", ["--no-config", "-c", script])).toMatch(/^rerun\trun it again/);
});

test.skipIf(!has("zsh"))("zsh completes", () => {
  // A terminal of its own is where zsh's completion runs.
  const script = `
    zmodload zsh/zpty
    zpty shell zsh -f
    zpty -w shell 'PROMPT=; autoload -U compinit && compinit -u -D; eval "$(durable completions zsh)"; echo is-"ready"'
    zpty -r -m shell out '*is-ready*'
    zpty -w -n shell $'durable runs rer\\t'
    zpty -r -m shell out '*rerun*' && print -r -- done
    zpty -d shell`;
  expect(inShell("zsh", ["-f", "-c", script])).toContain("done");
});
