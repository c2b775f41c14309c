import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import { ComposeFileError } from "../load/compose-error.ts";
import { setEntry, setRootSpot, setSpot } from "./places.ts";
import { SourceText } from "./source-text.ts";
import type { YamlMap, YamlPath, YamlValue } from "./yaml-value.ts";

export interface YamlDocument {
  readonly source: SourceText;
  /** Without what is marked `!reset`. */
  readonly value: YamlValue;
  /** What is to be taken out of the files before this one, before this one is merged into them. */
  readonly marks: readonly YamlMark[];
}

export interface YamlMark {
  readonly tag: "reset" | "override";
  readonly path: YamlPath;
}

/** The documents of one file. Throws a ComposeFileError with the place of what cannot be read. */
export function readYaml(file: string, text: string): YamlDocument[] {
  const source = new SourceText(file, text);
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const [error] = document.errors;
    if (error) {
      const place = source.placeAt(error.pos[0]);
      throw new ComposeFileError([{ place, path: "", message: error.message }]);
    }
    const marks: YamlMark[] = [];
    const value = readNode(document.contents, [], { source, document, marks }) ?? null;
    if (typeof value === "object" && value !== null) setRootSpot(value, { source, key: 0, value: 0 });
    return { source, value, marks };
  });
}

interface Reading {
  readonly source: SourceText;
  readonly document: Document.Parsed;
  readonly marks: YamlMark[];
}

function readNode(node: Node | null, path: YamlPath, reading: Reading): YamlValue | undefined {
  if (isAlias(node)) return readNode(node.resolve(reading.document) ?? null, path, reading);
  const tag = node?.tag;
  if (tag === "!reset" || tag === "!override")
    reading.marks.push({ tag: tag === "!reset" ? "reset" : "override", path });
  if (tag === "!reset") return undefined;
  if (isScalar(node)) return node.value as YamlValue;
  if (isSeq(node)) {
    const list: YamlValue[] = [];
    for (const item of node.items) {
      const value = readNode(item as Node, [...path, list.length], reading);
      if (value === undefined) continue;
      const at = (item as Node).range?.[0] ?? 0;
      setSpot(list, list.length, { source: reading.source, key: at, value: at });
      list.push(value);
    }
    return list;
  }
  if (!isMap(node)) return null;
  const map: YamlMap = {};
  for (const { key, value } of node.items) {
    const name = String(isScalar(key) ? key.value : key);
    const item = readNode(value as Node | null, [...path, name], reading);
    if (item === undefined) continue;
    if (name === "<<") {
      for (const from of Array.isArray(item) ? item : [item]) {
        for (const [inner, its] of Object.entries(from as YamlMap)) if (!(inner in map)) map[inner] = its;
      }
      continue;
    }
    setEntry(map, name, item);
    const keyAt = (key as Node).range?.[0] ?? 0;
    setSpot(map, name, {
      source: reading.source,
      key: keyAt,
      value: (value as Node | null)?.range?.[0] ?? keyAt,
    });
  }
  return map;
}
