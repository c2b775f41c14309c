import type { ImageRunConfig } from "../../oci/image-config.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Stage } from "../dockerfile/dockerfile.ts";
import type { PlannedHistory, PlannedStep } from "./build-plan.ts";
import type { Operation } from "./operation.ts";

export type MutableConfig = { -readonly [Key in keyof ImageRunConfig]: ImageRunConfig[Key] };

/** A stage while its instructions are gone through, one after the other. */
export interface StageDraft {
  readonly stage: Stage;
  /** In titles: its name, `stage-1`, or nothing where there is one stage only. */
  readonly title: string;
  readonly platform: Platform;
  top: Operation;
  readonly config: MutableConfig;
  readonly env: Map<string, string>;
  /** Declared so far; undefined: without a value. */
  readonly args: Map<string, string | undefined>;
  author: string | undefined;
  readonly history: PlannedHistory[];
  readonly steps: PlannedStep[];
  hasCommand: boolean;
  state: string;
}

/** A stage whose end is reached. */
export type PlannedStage = Pick<StageDraft, "top" | "platform" | "args" | "author" | "steps" | "state"> & {
  readonly config: ImageRunConfig;
  readonly history: readonly PlannedHistory[];
};

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const emptyConfig: ImageRunConfig = { Env: [`PATH=${defaultPath}`], WorkingDir: "/" };

export function variablesOf(env: readonly string[] | undefined): Map<string, string> {
  return new Map(
    (env ?? []).map((variable) => {
      const equals = variable.indexOf("=");
      return equals < 0 ? [variable, ""] : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}

/** A base image without PATH gets Docker's: programs are found, and `$PATH:/more` means what it says. */
export function withPath(config: ImageRunConfig): MutableConfig {
  const env = config.Env ?? [];
  const hasPath = env.some((variable) => variable.startsWith("PATH="));
  return hasPath ? { ...config } : { ...config, Env: [...env, `PATH=${defaultPath}`] };
}

/** What variables mean in a stage: ENV before ARG. */
export function scopeOf({ env, args }: Pick<StageDraft, "env" | "args">) {
  return {
    get: (name: string) => env.get(name) ?? args.get(name),
    has: (name: string) => env.has(name) || args.has(name),
  };
}

/** The environment of a RUN: that of the image, and the arguments that are not in it. */
export function runEnvironment({ env, args }: Pick<StageDraft, "env" | "args">): string[] {
  const own = [...env].map(([name, value]) => `${name}=${value}`);
  const given = [...args].flatMap(([name, value]) =>
    value === undefined || env.has(name) ? [] : [`${name}=${value}`],
  );
  return [...(env.has("PATH") ? [] : [`PATH=${defaultPath}`]), ...own, ...given];
}

export const shellOf = ({ config }: Pick<StageDraft, "config">): readonly string[] =>
  config.Shell ?? ["/bin/sh", "-c"];
