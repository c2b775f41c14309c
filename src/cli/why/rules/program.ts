import { posix } from "node:path";
import { commandOf, isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, suggest } from "../finding.ts";
import type { FoundProgram, ProgramFacts } from "../program-facts.ts";

/** Why the kernel would not start its program, from the program itself. */
export function programRule(facts: WhyFacts): Finding[] {
  const { program } = facts;
  if (!program) return [];
  const finding = program.found ? foundButRefused(facts, program.found) : notFound(facts, program);
  return finding ? [finding] : [];
}

function notFound(facts: WhyFacts, { wanted, searched }: ProgramFacts): Finding {
  const details: string[] = [];
  if (/\s/.test(wanted)) {
    details.push(
      `The whole of ${JSON.stringify(wanted)} is taken as the name of one program, spaces included.`,
      "Give program and arguments as words of their own, or run it through a shell: sh -c '…'",
    );
  } else if (!wanted.includes("/"))
    details.push(`Searched in PATH: ${searched.map((path) => posix.dirname(path)).join(", ")}`);
  const [path = wanted] = searched;
  const where = wanted.includes("/") ? path : wanted;
  const image = imageOf(facts);
  return cause(
    "command-not-found",
    `The program ${JSON.stringify(where)} is not in the container.`,
    details,
    [
      suggest(`hull run --rm -it --entrypoint sh ${image}`, "look around in the image"),
      suggest(`hull inspect --as run ${nameOf(facts)}`, "the command it was made with, to correct it"),
    ],
  );
}

function foundButRefused(facts: WhyFacts, found: FoundProgram): Finding | undefined {
  const { path, mode } = found;
  if (found.kind === "directory") return refused(`${path} is a directory, not a program.`);
  if (found.kind === "special") return refused(`${path} is not a regular file.`);
  if ((mode & 0o111) === 0) return notExecutable(facts, found);
  if (found.kind === "empty") return cause("program", `${path} is an empty file.`);
  if (found.kind === "unread") return undefined;
  if (found.kind === "script") return script(facts, found);
  if (found.kind === "elf") return elf(facts, found);
  return cause(
    "program",
    `${path} is neither a program nor a script: its first bytes say nothing to the kernel.`,
    ["A script needs a first line such as #!/bin/sh"],
  );
}

const refused = (says: string) => cause("not-executable", says);

function notExecutable(facts: WhyFacts, { path, mode }: FoundProgram): Finding {
  return cause(
    "not-executable",
    `${path} is not executable: its mode is ${mode.toString(8).padStart(4, "0")}.`,
    ["Where the image is built: RUN chmod +x …, or COPY --chmod=755 …"],
    [suggest(`hull inspect --as run ${nameOf(facts)}`, "the command it was made with")],
  );
}

function script(facts: WhyFacts, { path, script: shebang }: FoundProgram): Finding | undefined {
  if (!shebang) return undefined;
  const first = `#!${shebang.line.trimEnd()}`;
  if (shebang.line.endsWith("\r")) {
    return cause(
      "program",
      `The first line of ${path} ends as Windows ends lines (CR LF), so the kernel looks for an interpreter with the CR in its name.`,
      [`Its first line: ${first}\\r`],
      [suggest("sed -i 's/\\r$//' FILE", "take the CRs out of the file the image is built from")],
    );
  }
  if (shebang.interpreter === "") return cause("program", `The first line of ${path} names no interpreter.`);
  if (!shebang.interpreterFound) {
    const bash = /\/bash$/.test(shebang.interpreter)
      ? ["Small images have only sh: write #!/bin/sh, or install bash in the image."]
      : [];
    return cause(
      "program",
      `${path} needs the interpreter ${shebang.interpreter}, which is not in the container.`,
      [`Its first line: ${first}`, ...bash],
      [suggest(`hull run --rm -it --entrypoint sh ${imageOf(facts)}`, "look which interpreters are there")],
    );
  }
  if (shebang.interpreterRunnable) return undefined;
  return cause("not-executable", `The interpreter ${shebang.interpreter} of ${path} is not executable.`);
}

