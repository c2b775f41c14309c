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

/** Groups of docker's grammar that Hull only knows to refuse, or to pass an engine's refusal on. */
export const unbuiltCommands: CommandTable = {
  ...group("checkpoint", "Manage checkpoints"),
  ...group("config", "Manage Swarm configs"),
  ...group("manifest", "Manage Docker image manifests and manifest lists"),
  ...group("node", "Manage Swarm nodes"),
  ...group("secret", "Manage Swarm secrets"),
  ...group("service", "Manage Swarm services"),
  ...group("stack", "Manage Swarm stacks"),
  ...group("swarm", "Manage Swarm"),
  ...group("trust", "Manage trust on Docker images", {
    ...group("trust key", "Manage keys for signing Docker images"),
    ...group("trust signer", "Manage entities who can sign Docker images"),
  }),
};
