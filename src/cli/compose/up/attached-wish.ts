import type { Created, StartOptions } from "../../../compose/converge/deeds.ts";
import type { Project } from "../../../compose/model/project.ts";
import { serviceOf } from "../../../compose/select/select-services.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";

import type { Interrupts } from "../interrupts.ts";
import type { LogOutput } from "../logs/log-output.ts";

/** What an attached `up` shows and when it ends. */
export interface AttachedWish {
  readonly created: Created;
  readonly start: StartOptions;
  /** Whose logs are shown. */
  readonly attach: ReadonlySet<string>;
  /** Whose containers are looked at; undefined: all. It ends when none of them runs any more. */
  readonly watched: ReadonlySet<string> | undefined;
  readonly onExit: "ignore" | "stop" | "stop on failure";
  /** The service whose exit code is ours; empty: none. */
  readonly exitCodeFrom: string;
  /** Services the command line named; those that are stopped at the end. Empty: all. */
  readonly services: readonly string[];
  readonly timeout: number | undefined;
}

/** Where an attached `up` speaks, and who may end it. */
export interface AttachedVoice {
  readonly output: LogOutput;
  readonly interrupts: Interrupts;
  /** A line on standard output. */
  say(line: string): void;
  /** A line on standard error. */
  complain(line: string): void;
  /** Everything has been started. */
  started(): Promise<void>;
  stopping(): Promise<void>;
  /** A container ended with a failure that nobody asked for. */
  died(id: string, shown: string): Promise<void>;
  /** Settles when the user goes away and leaves everything running. */
  readonly detached: Promise<void>;
}

interface AttachFlags {
  readonly attach: readonly string[];
  readonly noAttach: readonly string[];
  readonly attachDependencies: boolean;
}

/** Services whose logs are shown: what was named, or else what wants it, and never what was excepted. */
export function attachedServices(
  project: Project,
  named: readonly string[],
  { attach, noAttach, attachDependencies }: AttachFlags,
): ReadonlySet<string> {
  const unknown = attach.filter((name) => !Object.hasOwn(project.services, name));
  if (unknown.length > 0)
    throw invalidArgument(`cannot attach to services not included in up: ${unknown.join(", ")}`);
  const all = Object.keys(project.services);
  const asked = named.length === 0 || attachDependencies ? all : named;
  const chosen =
    attach.length > 0 ? attach : asked.filter((name) => serviceOf(project, name).attach !== false);
  return new Set(chosen.filter((name) => !noAttach.includes(name)));
}
