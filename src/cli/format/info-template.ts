import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { goJson } from "./go-json.ts";
import { typed } from "./go-types/typed.ts";
import type { ClientInfo, InfoAnswer } from "./info.ts";
import { template } from "./template.ts";

/** `info --format`: the engine is asked unless the template is only about this program. */
export async function formatInfoByTemplate(
  format: string,
  client: ClientInfo,
  ask: () => Promise<InfoAnswer>,
  terminal: Terminal,
): Promise<number> {
  const parsed = format === "json" ? undefined : template(format, { executeError: "" });
  let info: InfoAnswer | undefined;
  let failure: unknown;
  if (!parsed || !/^(\s*\{\{\s*\.Client(Info|Errors)\b[^{}]*\}\})+\s*$/.test(format)) {
    try {
      info = await ask();
    } catch (error) {
      failure = error;
    }
  }
  const errors = failure === undefined ? {} : { ServerErrors: [messageOf(failure)] };
  const data = typed("system.dockerInfo", { ...info, ...errors, ClientInfo: client });
  if (failure !== undefined && parsed) terminal.out("\n");
  else {
    try {
      terminal.out(`${parsed ? parsed.format(data) : goJson(data)}\n`);
    } catch (error) {
      terminal.out("\n");
      throw error;
    }
  }
  if (failure === undefined) return exitCode.ok;
  const prefix = failure instanceof EngineAnswer ? "Error response from daemon: " : "";
  terminal.err(`${prefix}${messageOf(failure)}\n`);
  return exitCode.failed;
}
