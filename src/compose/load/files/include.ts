import { dirname, isAbsolute, join } from "node:path";
import { copySpot, setEntry } from "../../yaml/places.ts";
import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { readEnvFiles } from "../options/env-files.ts";
import { ownEntry } from "../own-entry.ts";
import { failAt } from "../problem.ts";
import { directoryOf, isDirectory, isThere, onDirectory, refuseRemote } from "./file-reader.ts";
import type { Frame } from "./frame.ts";

interface Include {
  readonly paths: readonly string[];
  readonly projectDirectory: string | undefined;
  readonly envFiles: readonly string[];
}

type LoadIncluded = (files: readonly string[], frame: Frame) => YamlMap;

/** Brings in what other files declare, with paths and variables of their own, in place. */
export function applyInclude(model: YamlMap, frame: Frame, load: LoadIncluded): void {
  const { include } = model;
  if (include === undefined || include === null) return;
  if (!Array.isArray(include)) {
    throw failAt(model, ["include"], `\`include\` must be a list, got ${goText(include)}`);
  }
  for (const [index, entry] of include.entries()) {
    const imported = loadInclude(model, readInclude(model, entry, index), index, frame, load);
    for (const section of ["services", "volumes", "networks", "secrets", "configs", "models"]) {
      importSection(imported, model, section);
    }
  }
  delete model.include;
}

function readInclude(model: YamlMap, entry: YamlValue, index: number): Include {
  if (typeof entry === "string") return { paths: [entry], projectDirectory: undefined, envFiles: [] };
  if (!isMap(entry)) throw failAt(model, ["include", index], "must be a path or a mapping");
  const projectDirectory = entry.project_directory;
  return {
    paths: texts(model, entry.path, ["include", index, "path"]),
    projectDirectory: typeof projectDirectory === "string" && projectDirectory ? projectDirectory : undefined,
    envFiles: texts(model, entry.env_file, ["include", index, "env_file"]),
  };
}

function texts(model: YamlMap, value: YamlValue | undefined, path: (string | number)[]): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((text) => {
    if (typeof text !== "string") throw failAt(model, path, "must be a path or a list of paths");
    return text;
  });
}

function loadInclude(
  model: YamlMap,
  include: Include,
  index: number,
  frame: Frame,
  load: LoadIncluded,
): YamlMap {
  const place = ["include", index];
  const files = include.paths.map((path) => {
    refuseRemote(path);
    return onDirectory(frame.filesDirectory, path);
  });
  for (const file of files) {
    if (!isThere(file)) throw failAt(model, place, `open ${file}: no such file or directory`);
  }
  const [main] = files;
  if (main === undefined) return {};
  if (frame.includedBy.includes(main)) {
    const [first = "", ...rest] = [...frame.includedBy, main];
    throw failAt(model, place, `include cycle detected:\n${first}\n include ${rest.join("\n include ")}`);
  }
  const wished = include.projectDirectory;
  const filesDirectory = wished === undefined ? dirname(main) : onDirectory(frame.filesDirectory, wished);
  const envFiles = envFilesOf(model, place, include, filesDirectory, frame);
  frame.context.recorder?.variablesOf(envFiles);
  const fromFile = readEnvFiles(envFiles, frame.environment);
  return load(files, {
    ...frame,
    environment: { ...fromFile, ...frame.environment },
    workingDirectory:
      wished !== undefined && isAbsolute(wished) ? wished : directoryOf(frame.filesDirectory, wished ?? main),
    filesDirectory,
  });
}

/** Those that are named, or the `.env` beside the files. */
function envFilesOf(
  model: YamlMap,
  place: (string | number)[],
  include: Include,
  directory: string,
  frame: Frame,
): string[] {
  if (include.envFiles.length === 0) {
    const own = join(directory, ".env");
    return isThere(own) && !isDirectory(own) ? [own] : [];
  }
  return include.envFiles.map((named) => {
    const file = onDirectory(frame.filesDirectory, named);
    if (!isThere(file))
      throw failAt(model, [...place, "env_file"], `stat ${file}: no such file or directory`);
    if (isDirectory(file)) throw failAt(model, [...place, "env_file"], `${file} is not a file`);
    return file;
  });
}

function importSection(from: YamlMap, to: YamlMap, section: string): void {
  const added = from[section];
  if (!isMap(added)) return;
  const present = isMap(to[section]) ? to[section] : {};
  for (const [name, value] of Object.entries(added)) {
    const conflict = ownEntry(present, name);
    if (conflict === undefined) {
      setEntry(present, name, value);
      copySpot(added, name, present);
    } else if (!same(conflict, value)) {
      throw failAt(to, [section, name], `${section}.${name} conflicts with imported resource`, { of: "key" });
    }
  }
  to[section] = present;
}

function same(a: YamlValue, b: YamlValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index] ?? null));
  }
  if (!isMap(a) || !isMap(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key] ?? null, b[key] ?? null))
  );
}
