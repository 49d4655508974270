import { useWorkspace } from "../../here/workspace.ts";
import { Command } from "../../parts/command.tsx";
import { Panel } from "../../parts/panel.tsx";

/** How a model looks at this workspace. */
export function McpSection() {
  const { app, env } = useWorkspace();
  const here = location.origin;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const config = {
    mcpServers: {
      durable: {
        command: "npx",
        args: ["@durable/engine", "mcp", "--app", app, "--env", env],
        env: { DURABLE_URL: here, ...(isLocal ? {} : { DURABLE_API_KEY: "dk_…" }) },
      },
    },
  };
  return (
    <Panel
      title="Let a model look"
      description="durable mcp serves the API as tools of the Model Context Protocol. It reads, and changes nothing, unless it is started with --allow-changes; then each change is a plan that is confirmed."
    >
      <div className="space-y-3 text-sm">
        <div>
          <h3 className="mb-1 font-medium">Claude Code</h3>
          <Command
            text={`claude mcp add durable -- npx @durable/engine mcp --app ${app} --env ${env} --url ${here}`}
          />
        </div>
        <div>
          <h3 className="mb-1 font-medium">Whatever reads a configuration file</h3>
          <Command text={JSON.stringify(config, null, 2)} />
        </div>
        {!isLocal && (
          <div>
            <h3 className="mb-1 font-medium">A key of its own, which only reads</h3>
            <Command
              text={`npx @durable/engine keys create api --scope read --days 90 --app ${app} --env ${env}`}
            />
          </div>
        )}
        <p className="text-muted">
          What runs carry was written by your users: treat what a model concludes from it as a mail from a
          stranger.
        </p>
      </div>
    </Panel>
  );
}
