import type { EngineContext } from "../context.ts";
import type { LiveContainer } from "./live-container.ts";

/** Publishes a container event with the attributes Docker gives it: labels, image, name and what is special. */
export function publishContainerEvent(
  context: EngineContext,
  container: LiveContainer,
  action: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  const { record } = container;
  context.events.publish("container", action, record.id, {
    ...record.config.Labels,
    image: record.config.Image,
    name: record.name,
    ...extra,
  });
}
