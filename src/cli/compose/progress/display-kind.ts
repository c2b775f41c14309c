import type { ComposeSettings } from "../settings.ts";

export type DisplayKind = "tree" | "plain" | "json" | "quiet";

/** How work is shown; `terminal`: whether that is on one that can move its cursor. */
export function displayKind(progress: ComposeSettings["progress"], terminal: boolean): DisplayKind {
  switch (progress) {
    case "auto":
      return terminal ? "tree" : "plain";
    case "tty":
      return "tree";
    default:
      return progress;
  }
}
