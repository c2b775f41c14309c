import { runScript } from "../heredoc.ts";
import type { Run } from "../instruction.ts";

/** The simple commands of a RUN, in words: `a && b | c` are three. Enough to know them by, no shell. */
export function commandsOf(run: Run): readonly (readonly string[])[] {
  if (run.command.form === "exec") return [run.command.words];
  const script = runScript(run.command.line, run.heredocs);
  return splitCommands(script.kind === "line" ? script.line : script.content).map(bareWords);
}

const wordOrEnd =
  /(?:\\[^\n]|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s\\"';&|()<>])+|\\\n|&&|\|\||[;&|()\n]|[<>]+&?|\S/gs;

function splitCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word] of line.matchAll(wordOrEnd)) {
    if (word === "\\\n") continue;
    if (/^(?:&&|\|\||[;&|()\n])$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(word.replace(/^(["'])(.*)\1$/s, "$2"));
  }
  return commands.filter((words) => words.length > 0);
}

/** Without what stands before the command itself. */
function bareWords(words: readonly string[]): readonly string[] {
  let from = 0;
  while (
    from < words.length &&
    /^(?:\w+=.*|sudo|env|exec|then|do|else|if|time|!|\{)$/s.test(words[from] ?? "")
  )
    from++;
  return words.slice(from);
}

/** Words that are no options; `--option value` is taken for an option without value. */
export const operands = (words: readonly string[]): readonly string[] =>
  words.filter((word) => !word.startsWith("-"));

const managers: Readonly<Record<string, readonly string[]>> = {
  apt: ["install"],
  "apt-get": ["install"],
  apk: ["add"],
  yum: ["install", "groupinstall"],
  dnf: ["install"],
  microdnf: ["install"],
  zypper: ["install", "in"],
};

const program = (words: readonly string[]) => (words[0] ?? "").replace(/^.*\//, "");

/** `apt-get install …`, `apk add …`: packages of the distribution. */
export function isSystemInstall(words: readonly string[]): boolean {
  const verbs = managers[program(words)];
  return verbs !== undefined && operands(words.slice(1)).some((word, i) => i === 0 && verbs.includes(word));
}

export function isAptUpdate(words: readonly string[]): boolean {
  const name = program(words);
  return (name === "apt-get" || name === "apt") && operands(words.slice(1))[0] === "update";
}

export function isAptInstall(words: readonly string[]): boolean {
  const name = program(words);
  return (name === "apt-get" || name === "apt") && isSystemInstall(words);
}

/** Only empties a package manager's store, or removes the paths it keeps it in. */
export function isCacheCleanup(words: readonly string[]): boolean {
  const [first = "", second = ""] = operands(words.slice(1));
  switch (program(words)) {
    case "apt-get":
    case "apt":
      return ["clean", "autoclean", "autoremove", "purge", "remove"].includes(first);
    case "yum":
    case "dnf":
    case "microdnf":
      return first === "clean";
    case "apk":
      return first === "del" || first === "cache";
    case "pip":
    case "pip3":
    case "npm":
    case "yarn":
    case "go":
      return (first === "cache" || first === "clean") && second !== "dir";
    case "rm":
      return operands(words.slice(1)).every((path) => cachePath.test(path));
    default:
      return false;
  }
}

const cachePath =
  /^\/(?:var\/lib\/apt|var\/cache|var\/tmp|tmp|root\/\.(?:cache|npm)|usr\/share\/(?:doc|man|locale))(?:\/|$)/;

export const isRemoval = (words: readonly string[]): boolean => program(words) === "rm";

/** What an install of a language's packages reads: files to copy before the sources. */
export function manifestsOf(words: readonly string[]): readonly string[] | undefined {
  const name = program(words);
  const rest = operands(words.slice(1));
  const [first = ""] = rest;
  if (/^pip[\d.]*$/.test(name)) return pipManifests(words.slice(1));
  if (/^python[\d.]*$/.test(name) && words[1] === "-m" && words[2] === "pip")
    return pipManifests(words.slice(3));
  if (name === "uv" && first === "sync") return ["pyproject.toml", "uv.lock"];
  if (name === "poetry" && first === "install") return ["pyproject.toml", "poetry.lock"];
  if (name === "pipenv" && (first === "install" || first === "sync")) return ["Pipfile", "Pipfile.lock"];
  if (name === "npm" && ["ci", "install", "i"].includes(first) && rest.length === 1) return npmFiles(words);
  if (name === "yarn" && (first === "" || first === "install")) return ["package.json", "yarn.lock"];
  if (name === "pnpm" && ["install", "i", "fetch"].includes(first)) return ["package.json", "pnpm-lock.yaml"];
  if (name === "bun" && first === "install" && rest.length === 1) return ["package.json", "bun.lock"];
  if (name === "go" && first === "mod" && rest[1] === "download") return ["go.mod", "go.sum"];
  if (name === "bundle" && (first === "" || first === "install")) return ["Gemfile", "Gemfile.lock"];
  if (name === "composer" && first === "install") return ["composer.json", "composer.lock"];
  if (/^mvnw?$/.test(name) && first.startsWith("dependency:")) return ["pom.xml"];
  return undefined;
}

const npmFiles = (words: readonly string[]) =>
  words.includes("-g") || words.includes("--global") ? undefined : ["package.json", "package-lock.json"];

function pipManifests(words: readonly string[]): readonly string[] | undefined {
  if (words[0] !== "install") return undefined;
  const files = words.flatMap((word, i) => {
    if (word === "-r" || word === "--requirement") return [words[i + 1] ?? ""];
    return /^--requirement=(.+)$/.exec(word)?.slice(1) ?? /^-r(.+)$/.exec(word)?.slice(1) ?? [];
  });
  return files.length === 0 ? undefined : files;
}
