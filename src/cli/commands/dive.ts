import { command } from "../command.ts";
export const diveCommand = command({ usage: "dive IMAGE", flags: {}, arguments: [1, 1], run: async () => 0 });
