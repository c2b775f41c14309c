import type { CommandTable } from "../../command.ts";

/** Commands that read the files of a project and ask no engine: config, graph, convert. */
export const composeModelWords: CommandTable = {};
