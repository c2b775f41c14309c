import { messageOf } from "../errors/engine-error.ts";
import { log } from "./log.ts";

/** Work nobody awaits, by name: it is never a floating promise, and its failure is logged. */
export class Background {
  /** The promise settles with the work and never rejects; ignoring it is fine. */
  run(name: string, work: () => Promise<unknown>): Promise<void> {
    return work().then(
      () => {},
      (error) => log.error(`background work failed: ${messageOf(error)}`, { name }),
    );
  }
}
