import { invalidArgument } from "../../../errors/engine-error.ts";

export type DisplayKind = "tree" | "plain" | "json" | "quiet";

export interface DisplayWish {
  /** `--ansi` and `--progress` as they were given. */
  readonly ansi: string;
  readonly progress: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard error, where progress is shown, is a terminal. */
  readonly terminal: boolean;
}

/** How work is shown, by `--progress`, `--ansi` and their variables, with the refusals of Docker Compose. */
export function displayKind(wish: DisplayWish): DisplayKind {
  const ansi = ansiMode(wish);
  const progress = wish.progress || wish.env.COMPOSE_PROGRESS || "auto";
  switch (progress) {
    case "auto":
      if (ansi === "never") return "plain";
      if (ansi === "always") return "tree";
      return wish.terminal && wish.env.TERM !== "dumb" ? "tree" : "plain";
    case "tty":
      if (ansi === "never") throw invalidArgument("can't use --progress tty while ANSI support is disabled");
      return "tree";
    case "plain":
      if (ansi === "always") throw invalidArgument("can't use --progress plain while ANSI support is forced");
      return "plain";
    case "quiet":
    case "none":
      return "quiet";
    case "json":
      return "json";
  }
  throw invalidArgument(`unsupported --progress value ${JSON.stringify(progress)}`);
}

/** `--ansi`, COMPOSE_ANSI: also whether logs have colours. */
export function ansiMode({ ansi, env }: Pick<DisplayWish, "ansi" | "env">): "never" | "always" | "auto" {
  const word = ansi === "auto" ? env.COMPOSE_ANSI || ansi : ansi;
  if (word !== "never" && word !== "always" && word !== "auto")
    throw invalidArgument(`unsupported --ansi value ${JSON.stringify(word)}`);
  return word;
}
