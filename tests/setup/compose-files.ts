import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadedProject, loadProject } from "../../src/compose/load/load-project.ts";
import type { LoadSteps, ProjectOptions } from "../../src/compose/load/project-options.ts";
import type { Project } from "../../src/compose/model/project.ts";

/** A directory with files of a project, for one test. */
export interface ComposeFiles extends Disposable {
  readonly directory: string;
  readonly warnings: string[];
  load(options?: Partial<ProjectOptions>, steps?: LoadSteps): Promise<LoadedProject>;
  project(options?: Partial<ProjectOptions>, steps?: LoadSteps): Promise<Project>;
  /** What is wrong, with paths relative to the directory. */
  mistakes(options?: Partial<ProjectOptions>, steps?: LoadSteps): Promise<string[]>;
}

/** By path. The directory is called `shop`. */
export function composeFiles(files: Readonly<Record<string, string>>): ComposeFiles {
  const root = mkdtempSync(join(tmpdir(), "hull-compose-"));
  const directory = join(root, "shop");
  mkdirSync(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const warnings: string[] = [];
  const optionsOf = (options: Partial<ProjectOptions> = {}): ProjectOptions => ({
    ...{ files: [], projectDirectory: "", projectName: "", envFiles: [], profiles: [] },
    env: { HOME: "/home/me" },
    workingDirectory: directory,
    readStdin: () => Promise.resolve(""),
    warn: (sentence) => warnings.push(sentence),
    ...options,
  });
  return {
    directory,
    warnings,
    load: (options, steps) => loadProject(optionsOf(options), steps),
    project: async (options, steps) => (await loadProject(optionsOf(options), steps)).project,
    mistakes: async (options, steps) => {
      try {
        await loadProject(optionsOf(options), steps);
        return [];
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return message.replaceAll(`${directory}/`, "").split("\n");
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
