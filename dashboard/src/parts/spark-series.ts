/** Corners of a line from left to right in a box of 100 by 1, zero at the bottom; a gap where there is no value. */
export function linePaths(values: readonly (number | null)[], most: number): string[] {
  const paths: string[] = [];
  let path = "";
  const end = () => {
    if (path !== "") paths.push(path.includes("L") ? path : `${path}h0.01`);
    path = "";
  };
  const width = 100 / Math.max(1, values.length - 1);
  values.forEach((value, index) => {
    if (value === null) {
      end();
      return;
    }
    const at = `${round(index * width)} ${round(1 - value / most)}`;
    path += path === "" ? `M${at}` : `L${at}`;
  });
  end();
  return paths;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
