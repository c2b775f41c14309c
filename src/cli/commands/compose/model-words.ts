import type { CommandTable } from "../../command.ts";

/** Commands that read the files of a project and ask no engine: config, graph, convert. */
export const composeModelWords: CommandTable = {
  graph: {
    summary: "Draw services, networks, ports and what waits for what",
    group: "command",
    load: async () => (await import("./graph.ts")).composeGraphCommand,
  },
};
