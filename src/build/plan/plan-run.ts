import { posix } from "node:path";
import { forbidden, invalidArgument } from "../../errors/engine-error.ts";
import { runScript } from "../dockerfile/heredoc.ts";
import type { InstructionOf, RunMount } from "../dockerfile/instruction.ts";
import { expandRunMount } from "../dockerfile/instructions/run-mount.ts";
import { isProxyArg } from "./automatic-args.ts";
import type { WordExpander } from "./configure.ts";
import { absoluteFrom } from "./configure.ts";
import type { Operation, PlannedMount, RunOperation } from "./operation.ts";
import type { PlanInput } from "./planning.ts";
import { runEnvironment, type StageDraft, scopeOf, shellOf } from "./stage-draft.ts";

export interface RunSetting {
  readonly input: PlanInput;
  readonly title: string;
  readonly fresh: boolean;
  readonly epoch: number | undefined;
  readonly expand: WordExpander;
  /** A stage, image or context by the name of `from=`; the main context without one. */
  sourceOf(from: string | undefined): Promise<Operation>;
}

/** RUN as an operation, and the words of its history. */
// trail: build RUN
export async function planRun(
  draft: StageDraft,
  run: InstructionOf<"RUN">,
  setting: RunSetting,
): Promise<{ operation: RunOperation; words: string }> {
  const { request } = setting.input;
  refuseUnallowed(run, request.allow);
  const { command, scripts } = commandOf(draft, run);
  const mounts = await Promise.all(run.mounts.map((mount) => planMount(draft, mount, setting)));
  const operation: RunOperation = {
    kind: "run",
    title: setting.title,
    ...(setting.fresh && { fresh: true }),
    base: draft.top,
    command,
    env: runEnvironment(draft),
    silentEnv: proxyEnvironment(draft, request.buildArgs),
    workingDirectory: draft.config.WorkingDir || "/",
    user: draft.config.User ?? "",
    mounts: [...mounts, ...scripts],
    network: run.network === "default" ? request.network : run.network,
    insecure: run.security === "insecure",
    hosts: request.hosts,
    limits: request.limits,
    ...(setting.epoch !== undefined && { epoch: setting.epoch }),
  };
  return { operation, words: `RUN ${[...argumentWords(draft), ...command].join(" ")} # buildkit` };
}

function refuseUnallowed(run: InstructionOf<"RUN">, allow: PlanInput["request"]["allow"]): void {
  if (run.network === "host" && !allow.has("network.host"))
    throw forbidden("network.host is not allowed: build with --allow network.host");
  if (run.security === "insecure" && !allow.has("security.insecure"))
    throw forbidden("security.insecure is not allowed: build with --allow security.insecure");
}

/** A heredoc that begins with `#!` is a program of its own, in a place that is gone after the step. */
function commandOf(
  draft: StageDraft,
  run: InstructionOf<"RUN">,
): { command: readonly string[]; scripts: PlannedMount[] } {
  if (run.command.form === "exec") return { command: run.command.words, scripts: [] };
  const script = runScript(run.command.line, run.heredocs);
  if (script.kind === "line") return { command: [...shellOf(draft), script.line], scripts: [] };
  const from: Operation = {
    kind: "copy",
    title: `[internal] script ${script.name}`,
    base: { kind: "empty", title: "[internal] nothing" },
    items: [{ fileName: script.name, content: script.content }],
    destination: "/",
    mode: "0755",
    link: false,
    parents: false,
    excludes: [],
  };
  return {
    command: [...shellOf(draft), `/dev/pipes/${script.name}`],
    scripts: [{ type: "bind", target: "/dev/pipes", source: "/", readonly: true, from }],
  };
}

/** `|1 VERSION=2`: the arguments a command can see are part of what it is. */
function argumentWords(draft: StageDraft): string[] {
  const scope = scopeOf(draft);
  const words = [...draft.args.keys()].map((name) => `${name}=${scope.get(name) ?? ""}`);
  return words.length === 0 ? [] : [`|${words.length}`, ...words];
}

function proxyEnvironment(draft: StageDraft, buildArgs: ReadonlyMap<string, string>): string[] {
  const scope = scopeOf(draft);
  return [...buildArgs]
    .filter(([name]) => isProxyArg(name) && !scope.has(name))
    .map(([name, value]) => `${name}=${value}`);
}

/** Relative targets, and none at all, begin at the working directory. */
async function planMount(draft: StageDraft, mount: RunMount, setting: RunSetting): Promise<PlannedMount> {
  const given = expandRunMount(mount, setting.expand.value);
  const { from, target, text: _, ...rest } = given;
  const needsTarget = given.type === "bind" || given.type === "cache" || given.type === "tmpfs";
  const path = target === undefined && !needsTarget ? undefined : absoluteFrom(draft.config, target ?? "");
  if (needsTarget && path === "/") throw invalidArgument(`invalid mount target ${JSON.stringify(path)}`);
  const takesFiles = given.type === "bind" || (given.type === "cache" && from !== undefined);
  return {
    ...rest,
    ...(path !== undefined && { target: path }),
    ...(rest.source !== undefined && takesFiles && { source: posix.resolve("/", rest.source) }),
    ...(takesFiles && { from: await setting.sourceOf(from) }),
  };
}
