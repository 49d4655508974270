import { useEffect, useState } from "react";

/** What loads faster than this shows nothing meanwhile. */
const DELAY_MS = 200;

/** Lines of the height of what comes, so that nothing jumps. */
export function Skeleton({ rows, rowHeight = 36 }: { readonly rows: number; readonly rowHeight?: number }) {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      aria-busy="true"
      aria-label="Loading"
      role="status"
      style={{ height: rows * rowHeight }}
      className="overflow-hidden"
    >
      {isShown &&
        Array.from({ length: rows }, (_, row) => (
          <div
            key={row}
            style={{ height: rowHeight }}
            className="flex items-center border-b border-line px-3"
          >
            <div
              className="h-3 w-full animate-pulse rounded bg-sunken"
              style={{ maxWidth: `${70 - ((row * 17) % 40)}%` }}
            />
          </div>
        ))}
    </div>
  );
}
