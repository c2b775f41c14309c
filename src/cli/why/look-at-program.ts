import { posix } from "node:path";
import { type ElfProgram, parseElf } from "./elf.ts";
import type { FoundProgram, ProgramFacts } from "./program-facts.ts";

/** A container's file system, through whatever gives it; links are followed. */
export interface FileView {
  /** Undefined when nothing is there. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** The beginning of a file, at most so many bytes. */
  head(path: string, limit: number): Promise<Uint8Array>;
}

export interface FileFacts {
  readonly type: "file" | "directory" | "other";
  readonly mode: number;
  readonly size: number;
}

export interface ProgramWish {
  readonly program: string;
  readonly env: readonly string[];
  readonly workingDirectory: string;
}

/** Enough for the tables of most programs; those of a larger one may lie behind it. */
const readLimit = 16 << 20;

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Looks for the program as execvp does, then at what it needs to start. */
export async function lookAtProgram(files: FileView, wish: ProgramWish): Promise<ProgramFacts> {
  const home = wish.workingDirectory || "/";
  const searched = wish.program.includes("/")
    ? [posix.resolve("/", home, wish.program)]
    : folders(wish.env, "PATH", defaultPath).map((folder) => posix.resolve("/", home, folder, wish.program));
  let second: FoundProgram | undefined;
  for (const path of searched) {
    const facts = await files.stat(path);
    if (!facts) continue;
    const found = await describe(files, path, facts, wish.env);
    if (facts.type === "file" && (facts.mode & 0o111) !== 0) return { wanted: wish.program, searched, found };
    second ??= found;
  }
  return { wanted: wish.program, searched, found: second };
}

async function describe(
  files: FileView,
  path: string,
  facts: FileFacts,
  env: readonly string[],
): Promise<FoundProgram> {
  const base = { path, mode: facts.mode };
  if (facts.type !== "file") return { ...base, kind: facts.type === "directory" ? "directory" : "special" };
  if (facts.size === 0) return { ...base, kind: "empty" };
  const bytes = await files.head(path, readLimit);
  if (bytes.length === 0) return { ...base, kind: "unread" };
  if (bytes[0] === 0x23 && bytes[1] === 0x21) {
    return { ...base, kind: "script", script: await describeScript(files, bytes) };
  }
  const elf = parseElf(bytes);
  return elf
    ? { ...base, kind: "elf", elf: await describeElf(files, path, elf, env) }
    : { ...base, kind: "unknown" };
}

async function describeScript(files: FileView, bytes: Uint8Array) {
  const text = Buffer.from(bytes.subarray(2, 4096)).toString();
  const line = text.split("\n")[0] ?? "";
  // A carriage return belongs to the name the kernel looks for.
  const interpreter = line.replace(/^[ \t]+/, "").split(/[ \t]/)[0] ?? "";
  const facts = interpreter.startsWith("/") ? await files.stat(interpreter) : undefined;
  return {
    line,
    interpreter: interpreter.trim(),
    interpreterFound: facts !== undefined,
    interpreterRunnable: facts?.type === "file" && (facts.mode & 0o111) !== 0,
  };
}

async function describeElf(files: FileView, path: string, elf: ElfProgram, env: readonly string[]) {
  const loaderFound = elf.loader === undefined || (await files.stat(elf.loader)) !== undefined;
  const searchedLibraries = libraryFolders(path, elf, env);
  const missingLibraries: string[] = [];
  for (const name of loaderFound && elf.loader !== undefined ? elf.needed : []) {
    if (!(await isThere(files, name, searchedLibraries))) missingLibraries.push(name);
  }
  return { machine: elf.machine, loader: elf.loader, loaderFound, missingLibraries, searchedLibraries };
}

async function isThere(files: FileView, name: string, among: readonly string[]): Promise<boolean> {
  const candidates = name.includes("/") ? [name] : among.map((folder) => `${folder}/${name}`);
  for (const candidate of candidates) if (await files.stat(candidate)) return true;
  return false;
}

/** Debian's names of folders by architecture. */
const triplets: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
  arm: "arm-linux-gnueabihf",
  "386": "i386-linux-gnu",
  riscv64: "riscv64-linux-gnu",
  s390x: "s390x-linux-gnu",
  ppc64le: "powerpc64le-linux-gnu",
};

/** Where the loaders of glibc and musl look; folders only /etc/ld.so.cache knows are not seen. */
function libraryFolders(path: string, elf: ElfProgram, env: readonly string[]): string[] {
  const origin = posix.dirname(path);
  const own = elf.searchPath.map((folder) => folder.replace(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
  const triplet = triplets[elf.machine];
  const usual = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"];
  const multiarch = triplet ? [`/lib/${triplet}`, `/usr/lib/${triplet}`] : [];
  return [...new Set([...own, ...folders(env, "LD_LIBRARY_PATH", ""), ...multiarch, ...usual])];
}

function folders(env: readonly string[], variable: string, otherwise: string): string[] {
  const entry = env.findLast((text) => text.startsWith(`${variable}=`))?.slice(variable.length + 1);
  return (entry ?? otherwise).split(":").filter((folder) => folder !== "");
}
