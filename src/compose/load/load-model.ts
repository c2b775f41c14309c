import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { YamlMap } from "../yaml/yaml-value.ts";
import { normalize } from "./complete/normalize.ts";
import { FileReader } from "./files/file-reader.ts";
import type { LoadRecorder } from "./files/frame.ts";
import { loadFiles } from "./files/load-files.ts";
import { projectNameOf } from "./options/name-of-files.ts";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.ts";
import type { LoadSteps, ProjectOptions } from "./project-options.ts";

/** The model as a tree: merged, completed and checked, but not made into structures yet. */
export interface LoadedModel {
  readonly model: YamlMap;
  readonly name: string;
  readonly options: ResolvedOptions;
  readonly environment: Readonly<Record<string, string>>;
  /** Does it once more with somebody listening; nothing is read again. */
  replay(recorder: LoadRecorder): YamlMap;
}

// trail: compose config
export async function loadModel(options: ProjectOptions, steps: LoadSteps = {}): Promise<LoadedModel> {
  const resolved = resolveOptions(options);
  if (resolved.files.length === 0) throw notFound("no configuration file provided: not found");
  const reader = new FileReader(resolved.files.includes("-") ? await options.readStdin() : undefined);
  const warned = new Set<string>();
  const warn = (sentence: string) => {
    if (!warned.has(sentence)) options.warn(sentence);
    warned.add(sentence);
  };
  const name = projectNameOf({ given: options.projectName, resolved, reader, steps, warn });
  const environment = { ...resolved.environment, COMPOSE_PROJECT_NAME: name };

  const load = (recorder?: LoadRecorder): YamlMap => {
    const context = { reader, steps, home: resolved.shell.HOME, warn, ...(recorder && { recorder }) };
    const directory = resolved.projectDirectory;
    // A model that is to be printed as it is written takes no values from anywhere.
    const known = steps.interpolate === false ? { COMPOSE_PROJECT_NAME: name } : environment;
    const frame = {
      context,
      environment: known,
      workingDirectory: directory,
      filesDirectory: directory,
      firstFile: resolved.files[0] ?? "",
      includedBy: [],
    };
    const model = loadFiles(resolved.files, frame, steps.resolvePaths === false);
    if (Object.keys(model).length === 0) throw invalidArgument("empty compose file");
    if (name === "") throw invalidArgument("project name must not be empty");
    if (steps.normalize !== false) {
      model.name = name;
      normalize(model, known);
    }
    return model;
  };
  return { model: load(), name, options: resolved, environment, replay: load };
}
