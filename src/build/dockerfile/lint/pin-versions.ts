import { parseReference } from "../../../oci/reference.ts";
import type { Instruction, Run } from "../instruction.ts";
import { edited, type Finding, type Rule, type Subject, textOf } from "./rule.ts";
import { baseStage, expansionOf } from "./scopes.ts";
import { commandsOf, operands } from "./shell-commands.ts";

export const pinVersions: Rule = {
  name: "PinVersions",
  detail: "Without a version the next build may get something else than this one did",
  find: findUnpinned,
};

function* findUnpinned(subject: Subject): Generator<Finding> {
  const { dockerfile, globals } = subject;
  for (const stage of dockerfile.stages) {
    const { from } = stage;
    const isImage = from.image !== "scratch" && baseStage(dockerfile, stage, globals) === undefined;
    const image = isImage ? expansionOf(from.image, globals, dockerfile) : undefined;
    if (image !== undefined && image.missing.size === 0)
      yield* findImage(subject, from, image.value, from.image);
    for (const instruction of stage.instructions) {
      if (instruction.name === "RUN") yield* findPackages(subject, instruction);
      if (instruction.name !== "COPY" || instruction.from === undefined) continue;
      if (isStage(subject, instruction.from)) continue;
      yield* findImage(subject, instruction, instruction.from, instruction.from);
    }
  }
}

const isStage = ({ dockerfile }: Subject, name: string) =>
  /^\d+$/.test(name) || dockerfile.stages.some((stage) => stage.name === name.toLowerCase());

function* findImage(subject: Subject, at: Instruction, image: string, written: string): Generator<Finding> {
  // A short name without a slash may be a context given with --build-context; with COPY it mostly is.
  if (at.name === "COPY" && !image.includes("/") && !image.includes(":")) return;
  const tag = tagOf(image);
  if (tag === undefined || (tag !== "" && tag !== "latest")) return;
  const bare = written.replace(/:latest$/, "");
  yield {
    message: `Image ${JSON.stringify(image)} is used ${tag === "" ? "without a version" : "as latest, whatever that is on the day"}`,
    range: at.range,
    at,
    rewrite: edited(subject, at, written, `${bare}:<version>`),
  };
}

/** Empty: none; undefined: it is no name of an image, or has a digest. */
function tagOf(image: string): string | undefined {
  try {
    const { tag = "", digest } = parseReference(image);
    return digest === undefined ? tag : undefined;
  } catch {
    return undefined;
  }
}

function* findPackages(subject: Subject, at: Run): Generator<Finding> {
  const loose = commandsOf(at).flatMap(loosePackages);
  if (loose.length === 0) return;
  const names = loose.map(({ name }) => name);
  let rewrite = textOf(subject, at);
  for (const { name, pinned } of loose) {
    rewrite = rewrite.replace(
      new RegExp(`(?<=\\s)(["']?)${escaped(name)}\\1(?=\\s|$)`),
      (_all, quote) => quote + pinned + quote,
    );
  }
  yield {
    message: `${names.length === 1 ? "A package is" : "Packages are"} installed without a version: ${names.join(", ")}`,
    range: at.range,
    at,
    rewrite,
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

interface Loose {
  readonly name: string;
  readonly pinned: string;
}

/** Where one version more or less is what people want to choose: pip, npm's global tools, gem, go install. */
function loosePackages(words: readonly string[]): readonly Loose[] {
  const program = (words[0] ?? "").replace(/^.*\//, "");
  if (/^pip[\d.]*$/.test(program)) return loosePip(words.slice(1));
  if (/^python[\d.]*$/.test(program) && words[1] === "-m" && words[2] === "pip")
    return loosePip(words.slice(3));
  const [verb = "", ...names] = operands(words.slice(1));
  const isGlobal = words.includes("-g") || words.includes("--global");
  if (program === "npm" && isGlobal && ["install", "i", "add"].includes(verb)) {
    return names
      .filter((name) => !/.@/.test(name) && isPackage(name))
      .map((name) => ({ name, pinned: `${name}@<version>` }));
  }
  if (program === "go" && verb === "install") {
    return names
      .filter((name) => name.endsWith("@latest"))
      .map((name) => ({ name, pinned: name.replace(/@latest$/, "@<version>") }));
  }
  if (program !== "gem" || verb !== "install" || words.some((word) => /^(?:-v|--version)/.test(word)))
    return [];
  return names
    .filter((name) => !name.includes(":") && isPackage(name))
    .map((name) => ({ name, pinned: `${name}:<version>` }));
}

const isPackage = (name: string) => /^@?[A-Za-z][\w./-]*$/.test(name);

/** Options of pip that take the next word. */
const pipOptions =
  /^(?:-[rceitdb]|--(?:requirement|constraint|editable|index-url|extra-index-url|find-links|target|prefix|root|trusted-host|platform|python-version|implementation|abi|only-binary|no-binary|timeout|retries|proxy|cache-dir|progress-bar|src|config-settings|report))$/;

const installers = new Set(["pip", "setuptools", "wheel", "uv", "poetry", "pipenv"]);

/** A list or constraints pin them elsewhere; the installers themselves are commonly just brought up to date. */
function loosePip(words: readonly string[]): readonly Loose[] {
  if (
    words[0] !== "install" ||
    words.some((word) => /^(?:-[rce]|--(?:requirement|constraint|editable))/.test(word))
  )
    return [];
  const loose: Loose[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? "";
    if (pipOptions.test(word)) i++;
    else if (/^[A-Za-z][\w.-]*(?:\[[\w,.-]+\])?$/.test(word) && !/\.(?:whl|gz|zip)$/.test(word)) {
      if (!installers.has(word.toLowerCase())) loose.push({ name: word, pinned: `${word}==<version>` });
    }
  }
  return loose;
}
