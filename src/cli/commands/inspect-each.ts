import type { EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { CodedError, exitCode } from "../exit-code.ts";
import { type InspectedType, Inspector } from "../format/inspect.ts";

/** Nothing of any kind has the name. */
export class NoSuchObject extends CodedError {
  constructor(name: string) {
    super(`Error: No such object: ${name}`);
  }
}

/** Asks for one thing after the other, prints those that are there, then says which are not. */
export async function inspectEach(
  names: readonly string[],
  format: string,
  terminal: Terminal,
  engine: EngineClient,
  type: InspectedType | undefined,
  ask: (name: string) => Promise<Response>,
): Promise<number> {
  return printInspected(names, format, terminal, engine, async (name, inspector) =>
    inspector.add(await (await ask(name)).text(), type),
  );
}

/** The same where the type of each thing is found on the way. */
export async function printInspected(
  names: readonly string[],
  format: string,
  terminal: Terminal,
  engine: EngineClient,
  find: (name: string, inspector: Inspector) => Promise<void>,
): Promise<number> {
  const inspector = new Inspector(format);
  const failures: string[] = [];
  for (const name of names) {
    try {
      await find(name, inspector);
    } catch (error) {
      if (error instanceof EngineAnswer) {
        const { didYouMean } = await import("../containers/did-you-mean.ts");
        failures.push(`Error response from daemon: ${messageOf(error)}\n${await didYouMean(engine, error)}`);
      } else if (error instanceof NoSuchObject) {
        const { objectHint } = await import("../containers/did-you-mean.ts");
        failures.push(`${messageOf(error)}\n${await objectHint(engine, name)}`);
      } else if (error instanceof CodedError) failures.push(`${messageOf(error)}\n`);
      else {
        // Nobody answers: what was found until now is printed all the same.
        terminal.out(inspector.text());
        throw error;
      }
    }
  }
  terminal.out(inspector.text());
  for (const failure of failures) terminal.err(failure);
  return failures.length === 0 ? exitCode.ok : exitCode.failed;
}

export const inspectedTypes = {
  container: { name: "container.InspectResponse" },
  image: { name: "image.InspectResponse" },
  network: { name: "network.Inspect" },
  volume: { name: "volume.Volume" },
} as const;
