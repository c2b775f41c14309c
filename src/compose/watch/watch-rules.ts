import { existsSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { type IgnoreMatcher, ignoreMatcher, parseIgnoreFile } from "../../lib/ignore-file.ts";
import type { Build } from "../model/build.ts";
import type { Trigger } from "../model/develop.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

/** What is to be done when files of one path change. */
export interface WatchRule {
  readonly service: Service;
  readonly trigger: Trigger;
  /** Where a changed file belongs in containers; undefined where the rule is not about it. */
  match(path: string): FileMapping | undefined;
}

export interface FileMapping {
  /** Absolute, on this machine. */
  readonly path: string;
  /** In containers; empty where nothing is copied. */
  readonly target: string;
}

export interface WatchedProject {
  readonly rules: readonly WatchRule[];
  /** Sentences about rules that are not followed. */
  readonly warnings: readonly string[];
}

/** The rules of services that have some; none at all is an error. */
export function watchRules(project: Project, builds: boolean): WatchedProject {
  const warnings: string[] = [];
  const rules = Object.values(project.services).flatMap((service) => {
    const ignored = ignoredByBuild(service.build);
    return (service.develop?.watch ?? []).flatMap((trigger) => {
      checkTrigger(service, trigger, builds);
      if (!copies(trigger) || !isMounted(service, trigger.path))
        return [watchRule(service, trigger, ignored)];
      warnings.push(
        `path '${trigger.path}' also declared by a bind mount volume, this path won't be monitored!`,
      );
      return [];
    });
  });
  if (rules.length === 0) throw nothingToWatch();
  return { rules, warnings };
}

const nothingToWatch = () =>
  invalidArgument(
    "none of the selected services is configured for watch, consider setting a 'develop' section",
  );

export const isWatchable = ({ services }: Project): boolean =>
  Object.values(services).some(({ develop }) => (develop?.watch ?? []).length > 0);

export const copies = ({ action }: Trigger): boolean => action.startsWith("sync");

function checkTrigger({ name, build }: Service, { action, exec }: Trigger, builds: boolean): void {
  if (action === "rebuild" && !build) {
    throw invalidArgument(
      `can't watch service ${JSON.stringify(name)} with action rebuild without a build context`,
    );
  }
  if (action === "rebuild" && !builds) {
    throw invalidArgument(`--no-build is incompatible with watch action rebuild in service ${name}`);
  }
  if (action === "sync+exec" && (exec?.command ?? []).length === 0) {
    throw invalidArgument(`can't watch with action "sync+exec" on service ${name} without a command`);
  }
}

/** What the container sees anyway. */
function isMounted({ volumes = [] }: Service, path: string): boolean {
  return volumes.some(
    ({ type, source }) => type === "bind" && source !== undefined && isWithin(source, path),
  );
}

function watchRule(service: Service, trigger: Trigger, ignored: (path: string) => boolean): WatchRule {
  const ignores = matcher(trigger.ignore ?? []);
  const includes = trigger.include?.length ? matcher(trigger.include) : undefined;
  return {
    service,
    trigger,
    match(path) {
      if (!isWithin(trigger.path, path)) return undefined;
      const below = relative(trigger.path, path);
      const name = below === "" ? posix.basename(path) : below;
      if (includes && !includes.isIgnored(name)) return undefined;
      if (ignored(path) || usual.isIgnored(name) || ignores.isIgnored(name)) return undefined;
      return { path, target: trigger.target === undefined ? "" : targetOf(trigger.target, below, name) };
    },
  };
}

/** A file goes to the very path, unless that is said to be a folder. */
function targetOf(target: string, below: string, name: string): string {
  if (below !== "") return posix.join(target, below);
  return target.endsWith("/") ? posix.join(target, name) : target;
}

/** Files editors make beside those they save, and what belongs to the history of the files. */
const usual = ignoreMatcher([
  ...[
    "**/.git",
    "**/*___jb_old___",
    "**/*___jb_tmp___",
    "**/.idea/**",
    "**/.#*",
    "**/#*#",
    "**/4913",
    "**/*~",
  ],
  ...["**/.*.swp", "**/.*.swx", "**/.*.swo", "**/.*.swn", "**/.*.kate-swp", "**/*-go-tmp-umask"],
]);

/**
 * A list that begins by leaving out everything is meant for the build: of it, as in Docker Compose, only what
 * it takes back in counts.
 */
function matcher(patterns: readonly string[]): IgnoreMatcher {
  const clean = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
  return ignoreMatcher(clean.includes("*") ? clean.filter((pattern) => pattern.startsWith("!")) : clean);
}

/** What the ignore file leaves out of the build need not be watched either. */
function ignoredByBuild(build: Build | undefined): (path: string) => boolean {
  const context = build?.context;
  if (context === undefined || !existsSync(context)) return () => false;
  const files = [`${build?.dockerfile ?? "Dockerfile"}.dockerignore`, ".dockerignore"];
  const file = files.map((name) => join(context, name)).find((path) => existsSync(path));
  if (file === undefined) return () => false;
  const rules = matcher(parseIgnoreFile(readFileSync(file, "utf8")).rules.map(({ text }) => text));
  return (path) => isWithin(context, path) && path !== context && rules.isIgnored(relative(context, path));
}

export function isWithin(parent: string, path: string): boolean {
  const below = relative(parent, path);
  return below === "" || (below !== ".." && !below.startsWith("../"));
}
