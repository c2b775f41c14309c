import type { CommandTable } from "../../command.ts";

/** Commands about the containers of a project: ps, logs, exec, run, … and those about its images. */
export const composeQuestions: CommandTable = {
  version: {
    summary: "Show the Compose version information",
    group: "command",
    load: async () => (await import("./version.ts")).composeVersionCommand,
  },
};
