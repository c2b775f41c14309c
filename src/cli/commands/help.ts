import { notFound } from "../../errors/engine-error.ts";
import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";

export const helpCommand = command({
  usage: "help [COMMAND | TOPIC]",
  flags: {},
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["nothing"],
  async run({ positional }, terminal, session) {
    const { helpText } = await import("../topics/help-text.ts");
    const text = await helpText(positional, session);
    if (text === undefined) throw notFound(`unknown help topic: ${positional.at(-1)}`);
    const { showPaged } = await import("../topics/pager.ts");
    await showPaged(text, terminal, session.env);
    return exitCode.ok;
  },
});
