import { linePaths } from "./spark-series.ts";

export interface SparkLine {
  readonly values: readonly (number | null)[];
  readonly color: string;
  /** Beside the colour, for who does not see it. */
  readonly isDashed?: boolean;
}

interface SparklineProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly lines: readonly SparkLine[];
  readonly height?: number;
  readonly isBars?: boolean;
}

/** A course at a glance, without axes: whoever wants numbers follows the link beside it. */
export function Sparkline({ label, lines, height = 36, isBars = false }: SparklineProps) {
  const most = Math.max(1e-9, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={isBars ? `0 0 ${lines[0]?.values.length ?? 1} 1` : "0 -0.04 100 1.08"}
      preserveAspectRatio="none"
      className="block w-full"
      style={{ height }}
    >
      {lines.map(({ values, color, isDashed = false }) =>
        isBars ? (
          <g key={color} fill={color}>
            {values.map((value, index) => {
              const size = (value ?? 0) / most;
              return <rect key={index} x={index + 0.08} width={0.84} y={1 - size} height={size} />;
            })}
          </g>
        ) : (
          linePaths(values, most).map((path) => (
            <path
              key={path}
              d={path}
              fill="none"
              stroke={color}
              strokeWidth={1.5}
              strokeLinecap="round"
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
              {...(isDashed ? { strokeDasharray: "3 3" } : {})}
            />
          ))
        ),
      )}
      <line
        x1={0}
        x2={isBars ? (lines[0]?.values.length ?? 1) : 100}
        y1={1}
        y2={1}
        stroke="var(--line)"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
