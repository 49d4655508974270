interface SparkBars {
  /** One for each step of time. */
  readonly values: readonly (number | null)[];
  readonly color: string;
}

interface SparklineProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  /** The second is a part of the first, and stands before it. */
  readonly bars: readonly SparkBars[];
  readonly height?: number;
}

/** A course at a glance, without axes: whoever wants numbers follows the link beside it. */
export function Sparkline({ label, bars, height = 36 }: SparklineProps) {
  const most = Math.max(1e-9, ...bars.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const count = bars[0]?.values.length ?? 1;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${count} ${height}`}
      preserveAspectRatio="none"
      className="block w-full"
      style={{ height }}
    >
      {bars.map(({ values, color }) => (
        <g key={color} fill={color}>
          {values.map((value, index) => {
            if (value === null || value === 0) return null;
            // Something is seen, however little it is.
            const size = Math.max(1.5, (value / most) * height);
            return <rect key={index} x={index + 0.1} width={0.8} y={height - size} height={size} />;
          })}
        </g>
      ))}
      <line
        x1={0}
        x2={count}
        y1={height}
        y2={height}
        stroke="var(--line-strong)"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
