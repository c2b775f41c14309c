import type { CommandEntry, CommandTable } from "../../command.ts";
import { buildWord } from "../build/table.ts";

type Verb = Omit<CommandEntry, "group">;

const history: Verb = {
  summary: "Show the history of an image",
  load: async () => (await import("./history.ts")).historyCommand,
};
const importing: Verb = {
  summary: "Import the contents from a tarball to create a filesystem image",
  load: async () => (await import("./import.ts")).importCommand,
};
const load: Verb = {
  summary: "Load an image from a tar archive or STDIN",
  load: async () => (await import("./load.ts")).loadCommand,
};
const pull: Verb = {
  summary: "Download an image from a registry",
  load: async () => (await import("./pull.ts")).pullCommand,
};
const push: Verb = {
  summary: "Upload an image to a registry",
  load: async () => (await import("./push.ts")).pushCommand,
};
const remove: Verb = {
  summary: "Remove one or more images",
  load: async () => (await import("./rm.ts")).removeImagesCommand,
};
const save: Verb = {
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  load: async () => (await import("./save.ts")).saveCommand,
};
const tag: Verb = {
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  load: async () => (await import("./tag.ts")).tagCommand,
};

/** Commands about images that stand alone. */
export const imageWords: CommandTable = {
  history: { ...history, group: "command" },
  import: { ...importing, group: "command" },
  load: { ...load, group: "command" },
  pull: { ...pull, group: "common" },
  push: { ...push, group: "common" },
  rmi: { ...remove, group: "command" },
  save: { ...save, group: "command" },
  search: {
    summary: "Search Docker Hub for images",
    group: "common",
    load: async () => (await import("./search.ts")).searchCommand,
  },
  tag: { ...tag, group: "command" },
};

/** `image …`. */
export const imageCommands: CommandTable = {
  build: { ...buildWord, group: "command" },
  history: { ...history, group: "command" },
  inspect: {
    summary: "Display detailed information on one or more images",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectImagesCommand,
  },
  import: { ...importing, group: "command" },
  load: { ...load, group: "command" },
  ls: {
    summary: "List images",
    group: "command",
    aliases: ["list"],
    load: async () => (await import("../images.ts")).imagesCommand,
  },
  prune: {
    summary: "Remove unused images",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneImagesCommand,
  },
  pull: { ...pull, group: "command" },
  push: { ...push, group: "command" },
  rm: { ...remove, group: "command", aliases: ["rmi", "remove"] },
  save: { ...save, group: "command" },
  tag: { ...tag, group: "command" },
};
