import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/empty.tsx";

export function NotFound() {
  return (
    <main>
      <Empty title="There is no such page">
        <p>
          The address may be mistyped, or of a later version.{" "}
          <Link to="/" className="text-accent underline">
            All workspaces
          </Link>
        </p>
      </Empty>
    </main>
  );
}
