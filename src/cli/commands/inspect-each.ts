import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { CodedError, exitCode } from "../exit-code.ts";
import { type InspectedType, Inspector } from "../format/inspect.ts";

/** Asks for one thing after the other, prints those that are there, then says which are not. */
export async function inspectEach(
  names: readonly string[],
  format: string,
  terminal: Terminal,
  type: InspectedType | undefined,
  ask: (name: string) => Promise<Response>,
): Promise<number> {
  return printInspected(names, format, terminal, async (name, inspector) =>
    inspector.add(await (await ask(name)).text(), type),
  );
}

/** The same where the type of each thing is found on the way. */
export async function printInspected(
  names: readonly string[],
  format: string,
  terminal: Terminal,
  find: (name: string, inspector: Inspector) => Promise<void>,
): Promise<number> {
  const inspector = new Inspector(format);
  const failures: string[] = [];
  for (const name of names) {
    try {
      await find(name, inspector);
    } catch (error) {
      if (error instanceof EngineAnswer) failures.push(`Error response from daemon: ${messageOf(error)}`);
      else if (error instanceof CodedError) failures.push(messageOf(error));
      else {
        // Nobody answers: what was found until now is printed all the same.
        terminal.out(inspector.text());
        throw error;
      }
    }
  }
  terminal.out(inspector.text());
  for (const failure of failures) terminal.err(`${failure}\n`);
  return failures.length === 0 ? exitCode.ok : exitCode.failed;
}

export const inspectedTypes = {
  container: { name: "container.InspectResponse" },
  image: { name: "image.InspectResponse" },
  network: { name: "network.Inspect" },
  volume: { name: "volume.Volume" },
} as const;
