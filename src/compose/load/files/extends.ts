import { nearest } from "../../../lib/nearest.ts";
import { cloneWithPlaces } from "../../yaml/places.ts";
import type { YamlMark } from "../../yaml/read-yaml.ts";
import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { resolvePaths } from "../complete/paths.ts";
import { mergeService } from "../merge/merge.ts";
import { takeOut } from "../merge/take-out.ts";
import { ownEntry } from "../own-entry.ts";
import { failAt } from "../problem.ts";
import { directoryOf, isThere, onDirectory, refuseRemote } from "./file-reader.ts";
import type { Frame, LoadedFile } from "./frame.ts";

/** Services of one file, as they are written there. */
interface Scope {
  readonly root: YamlMap;
  readonly services: YamlMap;
  /** What the file's tags take out of services that are extended. */
  readonly marks: readonly YamlMark[];
}

/** What stays the same on the way from service to service. */
interface Extending {
  /** The file that is being loaded. */
  readonly file: string;
  readonly frame: Frame;
  readonly read: ReadExtended;
}

type ReadExtended = (file: string, frame: Frame) => LoadedFile;

interface Reference {
  readonly file: string;
  readonly service: string;
}

/** Puts into every service what the one it extends has, in place. */
export function applyExtends(
  root: YamlMap,
  marks: readonly YamlMark[],
  file: string,
  frame: Frame,
  read: ReadExtended,
): void {
  const extending = { file, frame, read };
  const { services } = root;
  if (services === undefined) return;
  if (!isMap(services)) throw failAt(root, ["services"], "services must be a mapping");
  for (const name of Object.keys(services)) {
    const service = extended(name, { root, services, marks }, [], extending);
    if (service !== services[name]) services[name] = service;
  }
}

function extended(name: string, scope: Scope, trail: readonly Reference[], extending: Extending): YamlValue {
  const { file, frame } = extending;
  const { root, services } = scope;
  const service = ownEntry(services, name) ?? null;
  if (service === null) return null;
  if (!isMap(service)) throw failAt(root, ["services", name], `services.${name} must be a mapping`);
  if (service.extends === undefined) return service;
  const wanted = extendsOf(service.extends, name, root);
  const base = wanted.file === undefined ? scope : scopeOf(wanted.file, name, scope, extending);
  if (ownEntry(base.services, wanted.service) === undefined) {
    const where = wanted.file === undefined ? "" : ` in ${wanted.file}`;
    throw failAt(
      root,
      ["services", name, "extends"],
      `cannot extend service ${JSON.stringify(name)} in ${file}: service ${JSON.stringify(wanted.service)} not found${where}`,
      { nearest: nearest(wanted.service, Object.keys(base.services)) },
    );
  }
  const next = withoutCycle(trail, { file: wanted.file ?? file, service: name }, scope);
  const origin = extended(wanted.service, base, next, extending);
  if (!isMap(origin)) return service;

  const copy = cloneWithPlaces(origin);
  takeOut({ services: { [name]: copy } }, scope.marks);
  const merged = mergeService(copy, service, { over: root, replaced: frame.context.recorder?.replaced });
  delete merged.extends;
  services[name] = merged;
  return merged;
}

function extendsOf(
  value: YamlValue,
  name: string,
  root: YamlMap,
): { service: string; file: string | undefined } {
  if (typeof value === "string") return { service: value, file: undefined };
  if (!isMap(value) || typeof value.service !== "string") {
    throw failAt(root, ["services", name, "extends"], `extends.${name}.service is required`);
  }
  return { service: value.service, file: typeof value.file === "string" ? value.file : undefined };
}

/** Services of another file, with their paths as they are seen from this one. */
function scopeOf(path: string, name: string, { root }: Scope, { frame, read }: Extending): Scope {
  refuseRemote(path);
  const full = onDirectory(frame.filesDirectory, path);
  const place = ["services", name, "extends", "file"];
  if (!isThere(full)) throw failAt(root, place, `open ${full}: no such file or directory`);
  const { model, marks } = read(full, frame);
  const { services } = model;
  const cannot = `cannot extend service ${JSON.stringify(name)} in ${full}`;
  if (services === undefined) throw failAt(root, place, `${cannot}: no services section`);
  if (!isMap(services)) throw failAt(root, place, `${cannot}: services must be a mapping`);
  resolvePaths(model, {
    workingDirectory: directoryOf(frame.filesDirectory, path),
    home: frame.context.home,
    warn: frame.context.warn,
  });
  return { root: model, services, marks };
}

function withoutCycle(trail: readonly Reference[], next: Reference, { root }: Scope): readonly Reference[] {
  const longer = [...trail, next];
  if (trail.some(({ file, service }) => file === next.file && service === next.service)) {
    const lines = longer.map(
      ({ file, service }, index) => `  ${index === 0 ? "" : "extends "}${service} in ${file}`,
    );
    const path = ["services", next.service, "extends"];
    throw failAt(root, path, ["Circular reference:", ...lines].join("\n"));
  }
  return longer;
}
