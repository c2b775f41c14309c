import type { EngineClient } from "../../../client/engine-client.ts";
import type { Report } from "../../../compose/task.ts";
import type { Terminal } from "../../command.ts";
import type { Session } from "../../session.ts";
import type { ComposeSettings } from "../settings.ts";

/** What pulling, pushing and building have to do with. */
export interface ImageTools {
  readonly engine: EngineClient;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly settings: ComposeSettings;
  readonly report: Report;
  readonly signal: AbortSignal;
}
