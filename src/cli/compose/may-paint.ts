import type { Session } from "../session.ts";
import { mayColour } from "../terminal/colours.ts";
import { composeSettings } from "./settings.ts";

/** Whether what is written there has colours: `--ansi`, COMPOSE_ANSI, and what terminals and NO_COLOR say. */
export function mayPaint(session: Session, fd: number): boolean {
  const { ansi } = composeSettings(session);
  return ansi === "always" || (ansi === "auto" && mayColour(session.env, fd));
}
