import type { LoadedProject } from "../../compose/load/load-project.ts";
import type { LoadSteps, ProjectOptions } from "../../compose/load/project-options.ts";
import type { Project } from "../../compose/model/project.ts";
import type { FollowedDependencies } from "../../compose/select/select-services.ts";
import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import { composeGroup } from "./group-flags.ts";
import { composeSettings } from "./settings.ts";
import { workingDirectory } from "./working-directory.ts";

/** What the command line and the shell say of the project. */
export function projectOptions(terminal: Terminal, session: Session): ProjectOptions {
  const group = composeGroup(session);
  return {
    files: group.file,
    projectDirectory: group["project-directory"],
    projectName: group["project-name"],
    envFiles: group["env-file"],
    profiles: group.profile,
    env: session.env,
    workingDirectory: workingDirectory(session.env),
    readStdin: () => Bun.stdin.text(),
    warn: (sentence) => terminal.err(`WARN: ${sentence}\n`),
  };
}

export interface Wanted {
  /** Names of the command line: their profiles are switched on, and all others are left out. */
  readonly services?: readonly string[];
  /** What comes along with those that were named. */
  readonly follow?: FollowedDependencies;
  readonly steps?: LoadSteps;
}

// trail: compose up
/** The project of this call, as its files say it, with the services the command line named. */
export async function openProject(
  terminal: Terminal,
  session: Session,
  { services = [], follow, steps }: Wanted = {},
): Promise<Project> {
  // Files of variables are read for the services that are left: those of others need not exist.
  const [loaded, { enableNamed, selectServices, withoutUnusedResources }, environments] = await Promise.all([
    readComposeProject(terminal, session, { ...steps, resolveEnvironment: false }),
    import("../../compose/select/select-services.ts"),
    import("../../compose/load/complete/service-files.ts"),
  ]);
  const project = selectServices(enableNamed(loaded, services), services, follow);
  const needed = composeSettings(session).allResources ? project : withoutUnusedResources(project);
  if (steps?.resolveEnvironment === false) return needed;
  return environments.resolveServiceEnvironments(needed, { discard: true });
}

/** All of it, nothing chosen and nothing left out; its names as the group's flags want them. */
export async function readComposeProject(
  terminal: Terminal,
  session: Session,
  steps?: LoadSteps,
): Promise<Project> {
  const { project } = await readProject(terminal, session, steps);
  return composeSettings(session).compatibility ? { ...project, separator: "_" } : project;
}

/** The files alone, nothing chosen: for `config` and those that draw or convert. */
export async function readProject(
  terminal: Terminal,
  session: Session,
  steps?: LoadSteps,
): Promise<LoadedProject> {
  const { loadProject } = await import("../../compose/load/load-project.ts");
  return await loadProject(projectOptions(terminal, session), steps);
}

export interface NamedProject {
  readonly name: string;
  /** Undefined where a name was enough: containers are found by their labels. */
  readonly project: Project | undefined;
}

/**
 * For commands that only look at containers or end them: with `-p` alone no file is read, and a
 * project whose files are gone can still be taken down by COMPOSE_PROJECT_NAME.
 */
export async function openProjectOrName(
  terminal: Terminal,
  session: Session,
  wanted: Wanted = {},
): Promise<NamedProject> {
  const { file, "project-name": given } = composeGroup(session);
  if (given !== "" && file.length === 0) return { name: given, project: undefined };
  try {
    const project = await openProject(terminal, session, {
      ...wanted,
      steps: { resolveEnvironment: false, ...wanted.steps },
    });
    return { name: project.name, project };
  } catch (error) {
    const { COMPOSE_PROJECT_NAME: name } = await shellAndEnvFiles(terminal, session);
    if (!name) throw error;
    return { name, project: undefined };
  }
}

/** For commands that never need the files. */
export async function openProjectName(terminal: Terminal, session: Session): Promise<string> {
  const name = composeGroup(session)["project-name"] || session.env.COMPOSE_PROJECT_NAME;
  if (name) return name;
  return (await openProjectOrName(terminal, session)).name;
}

/** What files are expanded from: the shell's variables, then those of `.env` or `--env-file`. */
export async function shellAndEnvFiles(
  terminal: Terminal,
  session: Session,
): Promise<Readonly<Record<string, string>>> {
  const { resolveOptions } = await import("../../compose/load/options/resolve-options.ts");
  return resolveOptions(projectOptions(terminal, session)).environment;
}
