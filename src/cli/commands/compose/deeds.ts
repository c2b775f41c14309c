import type { CommandTable } from "../../command.ts";

/** Commands that change what runs: up, down, start, stop, … */
export const composeDeeds: CommandTable = {};
