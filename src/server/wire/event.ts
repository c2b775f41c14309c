import type { EngineEvent } from "../../engine/events/event.ts";

/**
 * One event as JSON text. Written by hand at the end, because nanoseconds since the epoch
 * are more than a JavaScript number can hold.
 */
export function wireEvent(event: EngineEvent): string {
  const { type, action, actor, timeNano } = event;
  const attributes = actor.attributes;
  // The three members in front were all there was before 1.22, and live on for two nouns.
  const legacy =
    type === "container"
      ? { status: action, id: actor.id, ...(attributes.image !== undefined && { from: attributes.image }) }
      : type === "image"
        ? { status: action, id: actor.id }
        : {};
  const json = JSON.stringify({
    ...legacy,
    Type: type,
    Action: action,
    Actor: { ID: actor.id, Attributes: attributes },
    scope: "local",
    time: Number(timeNano / 1_000_000_000n),
  });
  return `${json.slice(0, -1)},"timeNano":${timeNano}}`;
}
