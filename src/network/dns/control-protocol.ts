import { buildInfo } from "../../lib/build-info.ts";
import type { ResolvedContainer } from "../names.ts";

/**
 * Between the engine and the resolver, on a unix socket, one JSON value a line:
 *
 *     engine                              resolver
 *       connects            ◀── Hello
 *       Order        ──▶
 *                           ◀── Outcome   when it is done, in the order of the orders
 *
 * An engine that is greeted by a resolver of another version starts its own in that one's place.
 * A resolver ends by itself when the socket's file is no longer its own, and when it has neither
 * containers nor an engine.
 */
export interface Hello {
  readonly hello: string;
  readonly pid: number;
}

export type Order =
  | { readonly id: number; readonly do: "announce"; readonly container: ResolvedContainer }
  | { readonly id: number; readonly do: "withdraw"; readonly containerId: string }
  | { readonly id: number; readonly do: "restore"; readonly containers: readonly ResolvedContainer[] }
  /** The engine ends in order: without containers nobody needs the resolver. */
  | { readonly id: number; readonly do: "leave" };

export interface Outcome {
  readonly id: number;
  /** Why it failed. */
  readonly error?: string;
  /** What was mended, for the log. */
  readonly mended?: readonly string[];
}

/** Something went wrong that no order asked for. */
export interface Complaint {
  readonly complaint: string;
}

/** Counted up when an order or the file of a resolver's state changes its meaning. */
const protocol = 2;

/** Same version, same program: only then they work together. */
export const resolverVersion = `${protocol}/${buildInfo.version}/${buildInfo.commit}`;

export const controlSocketName = "names.sock";
export const stateFileName = "names.json";
