import type { ContainerInspectResponse, EventMessage, ImageInspect } from "../../protocol/generated/types.ts";
import type { ProgramFacts } from "./program-facts.ts";

/** Everything the rules look at; what could not be learnt is absent. */
export interface WhyFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly container: ContainerInspectResponse;
  /** Undefined when the image is gone. */
  readonly image: ImageInspect | undefined;
  /** As the engine names it, for example `x86_64`. */
  readonly engineArchitecture: string;
  /** The last lines it printed; undefined where its log cannot be read back. */
  readonly log: readonly string[] | undefined;
  /** Of the container alone, oldest first, as far back as the engine remembers. */
  readonly events: readonly EventMessage[];
  /** What a look at its program in its file system gave; only where the program is in doubt. */
  readonly program: ProgramFacts | undefined;
  readonly portHolder: PortHolder | undefined;
  readonly missingVolumes: readonly string[];
  readonly missingNetworks: readonly string[];
  /** What it needs: containers whose namespaces or volumes it uses, and those Compose starts before it. */
  readonly dependencies: readonly Dependency[];
}

export interface PortHolder {
  /** `8080/tcp` */
  readonly port: string;
  /** `container "web"`, or a process of the engine's machine; empty when nobody holds it any more. */
  readonly holder: string;
  /** When it is a container. */
  readonly container?: string;
}

export interface Dependency {
  readonly name: string;
  /** How it is needed: `network namespace`, `volumes`, `service_healthy`. */
  readonly need: string;
  /** Its state, or `missing`. */
  readonly state: string;
  readonly health?: string;
  readonly exitCode?: number;
}

export function nameOf({ container }: Pick<WhyFacts, "container">): string {
  return (container.Name ?? "").replace(/^\//, "") || (container.Id ?? "").slice(0, 12);
}

/** What it runs: program and arguments. */
export function commandOf({ container }: Pick<WhyFacts, "container">): string[] {
  return [container.Path ?? "", ...(container.Args ?? [])];
}

/** A moment as the engine writes it, in milliseconds; undefined for Go's zero time. */
export function momentOf(text: string | null | undefined): number | undefined {
  if (!text || text.startsWith("0001-")) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** Running, and not only between two lives of a restart loop, which engines call running as well. */
export function isUp({ container }: Pick<WhyFacts, "container">): boolean {
  return Boolean(container.State?.Running && !container.State.Restarting);
}
