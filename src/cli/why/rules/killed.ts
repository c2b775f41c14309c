import type { EventMessage } from "../../../protocol/generated/types.ts";
import { signalName, signalNumber, signalOfExit } from "../exit-words.ts";
import { commandOf, isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, suggest } from "../finding.ts";

/** Who ended it, when a signal did. */
export function killedRule(facts: WhyFacts): Finding[] {
  const state = facts.container.State;
  const code = state?.ExitCode ?? 0;
  if (isUp(facts) || state?.OOMKilled) return [];
  const told = signalsBeforeDeath(facts.events);
  const stopSignal = signalNumber(facts.container.Config?.StopSignal || "SIGTERM") ?? 15;
  const signal = signalOfExit(code);
  if (told?.signals.length)
    return told.stopped ? stopped(facts, told.signals, stopSignal) : killed(facts, told.signals);
  if (signal === undefined) return [];
  if (code === 137) return fromOutside(facts, told !== undefined);
  return [];
}

interface Told {
  readonly signals: readonly number[];
  /** By `stop`, `restart` or the like, as against `kill`. */
  readonly stopped: boolean;
}

/** What the engine was asked to send before the last end; undefined when it does not remember the end. */
function signalsBeforeDeath(events: readonly EventMessage[]): Told | undefined {
  const died = events.findLastIndex(({ Action: action }) => action === "die");
  if (died < 0) return undefined;
  const began = events.findLastIndex(({ Action: action }, index) => index < died && action === "start");
  const signals = events
    .slice(began + 1, died)
    .filter(({ Action: action }) => action === "kill")
    .map(({ Actor: actor }) => Number(actor?.Attributes?.signal ?? 0));
  const after = events.slice(died + 1).map(({ Action: action }) => action);
  const next = after.indexOf("start");
  return {
    signals,
    stopped: (next < 0 ? after : after.slice(0, next + 2)).some(
      (action) => action === "stop" || action === "restart",
    ),
  };
}

function stopped(facts: WhyFacts, signals: readonly number[], stopSignal: number): Finding[] {
  const name = nameOf(facts);
  const asked = signalName(stopSignal) ?? String(stopSignal);
  const start = [suggest(`hull start ${name}`, "start it again")];
  if (signals.at(-1) !== 9 || signals.length === 1) {
    return [
      cause(
        "stopped",
        `It was stopped: somebody asked the engine to, and it ended after ${asked}.`,
        [],
        start,
      ),
    ];
  }
  const timeout = facts.container.Config?.StopTimeout ?? 10;
  const shell = /(^|\/)(ba|da|a)?sh$/.test(commandOf(facts)[0] ?? "");
  const ignores = shell
    ? `A shell as first process does not pass ${asked} on: let it end with "exec PROGRAM".`
    : `The first process of a container ignores ${asked} unless it handles it: handle it, or put --init in front.`;
  return [
    cause(
      "stopped",
      `It was stopped, but did not end within its stop timeout (${timeout} s unless stop said otherwise) after ${asked}: the engine killed it.`,
      [ignores],
      [...start, suggest(`hull stop --timeout 60 ${name}`, "next time, give it longer to end")],
    ),
  ];
}

function killed(facts: WhyFacts, signals: readonly number[]): Finding[] {
  const name = signalName(signals.at(-1) ?? 9) ?? `signal ${signals.at(-1)}`;
  return [
    cause(
      "killed",
      `It was killed on request: somebody asked the engine to send ${name} (hull kill, or an API call).`,
      [],
      [suggest(`hull start ${nameOf(facts)}`, "start it again")],
    ),
  ];
}

function fromOutside(facts: WhyFacts, remembered: boolean): Finding[] {
  const says = remembered
    ? "It was killed with SIGKILL, and not through the engine: by a process of the machine, by itself, or by the kernel when the whole machine ran out of memory."
    : "It was killed with SIGKILL; the engine no longer remembers whether it was asked to.";
  return [
    cause(
      "killed",
      says,
      [],
      [
        suggest("dmesg -T | grep -i 'killed process'", "on the engine's machine: whether the kernel did it"),
        suggest(`hull start ${nameOf(facts)}`, "start it again"),
      ],
    ),
  ];
}
