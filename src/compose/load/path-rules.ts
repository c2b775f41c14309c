import { isMap, type YamlList, type YamlMap, type YamlPath, type YamlValue } from "../yaml/yaml-value.ts";
import type { ComposeFileError } from "./compose-error.ts";
import { failAt, Problems } from "./problem.ts";

/** Rules by path: `services.*.ports`, where `*` is any key or index. */
export interface RuleNode<T> {
  readonly rule: T | undefined;
  readonly next: ReadonlyMap<string, RuleNode<T>>;
}

interface Growing<T> {
  rule: T | undefined;
  readonly next: Map<string, Growing<T>>;
}

export function pathRules<T>(rules: Readonly<Record<string, T>>): RuleNode<T> {
  const root: Growing<T> = { rule: undefined, next: new Map() };
  for (const [pattern, rule] of Object.entries(rules)) {
    let node = root;
    for (const step of pattern.split(".")) {
      const known = node.next.get(step) ?? { rule: undefined, next: new Map() };
      node.next.set(step, known);
      node = known;
    }
    node.rule = rule;
  }
  return root;
}

export function nextRule<T>(node: RuleNode<T> | undefined, key: string | number): RuleNode<T> | undefined {
  return node?.next.get(String(key)) ?? node?.next.get("*");
}

/** Where a walk over a tree stands. */
export interface WalkSpot {
  readonly root: YamlValue;
  readonly path: YamlPath;
  fail(message: string, nearest?: string): ComposeFileError;
  /** The same for one of the entries. */
  below(key: string | number): WalkSpot;
}

/** Makes another value of the one at a place; the rules below that place are applied to the result. */
export type Rewrite = (value: YamlValue, spot: WalkSpot) => YamlValue;

/** Applies the rules to a tree, from above, in place. All that they find wrong is told together. */
export function rewriteTree(root: YamlMap, rules: RuleNode<Rewrite>): void {
  const path: (string | number)[] = [];
  const problems = new Problems();
  const spot: WalkSpot = {
    root,
    path,
    fail: (message, nearest) => failAt(root, [...path], message, { nearest }),
    below: (key) => ({
      ...spot,
      path: [...path, key],
      fail: (message, nearest) => failAt(root, [...path, key], message, { nearest }),
    }),
  };
  const walk = (container: YamlMap | YamlList, node: RuleNode<Rewrite>): void => {
    const keys: readonly (string | number)[] = Array.isArray(container)
      ? container.keys().toArray()
      : Object.keys(container);
    for (const key of keys) {
      const below = nextRule(node, key);
      if (below === undefined) continue;
      path.push(key);
      const before = at(container, key);
      const { rule } = below;
      const after = rule === undefined ? before : problems.attempt(() => rule(before, spot));
      if (after !== undefined) {
        if (after !== before) put(container, key, after);
        if (below.next.size > 0 && (isMap(after) || Array.isArray(after))) walk(after, below);
      }
      path.pop();
    }
  };
  walk(root, rules);
  problems.throwAll();
}

function at(container: YamlMap | YamlList, key: string | number): YamlValue {
  return (container as YamlMap)[key] ?? null;
}

function put(container: YamlMap | YamlList, key: string | number, value: YamlValue): void {
  (container as YamlMap)[key] = value;
}
