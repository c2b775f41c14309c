import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import { parseBytes } from "../../lib/parse-bytes.ts";
import { mount, unmount } from "../../sys/mounts.ts";
import { realPathInRoot } from "../../sys/rooted-path.ts";
import type { CacheMountWish } from "../cache-mounts.ts";
import type { ProcessMount } from "../executor.ts";
import type { PlannedMount, RunOperation } from "../plan/operation.ts";
import type { StepScope } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { OpParts } from "./op-parts.ts";
import { forwardAgent } from "./ssh-forward.ts";

export interface PreparedMounts extends AsyncDisposable {
  readonly mounts: readonly ProcessMount[];
  /** Without secrets and agents. */
  readonly open: readonly ProcessMount[];
  /** Secrets given as variables, and where the agent is. */
  readonly env: readonly string[];
}

interface Setting {
  readonly parts: OpParts;
  readonly scope: StepScope;
  readonly undo: AsyncDisposableStack;
  /** A directory of the step's own, on a tmpfs where it holds secrets. */
  readonly directory: string;
}

/** `--mount` of a RUN, as far as it is made outside of the container; `sources` are the trees of `from`, in order. */
// trail: build RUN
export async function prepareMounts(
  operation: RunOperation,
  sources: readonly Tree[],
  parts: OpParts,
  scope: StepScope,
): Promise<PreparedMounts> {
  await using undo = new AsyncDisposableStack();
  const directory = join(parts.runDirectory, "mounts", crypto.randomUUID());
  const setting = { parts, scope, undo, directory };
  const open: ProcessMount[] = [];
  const closed: ProcessMount[] = [];
  const env: string[] = [];
  const trees = treesOf(operation.mounts, sources);
  const caches = await acquireCaches(operation.mounts, trees, setting);
  if (operation.mounts.some(({ type }) => type === "secret" || type === "ssh")) mountOwn(setting);
  for (const planned of operation.mounts) {
    const tree = trees.get(planned);
    switch (planned.type) {
      case "bind":
        open.push(await bind(planned, tree ?? { kind: "empty" }, setting));
        break;
      case "cache":
        open.push({
          type: "bind",
          target: planned.target ?? "",
          source: caches.shift() ?? "",
          readonly: planned.readonly ?? false,
        });
        break;
      case "tmpfs":
        open.push({
          type: "tmpfs",
          target: planned.target ?? "",
          readonly: false,
          size: bytesOf(planned.size),
        });
        break;
      case "secret":
        await secret(planned, setting, closed, env);
        break;
      case "ssh":
        await agent(planned, setting, closed, env);
        break;
      default:
        planned.type satisfies never;
    }
  }
  const kept = undo.move();
  return { mounts: [...open, ...closed], open, env, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function treesOf(mounts: readonly PlannedMount[], sources: readonly Tree[]): ReadonlyMap<PlannedMount, Tree> {
  const from = mounts.filter((planned) => planned.from);
  return new Map(from.map((planned, at) => [planned, sources[at] ?? ({ kind: "empty" } as const)]));
}

/** What a crash left of running steps. */
export function dropStepMounts(runDirectory: string): string[] {
  const directory = join(runDirectory, "mounts");
  const names = existsSync(directory) ? readdirSync(directory) : [];
  for (const name of names) {
    while (unmount(join(directory, name), { lazy: true }));
    rmSync(join(directory, name), { recursive: true, force: true });
  }
  return names.map((name) => `unmounted files of build step ${name}`);
}

/** What is secret is never on a disk: a tmpfs, gone with the step. */
function mountOwn({ directory, undo }: Setting): void {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  undo.defer(() => rmSync(directory, { recursive: true, force: true }));
  mount({ type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec", "mode=711"] }, directory);
  undo.defer(() => void unmount(directory, { lazy: true }));
}

/** Written to a copy when it may be written at all, and that is thrown away. */
async function bind(planned: PlannedMount, tree: Tree, { parts, undo }: Setting): Promise<ProcessMount> {
  const readonly = planned.readonly ?? true;
  const shown = undo.use(readonly ? await parts.trees.open(tree) : await parts.trees.prepare(tree));
  return {
    type: "bind",
    target: planned.target ?? "",
    source: pathIn(shown.path, planned.source ?? "/"),
    readonly,
  };
}

function pathIn(root: string, path: string): string {
  try {
    return join(root, realPathInRoot(root, path));
  } catch (error) {
    throw notFound(`${JSON.stringify(path)}: not found`, error);
  }
}

/** All at once, so that the order in which a step names them cannot make it wait for itself or another. */
async function acquireCaches(
  mounts: readonly PlannedMount[],
  trees: ReadonlyMap<PlannedMount, Tree>,
  { parts, scope, undo }: Setting,
): Promise<string[]> {
  const wishes = mounts
    .filter(({ type }) => type === "cache")
    .map((planned) => cacheWish(planned, trees.get(planned), parts));
  const leases = undo.use(await parts.cacheMounts.acquire(wishes, scope.signal));
  return [...leases.paths];
}

function cacheWish(planned: PlannedMount, seed: Tree | undefined, parts: OpParts): CacheMountWish {
  return {
    id: planned.id || posix.resolve("/", planned.target ?? ""),
    sharing: planned.sharing ?? "shared",
    uid: idOf(planned.uid, "uid"),
    gid: idOf(planned.gid, "gid"),
    mode: modeOf(planned.mode, 0o755),
    fill: async (path) => {
      if (!seed) return;
      await using opened = await parts.trees.open(seed);
      await parts.copyTree(pathIn(opened.path, planned.source ?? "/"), path);
    },
  };
}

async function secret(
  planned: PlannedMount,
  { parts, directory }: Setting,
  mounts: ProcessMount[],
  env: string[],
): Promise<void> {
  const id = planned.id ?? (planned.target === undefined ? "" : posix.basename(planned.target));
  if (id === "") throw invalidArgument("one of source, target required");
  const value = await parts.request.secrets.read(id);
  if (!value) {
    if (planned.required) throw notFound(`secret ${id}: not found`);
    return;
  }
  if (planned.env !== undefined) env.push(`${planned.env}=${Buffer.from(value).toString("utf8")}`);
  if (planned.env !== undefined && planned.target === undefined) return;
  const source = join(directory, `secret-${mounts.length}`);
  writeFileSync(source, value, { mode: 0o600 });
  chownSync(source, idOf(planned.uid, "uid"), idOf(planned.gid, "gid"));
  chmodSync(source, modeOf(planned.mode, 0o400));
  mounts.push({ type: "bind", target: planned.target ?? `/run/secrets/${id}`, source, readonly: true });
}

async function agent(
  planned: PlannedMount,
  { parts, scope, undo, directory }: Setting,
  mounts: ProcessMount[],
  env: string[],
): Promise<void> {
  const id = planned.id || "default";
  const found = parts.request.sshAgent(id);
  if (!found) {
    if (planned.required) throw notFound(`unset ssh forward key ${id}`);
    return;
  }
  const count = mounts.filter(({ target }) => target.startsWith("/run/buildkit/")).length;
  const source = join(directory, `ssh-${mounts.length}.sock`);
  undo.use(await forwardAgent(found, source, scope.signal));
  chownSync(source, idOf(planned.uid, "uid"), idOf(planned.gid, "gid"));
  chmodSync(source, modeOf(planned.mode, 0o600));
  const target = planned.target ?? `/run/buildkit/ssh_agent.${count}`;
  mounts.push({ type: "bind", target, source, readonly: false });
  if (!env.some((variable) => variable.startsWith("SSH_AUTH_SOCK="))) env.push(`SSH_AUTH_SOCK=${target}`);
}

function idOf(text: string | undefined, name: string): number {
  if (text === undefined || text === "") return 0;
  if (!/^\d+$/.test(text)) throw invalidArgument(`invalid value ${text} for ${name}`);
  return Number(text);
}

function modeOf(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === "") return otherwise;
  if (!/^[0-7]{1,5}$/.test(text)) throw invalidArgument(`invalid value ${text} for mode`);
  return Number.parseInt(text, 8);
}

function bytesOf(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  const bytes = parseBytes(text, 1024);
  if (bytes === undefined) throw invalidArgument(`invalid value for size: ${text}`);
  return bytes;
}
