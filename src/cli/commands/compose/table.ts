import type { CommandTable } from "../../command.ts";
import { asCompose } from "../../compose/as-compose.ts";
import { composeDeeds } from "./deeds.ts";
import { composeModelWords } from "./model-words.ts";
import { composeQuestions } from "./questions.ts";

/** `hull compose …`: what changes a project, what asks about it, and what only reads its files. */
export const composeCommands: CommandTable = asCompose({
  ...composeDeeds,
  ...composeQuestions,
  ...composeModelWords,
});
