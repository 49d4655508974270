import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "nest",
    title: "NestJS on Express",
    packages: {
      "@nestjs/common": "12.5.1",
      "@nestjs/core": "12.5.1",
      "@nestjs/platform-express": "12.5.1",
      "reflect-metadata": "0.2.2",
      rxjs: "7.8.2",
    },
    snippet: { page: "docs/guides/hosts.md", framework: "nest" },
    functionsFile: "src/functions.ts",
    files: () => ({
      "tsconfig.json": JSON.stringify({
        compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true, target: "es2022" },
      }),
    }),
    // As `nest build` does.
    bundle: { entry: "src/main.ts", out: "dist/main.js", withPackages: false },
    start: () => ["node", "dist/main.js"],
  },
];
