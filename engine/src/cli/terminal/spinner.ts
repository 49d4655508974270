const FRAMES = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];

export function spinnerAt(frame: number): string {
  return FRAMES[frame % FRAMES.length]!;
}
