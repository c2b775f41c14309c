import { labels } from "../../compose/labels.ts";
import { composeGroup } from "../compose/group-flags.ts";
import { readProject } from "../compose/open-project.ts";
import type { Session } from "../session.ts";
import type { Candidate } from "./candidates.ts";

const silent = { out: () => {}, err: () => {} };

/** Names of a Compose project for shells; files with mistakes, and engines that do not answer, have none. */
export async function composeNames(
  kind: "services" | "projects" | "profiles",
  session: Session,
  patience: number,
): Promise<Candidate[]> {
  try {
    if (kind === "projects") return await projects(session, patience);
    // Standard input is read once, by the command itself.
    if (composeGroup(session).file.includes("-")) return [];
    if (kind === "profiles") return await profiles(session);
    return await services(session, patience);
  } catch {
    return [];
  }
}

/** Those the files name; where there are none, those that have containers. */
async function services(session: Session, patience: number): Promise<Candidate[]> {
  const { "project-name": name, file } = composeGroup(session);
  try {
    const { project } = await readProject(silent, session, { resolveEnvironment: false });
    const all = { ...project.services, ...project.disabledServices };
    return Object.values(all).map(({ name: value, image }) => (image ? { value, about: image } : { value }));
  } catch (error) {
    if (name === "" || file.length > 0) throw error;
    const found = await labelled(session, [`${labels.project}=${name.toLowerCase()}`], patience);
    return each(found.map((its) => its[labels.service] ?? ""));
  }
}

async function profiles(session: Session): Promise<Candidate[]> {
  const { project } = await readProject(silent, session, { resolveEnvironment: false });
  const all = Object.values({ ...project.services, ...project.disabledServices });
  return each(all.flatMap(({ profiles: its = [] }) => its).sort());
}

async function projects(session: Session, patience: number): Promise<Candidate[]> {
  const found = await labelled(session, [labels.project], patience);
  return each(found.map((its) => its[labels.project] ?? "").sort());
}

async function labelled(session: Session, label: readonly string[], patience: number) {
  const engine = await session.engine();
  const signal = AbortSignal.timeout(patience);
  const query = { all: true, filters: JSON.stringify({ label }) };
  const found = await engine.call("ContainerList", { query, signal });
  return found.map(({ Labels: its }) => its ?? {});
}

const each = (names: readonly string[]) => [...new Set(names)].map((value) => ({ value }));
