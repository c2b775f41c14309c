import type { CommandEntry, CommandTable } from "../../command.ts";
import { unbuiltWords } from "./summaries.ts";

/** One word below a group; what it says is found out when it is called. */
function entry(group: string, word: string): CommandEntry {
  const { summary = "", ...more } = unbuiltWords[group]?.[word] ?? {};
  return {
    summary,
    group: "command",
    ...more,
    load: async () => (await import("./unbuilt.ts")).unbuiltCommand(group, word),
  };
}

function group(name: string, summary: string, more: CommandTable = {}): CommandTable {
  const words = Object.keys(unbuiltWords[name] ?? {});
  const subcommands = Object.fromEntries(words.map((word) => [word, entry(name, word)]));
  const last = name.split(" ").at(-1) ?? "";
  return { [last]: { summary, group: "management", subcommands: { ...subcommands, ...more } } };
}

/** Docker's program does not list what it calls experimental. */
function experimental(groups: CommandTable): CommandTable {
  return Object.fromEntries(
    Object.entries(groups).map(([name, entry]) => [name, { ...entry, hidden: true }]),
  );
}

/** As Docker's program lists them where there is no swarm: `swarm` alone. */
function swarmGroup(name: string, summary: string): CommandTable {
  const [entry] = Object.values(group(name, summary));
  return entry ? { [name]: { ...entry, group: "swarm", hidden: name !== "swarm" } } : {};
}

/** Groups of docker's grammar that Hull only knows to refuse, or to pass an engine's refusal on. */
export const unbuiltCommands: CommandTable = {
  ...experimental(group("checkpoint", "Manage checkpoints")),
  ...swarmGroup("config", "Manage Swarm configs"),
  ...group("manifest", "Manage Docker image manifests and manifest lists"),
  ...swarmGroup("node", "Manage Swarm nodes"),
  ...swarmGroup("secret", "Manage Swarm secrets"),
  ...swarmGroup("service", "Manage Swarm services"),
  ...swarmGroup("stack", "Manage Swarm stacks"),
  ...swarmGroup("swarm", "Manage Swarm"),
  ...group("trust", "Manage trust on Docker images", {
    ...group("trust key", "Manage keys for signing Docker images"),
    ...group("trust signer", "Manage entities who can sign Docker images"),
  }),
};
