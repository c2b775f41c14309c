import type { CommandTable } from "../../command.ts";

/** Commands that read the files of a project and ask no engine: config, graph, convert. */
export const composeModelWords: CommandTable = {
  convert: {
    summary: "Convert the project to manifests of Kubernetes",
    group: "command",
    load: async () => (await import("./convert.ts")).composeConvertCommand,
  },
  config: {
    summary: "Parse, resolve and render compose file in canonical format",
    group: "command",
    load: async () => (await import("./config.ts")).composeConfigCommand,
  },
  graph: {
    summary: "Draw services, networks, ports and what waits for what",
    group: "command",
    load: async () => (await import("./graph.ts")).composeGraphCommand,
  },
};
