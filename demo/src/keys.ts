/** Single keys, where there is a keyboard. Ctrl-C arrives as a key too, because nobody else reads the terminal then. */
export function onKey(press: (key: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const hear = (chunk: Buffer) => {
    for (const key of chunk.toString("utf8")) press(key);
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on("data", hear);
  return () => {
    stdin.off("data", hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
