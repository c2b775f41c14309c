import { EngineError, isKind, messageOf } from "../../errors/engine-error.ts";
import type { Service } from "../model/service.ts";
import { scaleOf } from "../names.ts";

const conflict = /port is already allocated|address already in use/i;

/** A failed start, with what helps where replicas stand in each other's way: other engines share no ports. */
export function explainedPortConflict(error: unknown, service: Service): unknown {
  const message = messageOf(error);
  const replicas = scaleOf(service);
  const fixed = (service.ports ?? []).find(({ published }) => /^\d+$/.test(published ?? ""));
  // Our own engine says who has the port.
  if (!fixed || replicas < 2 || !conflict.test(message) || message.includes("it is held by")) return error;
  const { published = "", target } = fixed;
  const last = Number(published) + replicas - 1;
  const kind = error instanceof EngineError ? error.kind : "internal";
  return new EngineError(
    kind,
    `${message}
service ${JSON.stringify(service.name)} has ${replicas} replicas and one host port, ${published}: this engine gives a port to one container only. A Hull engine shares it among them; here, publish a range ("${published}-${last}:${target}"), no host port at all ("${target}"), or a proxy in front of the replicas`,
    error,
  );
}

/** Whether a container could not be started because one beside it has what it wants. */
export const standsInTheWay = (error: unknown): boolean =>
  !isKind(error, "cancelled") && conflict.test(messageOf(error));
