import type { AliasNode, ListNode, MapNode, YamlNode } from "./node.ts";
import { type Spot, setEntry, setRootSpot, setSpots } from "./places.ts";
import { resolveScalar } from "./resolve-scalar.ts";
import type { SourceText } from "./source-text.ts";
import type { YamlDocument, YamlMark } from "./yaml-document.ts";
import { YamlFault } from "./yaml-fault.ts";
import type { YamlMap, YamlValue } from "./yaml-value.ts";

/** Values that aliases may add to one document: more is a bomb. */
const mostAliased = 1_000_000;

/** One document: nodes to plain values, with their places aside. */
export class DocumentReader {
  private readonly marks: YamlMark[] = [];
  /** Where the value that is being read will stand. */
  private readonly path: (string | number)[] = [];
  /** Nodes that are being read by an alias: one more to any of them would never end. */
  private readonly open = new Set<YamlNode>();
  private aliasDepth = 0;
  private aliased = 0;
  /** Inside of `!override`, which stands for itself, no more marks are set. */
  private overrides = 0;

  constructor(private readonly source: SourceText) {}

  read(node: YamlNode): YamlDocument {
    const value = this.value(node) ?? null;
    if (typeof value === "object" && value !== null) setRootSpot(value, this.spot(node.start, node.start));
    return { source: this.source, value, marks: this.marks };
  }

  private spot(key: number, value: number): Spot {
    return { source: this.source, key, value };
  }

  private valueAt(node: YamlNode, step: string | number): YamlValue | undefined {
    this.path.push(step);
    const value = this.value(node);
    this.path.pop();
    return value;
  }

  /** Undefined is `!reset`: nothing is there. */
  private value(node: YamlNode): YamlValue | undefined {
    if (this.aliasDepth > 0 && ++this.aliased > mostAliased) {
      throw new YamlFault("aliases repeat too much", node.start);
    }
    if (node.kind === "alias") return this.throughAlias(node);
    const marks = this.overrides === 0;
    if (marks && node.tag === "!reset") {
      this.marks.push({ tag: "reset", path: [...this.path] });
      return undefined;
    }
    const overrides = marks && node.tag === "!override";
    if (overrides) {
      this.marks.push({ tag: "override", path: [...this.path] });
      this.overrides++;
    }
    const value =
      node.kind === "scalar" ? resolveScalar(node) : node.kind === "list" ? this.list(node) : this.map(node);
    if (overrides) this.overrides--;
    return value;
  }

  private throughAlias(node: AliasNode): YamlValue | undefined {
    this.enter(node.target, node);
    this.aliasDepth++;
    const value = this.value(node.target);
    this.aliasDepth--;
    this.open.delete(node.target);
    return value;
  }

  private enter(target: YamlNode, by: YamlNode): void {
    if (this.open.has(target)) throw new YamlFault("this alias contains itself", by.start);
    this.open.add(target);
  }

  private list(node: ListNode): YamlValue[] {
    const list: YamlValue[] = [];
    const spots = new Map<number, Spot>();
    for (let index = 0; index < node.items.length; index++) {
      const item = node.items[index] as YamlNode;
      const value = this.valueAt(item, index);
      if (value === undefined) continue;
      spots.set(list.length, this.spot(item.start, item.start));
      list.push(value);
    }
    setSpots(list, spots);
    return list;
  }

  private map(node: MapNode): YamlMap {
    const map: YamlMap = {};
    const spots = new Map<string, Spot>();
    let merge: YamlNode | undefined;
    for (const [key, item] of node.pairs) {
      const isMerge = isMergeKey(key);
      if (isMerge) {
        if (merge) throw this.duplicate("<<", key, merge.start);
        merge = item;
        continue;
      }
      const name = keyText(key);
      const earlier = spots.get(name);
      if (earlier) throw this.duplicate(name, key, earlier.key);
      spots.set(name, this.spot(key.start, item.start));
      const value = this.valueAt(item, name);
      if (value !== undefined) setEntry(map, name, value);
    }
    if (merge) this.merge(merge, map, spots);
    setSpots(map, spots);
    return map;
  }

  private duplicate(name: string, key: YamlNode, earlier: number): YamlFault {
    const { line } = this.source.placeAt(earlier);
    return new YamlFault(`mapping key ${JSON.stringify(name)} already defined at line ${line}`, key.start);
  }

  /** `<<`: what the mapping has itself stands, and of several the first one. */
  private merge(node: YamlNode, map: YamlMap, spots: Map<string, Spot>): void {
    const target = withoutAlias(node);
    const sources = target.kind === "list" ? target.items : [node];
    for (const source of sources) {
      if (withoutAlias(source).kind !== "map") {
        if (withoutAlias(source).tag === "!reset") continue;
        throw new YamlFault('"<<" wants a mapping or a list of mappings', source.start);
      }
      this.mergeOne(source, map, spots);
    }
  }

  private mergeOne(node: YamlNode, map: YamlMap, spots: Map<string, Spot>): void {
    const target = withoutAlias(node);
    if (target.tag === "!reset" || target.kind !== "map") return;
    this.enter(target, node);
    this.aliasDepth++;
    let nested: YamlNode | undefined;
    for (const [key, item] of target.pairs) {
      if (isMergeKey(key)) {
        nested = item;
        continue;
      }
      const name = keyText(key);
      const value = Object.hasOwn(map, name) ? undefined : this.valueAt(item, name);
      if (value === undefined) continue;
      setEntry(map, name, value);
      spots.set(name, this.spot(key.start, item.start));
    }
    if (nested) this.merge(nested, map, spots);
    this.aliasDepth--;
    this.open.delete(target);
  }
}

function withoutAlias(node: YamlNode): YamlNode {
  return node.kind === "alias" ? withoutAlias(node.target) : node;
}

function isMergeKey(key: YamlNode): boolean {
  if (key.kind !== "scalar" || key.text !== "<<") return false;
  return (key.tag === "" && key.isPlain) || key.tag === "!" || key.tag === "tag:yaml.org,2002:merge";
}

function keyText(key: YamlNode): string {
  const node = withoutAlias(key);
  const value = node.kind === "scalar" ? resolveScalar(node) : undefined;
  if (typeof value === "string") return value;
  const shown = node.kind === "scalar" ? (node.text === "" ? "nothing" : node.text) : `a ${nounOf(node)}`;
  throw new YamlFault(`non-string key ${shown}: a key must be a text, put it in quotes`, key.start);
}

const nounOf = (node: YamlNode) => (node.kind === "list" ? "list" : "mapping");
