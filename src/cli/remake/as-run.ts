import { shellWord } from "./amounts.ts";
import { runWords } from "./run-words.ts";
import type { Wish } from "./wish.ts";

/** The command that makes the container again, with comments on what it cannot say. */
export function asRun(wish: Wish, program: string): string {
  const [, ...entryRest] = wish.entrypoint ?? [];
  const words = [
    ...(wish.detached ? [["--detach"]] : []),
    ["--name", wish.name],
    ...runWords(wish).flatMap(({ flags }) => flags),
  ];
  const lines = [
    `${program} run`,
    ...words.map(([flag = "", ...values]) => [flag, ...values.map(shellWord)].join(" ")),
    [wish.image, ...entryRest, ...(wish.command ?? [])].map(shellWord).join(" "),
  ];
  const comments = limitsOfRun(wish).map((text) => `# ${text}\n`);
  return `${comments.join("")}${lines.join(" \\\n  ")}\n`;
}

/** What the flags of `run` cannot express as it is. */
function limitsOfRun({ entrypoint, options }: Wish): string[] {
  const comments: string[] = [];
  if (entrypoint && entrypoint.length > 1) {
    comments.push(
      "--entrypoint takes one word: the others became the first arguments. The process is the same.",
    );
  }
  if (options.health?.Test?.[0] === "CMD") {
    comments.push("The health check runs its program without a shell; --health-cmd always uses one.");
  }
  for (const text of options.securityOpt ?? []) {
    if (/^seccomp=\s*\{/.test(text)) {
      comments.push("--security-opt seccomp takes a file: save the profile that stands there in one.");
    }
  }
  if (options.env?.some((entry) => !entry.includes("="))) {
    comments.push("An --env without a value takes the value of the shell that runs this, or none.");
  }
  return comments;
}
