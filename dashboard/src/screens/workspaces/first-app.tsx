import { CopyButton } from "../../parts/copy-button.tsx";

const COMMANDS: readonly (readonly [what: string, command: string])[] = [
  ["Install the SDK in your app, and serve your functions at /api/durable", "npm install @durable/sdk"],
  [
    "Start your app as ever. An engine in development finds it by itself on the usual ports, such as 3000, 4000, 5173 or 8080",
    "PORT=3000 node server.ts",
  ],
  [
    "Anywhere else, tell the engine where it is",
    "npx @durable/engine sync https://shop.example.com/api/durable --app shop --env prod",
  ],
];

/** Nothing has ever been here: what to do, and a line that is replaced by the app as soon as it comes. */
export function FirstApp() {
  return (
    <div className="mx-auto max-w-2xl pt-[8vh]">
      <h1 className="text-xl font-semibold">The engine runs, and knows no app yet</h1>
      <p className="mt-1 text-muted">
        Functions live in your own web app. The engine calls them at one address, <code>/api/durable</code>.
      </p>
      <ol className="mt-6 grid gap-4">
        {COMMANDS.map(([what, command], index) => (
          <li key={command} className="flex gap-3">
            <span
              aria-hidden
              className="mt-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-ground text-xs font-semibold text-accent"
            >
              {index + 1}
            </span>
            <div className="min-w-0 flex-1">
              <p>{what}</p>
              <div className="mt-1.5 flex items-center justify-between gap-2 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
                <code className="min-w-0 overflow-x-auto whitespace-nowrap">{command}</code>
                <CopyButton text={command} what="the command" />
              </div>
            </div>
          </li>
        ))}
      </ol>
      <p role="status" className="mt-8 flex items-center gap-2.5 text-muted">
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
        Waiting for your app …
      </p>
    </div>
  );
}
