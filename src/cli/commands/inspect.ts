import type { EngineClient, OperationId } from "../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import { command, type Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { booleanFlag, stringFlag } from "../flags/flag.ts";
import { inspectFormatFlag } from "../flags/format-flag.ts";
import type { InspectedType, Inspector } from "../format/inspect.ts";
import { inspectedTypes, NoSuchObject, printInspected } from "./inspect-each.ts";

const flags = {
  as: stringFlag('Print what would make a container again: "run", "compose" or "kubernetes"', {
    placeholder: "form",
  }),
  format: inspectFormatFlag(),
  size: booleanFlag("Display total file sizes if the type is container", { short: "s" }),
  type: stringFlag("Only inspect objects of the given type"),
};

type Kind =
  | { readonly operation: OperationId; readonly parameter: "id" | "name" }
  /** Only managers of a swarm have such things; without `--type` others are not asked. */
  | { readonly swarmPath: string };

/** In the order in which a name is looked for. */
const kinds: Readonly<Record<string, Kind>> = {
  container: { operation: "ContainerInspect", parameter: "id" },
  image: { operation: "ImageInspect", parameter: "name" },
  network: { operation: "NetworkInspect", parameter: "id" },
  volume: { operation: "VolumeInspect", parameter: "name" },
  service: { swarmPath: "/services" },
  task: { swarmPath: "/tasks" },
  node: { swarmPath: "/nodes" },
  plugin: { operation: "PluginInspect", parameter: "name" },
  secret: { swarmPath: "/secrets" },
  config: { swarmPath: "/configs" },
};

export const inspectCommand = command({
  usage: "inspect [OPTIONS] NAME|ID [NAME|ID...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { as, format, size, type }, given, positional }, terminal, session) {
    if (given.has("as")) {
      const { parseRemakeForm, remakeText } = await import("../remake/remake.ts");
      const form = parseRemakeForm(as);
      terminal.out(await remakeText(await session.engine(), positional, form, session.program));
      return exitCode.ok;
    }
    if (given.has("type") && !Object.hasOwn(kinds, type)) throw unknownType(type);
    const engine = await session.engine();
    const finder = new Finder(engine, type, size, terminal);
    return printInspected(positional, format, terminal, engine, (name, inspector) =>
      finder.find(name, inspector),
    );
  },
});

function unknownType(type: string): Error {
  if (type === "") {
    return invalidArgument(`type is empty: must be one of ${quotedKinds()}`);
  }
  return invalidArgument(`unknown type: ${JSON.stringify(type)}: must be one of ${quotedKinds()}`);
}

function quotedKinds(): string {
  return Object.keys(kinds)
    .sort()
    .map((kind) => JSON.stringify(kind))
    .join(", ");
}

/** Looks for a thing of one type, or of whichever type has the name. */
class Finder {
  readonly #engine: EngineClient;
  readonly #type: string;
  readonly #size: boolean;
  readonly #terminal: Terminal;
  #manager: Promise<boolean> | undefined;

  constructor(engine: EngineClient, type: string, size: boolean, terminal: Terminal) {
    this.#engine = engine;
    this.#type = type;
    this.#size = size;
    this.#terminal = terminal;
  }

  async find(name: string, inspector: Inspector): Promise<void> {
    const wanted = this.#type;
    for (const [type, kind] of Object.entries(kinds)) {
      if (wanted !== "" && wanted !== type) continue;
      if (wanted === "" && "swarmPath" in kind && !(await this.#isManager())) continue;
      const found = await this.#ask(type, kind, name);
      if (found === undefined) continue;
      if (this.#size && type !== "container") {
        this.#terminal.err(`WARNING: --size ignored for ${type}\n`);
      }
      const types: Readonly<Record<string, InspectedType>> = inspectedTypes;
      return await inspector.add(found, types[type]);
    }
    throw new NoSuchObject(name);
  }

  /** Undefined: this type has none of that name, and others may. */
  async #ask(type: string, kind: Kind, name: string): Promise<string | undefined> {
    const query = { size: (type === "container" && this.#size) || undefined };
    try {
      if ("swarmPath" in kind) {
        const path = `${kind.swarmPath}/${encodeURIComponent(name)}`;
        return JSON.stringify(await this.#engine.extension("GET", path));
      }
      const params = { [kind.parameter]: name };
      const answer = await this.#engine.stream(kind.operation, { params, query });
      return (await answer.text()).trim();
    } catch (error) {
      if (this.#type === "" && mayBeAnother(error)) return undefined;
      throw error;
    }
  }

  #isManager(): Promise<boolean> {
    this.#manager ??= this.#engine
      .call("SystemInfo")
      .then(({ Swarm: swarm }) => swarm?.ControlAvailable === true);
    return this.#manager;
  }
}

/** A name that cannot be one of this type is no more than missing. */
function mayBeAnother(error: unknown): boolean {
  return isKind(error, "not_found") || isKind(error, "invalid_argument") || isKind(error, "not_implemented");
}
