import type { FlagCompletion } from "../flags/flag.ts";
import { humanSize } from "../format/human-size.ts";
import type { Session } from "../session.ts";
import { type Answer, type Candidate, choices, files, folders, nothing } from "./candidates.ts";

/** Longer than a person waits for a list; then there is none. */
const patience = 1500;

/** Words for one kind of completion; an engine that cannot be asked has none. */
export async function completionOf(kind: FlagCompletion, session: Session): Promise<Answer> {
  if (typeof kind !== "string") return choices(kind);
  switch (kind) {
    case "files":
      return files;
    case "folders":
      return folders;
    case "nothing":
      return nothing;
    case "contexts":
      return choices(await contexts(session));
    case "containers":
    case "running":
    case "images":
    case "networks":
    case "volumes":
      return choices(await asked(kind, session));
    case "services":
    case "projects":
    case "profiles": {
      const { composeNames } = await import("./compose-names.ts");
      return choices(await composeNames(kind, session, patience));
    }
  }
  return kind satisfies never;
}

async function asked(
  kind: "containers" | "running" | "images" | "networks" | "volumes",
  session: Session,
): Promise<Candidate[]> {
  try {
    const signal = AbortSignal.timeout(patience);
    if (kind === "images") return await images(session, signal);
    if (kind === "networks") return await networks(session, signal);
    if (kind === "volumes") return await volumes(session, signal);
    return await containers(session, signal, kind === "containers");
  } catch {
    // No engine, or a slow one: a shell that waits for Tab must not be bothered with it.
    return [];
  }
}

async function containers(session: Session, signal: AbortSignal, all: boolean): Promise<Candidate[]> {
  const engine = await session.engine();
  const list = await engine.call("ContainerList", { query: { all: all || undefined }, signal });
  return list.flatMap(({ Names, Image = "", Status = "" }) => {
    // Names with a slash inside are those of links.
    const name = (Names ?? []).map((each) => each.replace(/^\//, "")).find((each) => !each.includes("/"));
    return name === undefined ? [] : [{ value: name, about: `${Image}, ${Status}` }];
  });
}

async function images(session: Session, signal: AbortSignal): Promise<Candidate[]> {
  const engine = await session.engine();
  const list = await engine.call("ImageList", { signal });
  return list.flatMap(({ RepoTags, Size }) =>
    (RepoTags ?? [])
      .filter((tag) => !tag.startsWith("<none>"))
      .map((tag) => ({ value: tag, about: humanSize(Size) })),
  );
}

async function networks(session: Session, signal: AbortSignal): Promise<Candidate[]> {
  const engine = await session.engine();
  const list = await engine.call("NetworkList", { signal });
  return list.map(({ Name, Driver }) => ({ value: Name ?? "", about: Driver ?? "" }));
}

async function volumes(session: Session, signal: AbortSignal): Promise<Candidate[]> {
  const engine = await session.engine();
  const { Volumes } = await engine.call("VolumeList", { signal });
  return (Volumes ?? []).map(({ Name, Driver }) => ({ value: Name ?? "", about: Driver ?? "" }));
}

async function contexts(session: Session): Promise<Candidate[]> {
  const { contextStore } = await import("../config/current-context.ts");
  const kept = contextStore(session).list();
  const about = (text: string | undefined) => (text ? { about: text } : {});
  return [
    { value: "default" },
    ...kept.map(({ Name, Metadata }) => ({ value: Name, ...about(Metadata.Description) })),
  ];
}
