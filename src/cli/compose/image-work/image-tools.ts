import type { EngineClient } from "../../../client/engine-client.ts";
import type { Terminal } from "../../command.ts";
import type { Session } from "../../session.ts";
import type { ComposeProgress } from "../progress/open-progress.ts";

/** What pulling, pushing and building have to do with. */
export interface ImageTools {
  readonly engine: EngineClient;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly progress: ComposeProgress;
  readonly signal: AbortSignal;
}
