import { mkdirSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  cancelled,
  EngineError,
  invalidArgument,
  notFound,
  notImplemented,
} from "../../errors/engine-error.ts";
import { closeFd, openRoot, realPathInRoot, statInRoot } from "../../sys/rooted-path.ts";
import { runCommand } from "../../sys/spawn.ts";
import type { GitSource } from "./parse-git-url.ts";
import { withoutPassword } from "./without-password.ts";

export interface GitAccess {
  readonly signal: AbortSignal;
  /** For servers that want one, from the secret GIT_AUTH_TOKEN. */
  readonly token?: string;
}

const timeoutMs = 30 * 60_000;
const wholeCommit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The commit a source stands for now. */
export async function resolveGit(source: GitSource, access: GitAccess): Promise<string> {
  const commit = wholeCommit.test(source.ref) ? source.ref : await askRemote(source, access);
  const { checksum } = source;
  if (checksum !== undefined && !commit.startsWith(checksum))
    throw invalidArgument(`expected checksum to match ${checksum}, got ${commit}`);
  return commit;
}

async function askRemote({ remote, ref }: GitSource, access: GitAccess): Promise<string> {
  const wanted = ref === "" ? "HEAD" : ref;
  const { stdout } = await git(["ls-remote", "--", remote, wanted, `${wanted}^{}`], remote, access);
  const found = new Map(
    stdout
      .split("\n")
      .filter((line) => line.includes("\t"))
      .map((line) => {
        const [commit = "", name = ""] = line.split("\t");
        return [name, commit] as const;
      }),
  );
  // Branches before tags, and of an annotated tag what it points at.
  const names = [
    `refs/heads/${wanted}`,
    `refs/tags/${wanted}^{}`,
    `refs/tags/${wanted}`,
    `${wanted}^{}`,
    wanted,
  ];
  for (const name of names) {
    const commit = found.get(name);
    if (commit !== undefined) return commit;
  }
  throw notFound(`repository ${withoutPassword(remote)} does not contain ref ${wanted}`);
}

/** Brings the files of a commit, or of its subdirectory, into an empty directory. */
export async function checkOutGit(
  source: GitSource,
  commit: string,
  target: string,
  access: GitAccess & { readonly keepGitDir: boolean; readonly scratch: string },
): Promise<void> {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  const work = join(access.scratch, `git-${crypto.randomUUID()}`);
  mkdirSync(work, { recursive: true, mode: 0o755 });
  try {
    await fetchCommit(source, commit, work, access);
    const keeps = access.keepGitDir && source.subdirectory === "";
    // What is kept is part of an image, and the address in its configuration may hold a password.
    if (keeps && /^https?:/i.test(source.remote)) {
      const words = ["remote", "set-url", "origin", withoutPassword(source.remote)];
      await git(["-C", work, ...words], source.remote, access);
    }
    if (!keeps) await rm(join(work, ".git"), { recursive: true, force: true });
    const from = join(work, subdirectoryOf(work, source));
    for (const name of await readdir(from)) await rename(join(from, name), join(target, name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchCommit(
  source: GitSource,
  commit: string,
  work: string,
  access: GitAccess,
): Promise<void> {
  const run = (...words: string[]) => git(["-C", work, ...words], source.remote, access);
  await run("-c", "init.defaultBranch=main", "init", "--quiet");
  await run("remote", "add", "origin", source.remote);
  const wanted = source.ref === "" ? "HEAD" : source.ref;
  try {
    await run("fetch", "--quiet", "--depth=1", "--no-tags", "origin", commit);
  } catch (error) {
    if (access.signal.aborted) throw error;
    // Many servers give only what a branch or tag points at, and some nothing shallow.
    if (wholeCommit.test(source.ref))
      await run("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
    else await run("fetch", "--quiet", "--no-tags", "origin", wanted);
  }
  await run("checkout", "--quiet", "--force", "--detach", commit);
  await run("submodule", "update", "--quiet", "--init", "--recursive", "--depth=1");
}

function subdirectoryOf(work: string, { subdirectory }: GitSource): string {
  if (subdirectory === "") return "";
  const root = openRoot(work);
  try {
    if (!statInRoot(root, subdirectory, { follow: true })?.isDirectory())
      throw notFound(`git subdirectory "${subdirectory}" does not exist`);
    return realPathInRoot(root, subdirectory).slice(1);
  } finally {
    closeFd(root);
  }
}

/**
 * The token goes to the server of the source alone: submodules and other remotes that its files
 * name may be anybody's.
 */
export function tokenSetting(remote: string, token: string): [key: string, value: string][] {
  const [server] = /^https?:\/\/[^/]+/i.exec(withoutPassword(remote)) ?? [];
  if (server === undefined) return [];
  const login = Buffer.from(`x-access-token:${token}`).toString("base64");
  return [[`http.${server}/.extraHeader`, `Authorization: Basic ${login}`]];
}

/** Nothing of the machine's own git: no configuration, no questions, no local paths. */
async function git(words: readonly string[], remote: string, { signal, token }: GitAccess) {
  const program = Bun.which("git");
  if (!program) throw notImplemented('git sources need the program "git", which is not installed');
  const settings = [
    ["protocol.allow", "never"],
    ["protocol.https.allow", "always"],
    ["protocol.http.allow", "always"],
    ["protocol.git.allow", "always"],
    ["protocol.ssh.allow", "always"],
  ];
  if (token !== undefined) settings.push(...tokenSetting(remote, token));
  const configured = settings.flatMap(([key = "", value = ""], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const environment = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_SSH_COMMAND: "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=accept-new",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(configured),
  };
  const result = await runCommand([program, ...words], { environment, signal, timeoutMs });
  if (signal.aborted) throw cancelled("the build was cancelled", signal.reason);
  if (result.code === 0) return result;
  const said = result.stderr.trim().split("\n").slice(-5).join("\n");
  throw new EngineError(
    "unavailable",
    `git ${words.find((word) => /^[a-z-]+$/.test(word)) ?? ""} failed: ${withoutPassword(said)}`,
  );
}
