import { useMemo } from "react";
import { Brush } from "./brush.tsx";
import type { Stretch } from "./idle.ts";
import { LAYERS, type Layer, minimapOf } from "./minimap.ts";
import type { TraceModel } from "./model.ts";

interface MinimapProps {
  readonly model: TraceModel;
  readonly zoom: Stretch | null;
  readonly setZoom: (part: Stretch | null) => void;
}

const COLUMNS = 240;
const HEIGHT = 32;

const COLOR: Readonly<Record<Layer, string>> = {
  work: "var(--phase-app)",
  held: "var(--phase-limit)",
  rest: "var(--phase-sleep)",
};

/** All of the run above the part that is seen, and the part itself to be moved. */
export function Minimap({ model, zoom, setZoom }: MinimapProps) {
  const { whole, root } = model;
  const map = useMemo(() => minimapOf(root.forest, whole, COLUMNS), [root.forest, whole]);
  const areas = useMemo(() => areasOf(map), [map]);
  return (
    <div className="relative h-10 touch-none overflow-hidden rounded-lg border border-line bg-raised select-none">
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${COLUMNS} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="absolute inset-x-0 top-1 bottom-0 h-[calc(100%-4px)] w-full"
      >
        {LAYERS.map((layer) => (
          <path key={layer} d={areas[layer]} fill={COLOR[layer]} opacity={layer === "rest" ? 0.8 : 0.9} />
        ))}
        {[...map.bad].map((isBad, at) =>
          isBad === 0 ? null : <rect key={at} x={at} y={0} width={1} height={4} fill="var(--bad)" />,
        )}
      </svg>
      <Brush scale={whole} zoom={zoom} setZoom={setZoom} originMs={root.trace.startMs} />
    </div>
  );
}

/** One path a layer, each on top of the one below. */
function areasOf({ counts, most }: ReturnType<typeof minimapOf>): Record<Layer, string> {
  const ground = new Float64Array(COLUMNS);
  const areas = { work: "", held: "", rest: "" };
  for (const layer of LAYERS) {
    let path = "";
    for (let at = 0; at < COLUMNS; at += 1) {
      const count = counts[layer][at]!;
      if (count <= 0) continue;
      const height = (count / most) * HEIGHT;
      path += `M${at} ${(HEIGHT - ground[at]!).toFixed(2)}h1v${(-height).toFixed(2)}h-1z`;
      ground[at]! += height;
    }
    areas[layer] = path;
  }
  return areas;
}
