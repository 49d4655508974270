// Light, dark, or as the system has it. A preference of this browser, so it is kept there.

export type Theme = "system" | "light" | "dark";

const KEY = "durable-theme";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

export function themeNow(): Theme {
  const kept = localStorage.getItem(KEY);
  return ORDER.find((theme) => theme === kept) ?? "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset["theme"] = theme;
  }
}

export function nextTheme(): Theme {
  const theme = ORDER[(ORDER.indexOf(themeNow()) + 1) % ORDER.length]!;
  setTheme(theme);
  return theme;
}