function elf(facts: WhyFacts, { path, elf: program }: FoundProgram): Finding | undefined {
  if (!program) return undefined;
  if (!runsOn(facts.engineArchitecture, program.machine)) {
    return cause(
      "architecture",
      `${path} is built for ${program.machine}; the engine's machine is ${platformOf(facts.engineArchitecture)}.`,
      [],
      [
        suggest(
          `hull pull --platform linux/${platformOf(facts.engineArchitecture)} ${imageOf(facts)}`,
          "get the image for this machine, when there is one",
        ),
      ],
    );
  }
  if (!program.loaderFound) {
    const musl = program.loader?.includes("musl");
    return cause(
      "program",
      `${path} needs the dynamic loader ${program.loader}, which is not in the container.`,
      [
        musl
          ? "It was linked with musl (as in Alpine), and the image has another C library."
          : "It was linked with glibc; images like Alpine or busybox have none. Link it statically, or use an image with glibc.",
      ],
    );
  }
  if (program.missingLibraries.length === 0) return undefined;
  const [first, ...others] = program.missingLibraries;
  const all = others.length === 0 ? `library ${first}` : `libraries ${program.missingLibraries.join(", ")}`;
  return cause("program", `${path} needs the shared ${all}, which the container has not got.`, [
    `Searched in: ${program.searchedLibraries.join(", ")}`,
  ]);
}

/** Kernel names (`x86_64`) as images name architectures. */
export function platformOf(architecture: string): string {
  return (
    {
      x86_64: "amd64",
      aarch64: "arm64",
      armv7l: "arm",
      armv6l: "arm",
      i686: "386",
      i386: "386",
      ppc64le: "ppc64le",
    }[architecture] ?? architecture
  );
}

function runsOn(architecture: string, machine: string): boolean {
  const here = platformOf(architecture);
  if (here === "" || here === machine) return true;
  return (here === "amd64" && machine === "386") || (here === "arm64" && machine === "arm");
}

export function imageOf({ container }: WhyFacts): string {
  return container.Config?.Image || (container.Image ?? "IMAGE").replace(/^sha256:/, "").slice(0, 12);
}

/** A program the kernel refused says so in the log, or the engine in its error. */
const refusals = [
  /exec user process caused: (.*)$/,
  /^exec (?:\/|\S+: )\S*.*?: ?(no such file or directory|permission denied|exec format error|.*: Exec format error)$/i,
  /^exec container process.*: (.*)$/,
  /error while loading shared libraries: (\S+):/,
  /: not found$/,
];

/** Whether its program itself is in doubt, so that a look at it is worth its cost. */
export function programInDoubt(facts: Pick<WhyFacts, "container" | "log">): boolean {
  const { State: state } = facts.container;
  if (isUp(facts) || state?.Paused) return false;
  if ([126, 127].includes(state?.ExitCode ?? 0)) return true;
  if (/\bexec\b|executable file not found|no such file or directory/.test(state?.Error ?? "")) return true;
  const last = (facts.log ?? []).slice(-3);
  return (
    (state?.ExitCode ?? 0) !== 0 && last.some((line) => refusals.some((known) => known.test(line.trim())))
  );
}

/** A library the loader itself missed: it knows better than any look at the file. */
export function libraryRule(facts: WhyFacts): Finding[] {
  const line = (facts.log ?? []).findLast((text) => /error while loading shared libraries: /.test(text));
  const [, program, library] =
    /^(.*?): error while loading shared libraries: ([^\s:]+)/.exec(line ?? "") ?? [];
  if (library === undefined || facts.container.State?.ExitCode !== 127) return [];
  return [
    cause("program", `${program} needs the shared library ${library}, which the container has not got.`, [
      `Install the package that brings ${library} in the image, or copy it there.`,
    ]),
  ];
}

/** Exit 127 of a shell that started all right: what it could not find. */
export function shellRule(facts: WhyFacts): Finding[] {
  const code = facts.container.State?.ExitCode;
  if (code !== 127 && code !== 126) return [];
  const line = (facts.log ?? []).findLast((text) =>
    /: (?:not found|command not found|Permission denied)$/.test(text),
  );
  if (line === undefined) return [];
  const what = code === 127 ? "did not find a program" : "was not allowed to run a program";
  const [shell = "The shell"] = commandOf(facts);
  return [
    cause(
      code === 127 ? "command-not-found" : "not-executable",
      `${shell} ran, and ${what}.`,
      [`It said: ${line.trim()}`],
      [suggest(`hull run --rm -it --entrypoint sh ${imageOf(facts)}`, "try the command in the image")],
    ),
  ];
}
