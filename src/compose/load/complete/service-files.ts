import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import type { EnvEntry } from "../../env/env-entry.ts";
import { readDotenv } from "../../env/read-dotenv.ts";
import { readRawEnv } from "../../env/read-raw-env.ts";
import type { Lookup } from "../../interpolate/substitute.ts";
import type { Mapping, MappingWithEquals } from "../../model/amounts.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import { setEntry } from "../../yaml/places.ts";
import { SourceText } from "../../yaml/source-text.ts";
import type { YamlMap, YamlPath } from "../../yaml/yaml-value.ts";
import { isThere, readText } from "../files/file-reader.ts";
import { lookupIn } from "../files/frame.ts";
import { located } from "../problem.ts";

export interface FileSteps {
  /** Whether the files are no longer named once they are read: they do not count for the service's hash then. */
  readonly discard: boolean;
}

/**
 * Reads `env_file` of every service into its environment. Docker Compose does this late, for the
 * services alone that a call is about: files of other services need not exist.
 */
export function resolveServiceEnvironments(project: Project, { discard }: FileSteps): Project {
  return withServices(project, (service) => {
    const environment = withEnvFiles(service, project);
    const { environment: _before, env_file, ...rest } = service;
    return {
      ...rest,
      ...(Object.keys(environment).length > 0 && { environment }),
      ...(env_file && !discard && { env_file }),
    };
  });
}

function withEnvFiles(service: Service, project: Project): MappingWithEquals {
  const ofProject = lookupIn(project.environment);
  const own = new Map(Object.entries(service.environment ?? {}));
  for (const [name, value] of own) own.set(name, value ?? ofProject(name) ?? null);
  const lookup: Lookup = (name) => ofProject(name) ?? own.get(name) ?? undefined;
  const entries = new Map<string, EnvEntry>();
  for (const [name, value] of own) if (value !== null) entries.set(name, { value, place: nowhere });
  for (const [index, { path, required, format }] of (service.env_file ?? []).entries()) {
    if (!required && !isThere(path)) continue;
    atFile(service.env_file, index, () => {
      if (!isThere(path)) throw notFound(`env file ${path} not found: ${missing(path)}`);
      readVariables(path, format, entries, lookup);
    });
  }
  const fromFiles = [...entries].map(([name, { value }]): [string, string] => [name, value]);
  return Object.fromEntries([...fromFiles, ...own]);
}

const missing = (path: string) => `stat ${path}: no such file or directory`;

/** Where lists of files were written: they are read when the model they are from is long forgotten. */
const writtenAt = new WeakMap<object, { readonly model: YamlMap; readonly path: YamlPath }>();

export function rememberFiles(services: Readonly<Record<string, Service>>, model: YamlMap): void {
  for (const [name, { env_file, label_file }] of Object.entries(services)) {
    if (env_file) writtenAt.set(env_file, { model, path: ["services", name, "env_file"] });
    if (label_file) writtenAt.set(label_file, { model, path: ["services", name, "label_file"] });
  }
}

function atFile(files: object | undefined, index: number, read: () => void): void {
  const written = files && writtenAt.get(files);
  if (written) located(written.model, [...written.path, index], read);
  else read();
}

/** What a service says itself is in no file of variables. */
const nowhere = { file: "", line: 0, column: 0 };

function readVariables(
  path: string,
  format: string | undefined,
  entries: Map<string, EnvEntry>,
  lookup: Lookup,
): void {
  const source = new SourceText(path, readText(path));
  if (format === undefined) readDotenv(source, entries, lookup);
  else if (format === "raw") readRawEnv(source, entries, lookup);
  else throw invalidArgument(`unsupported env_file format ${JSON.stringify(format)}`);
}

/** Reads `label_file` of every service; labels that are written out win. */
export function resolveServiceLabels(project: Project, { discard }: FileSteps): Project {
  return withServices(project, (service) => {
    if (!service.label_file) return service;
    const { label_file, labels: own, ...rest } = service;
    const labels = { ...labelsOf(label_file), ...own };
    return {
      ...rest,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(!discard && { label_file }),
    };
  });
}

function labelsOf(files: readonly string[]): Mapping {
  const labels: Record<string, string> = {};
  for (const [index, path] of files.entries()) {
    const entries = new Map<string, EnvEntry>();
    atFile(files, index, () => {
      if (!isThere(path)) throw notFound(`label file ${path} not found: ${missing(path)}`);
      readVariables(path, undefined, entries, lookupIn(labels));
    });
    for (const [name, { value }] of entries) setEntry(labels, name, value);
  }
  return labels;
}

function withServices(project: Project, change: (service: Service) => Service): Project {
  const services = Object.entries(project.services).map(([name, service]) => [name, change(service)]);
  return { ...project, services: Object.fromEntries(services) };
}
