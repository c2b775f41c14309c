import type { FileMapping, WatchRule } from "./watch-rules.ts";

/** What a number of changed files asks for, each service once. */
export interface ChangePlan {
  readonly rebuild: readonly string[];
  readonly sync: ReadonlyMap<string, readonly FileMapping[]>;
  readonly restart: readonly string[];
  /** Rules whose command runs after their files are there. */
  readonly exec: readonly WatchRule[];
}

/** Pure. A service that is rebuilt gets its files with the new image: nothing else is done to it. */
export function planChanges(rules: readonly WatchRule[], paths: readonly string[]): ChangePlan {
  const rebuild = new Set<string>();
  const sync = new Map<string, Map<string, FileMapping>>();
  const restart = new Set<string>();
  const exec = new Set<WatchRule>();
  for (const rule of rules) {
    const { service, trigger } = rule;
    for (const path of paths) {
      const mapping = rule.match(path);
      if (!mapping) continue;
      if (trigger.action === "rebuild") rebuild.add(service.name);
      if (trigger.action === "restart" || trigger.action === "sync+restart") restart.add(service.name);
      if (trigger.action === "sync+exec") exec.add(rule);
      if (!trigger.action.startsWith("sync") || mapping.target === "") continue;
      const files = sync.get(service.name) ?? new Map<string, FileMapping>();
      // The last rule that puts something there has it.
      sync.set(service.name, files.set(mapping.target, mapping));
    }
  }
  const isLeft = (name: string) => !rebuild.has(name);
  return {
    rebuild: [...rebuild],
    sync: new Map(
      [...sync].filter(([name]) => isLeft(name)).map(([name, files]) => [name, [...files.values()]]),
    ),
    restart: [...restart].filter(isLeft),
    exec: [...exec].filter(({ service }) => isLeft(service.name)),
  };
}
