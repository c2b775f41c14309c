import { isKind, messageOf } from "../../../errors/engine-error.ts";
import type { Report } from "../../task.ts";

/** Tells that something is being done, that it is done, or that it failed. */
export async function reported<T>(
  report: Report,
  id: string,
  words: readonly [doing: string, done: string],
  work: () => Promise<T>,
): Promise<T> {
  report({ id, status: "working", text: words[0] });
  try {
    const result = await work();
    report({ id, status: "done", text: words[1] });
    return result;
  } catch (error) {
    report({ id, status: "error", text: "Error", details: messageOf(error) });
    throw error;
  }
}

/** What is gone already, or on its way, need not be done: answers whether it was done here. */
export async function unlessGone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isKind(error, "not_found") || isKind(error, "not_modified") || isKind(error, "conflict"))
      return false;
    throw error;
  }
}

/** A state that is there already is no failure: answers whether it was brought about here. */
export async function unlessSo(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isKind(error, "not_modified")) return false;
    throw error;
  }
}
