import { expect, test } from "bun:test";
import type { EngineEvent } from "./event.ts";
import { checkEventFilters, matchesEvent } from "./match-event.ts";

const exec: EngineEvent = {
  type: "container",
  action: "exec_start: ls -l",
  actor: { id: "c0ffee", attributes: { name: "web", image: "me/app:1", tier: "front" } },
  timeNano: 1n,
};
const pull: EngineEvent = {
  type: "image",
  action: "tag",
  actor: { id: "sha256:beef", attributes: { name: "localhost:5000/app:2" } },
  timeNano: 2n,
};

test.each<[Record<string, string[]>, boolean, boolean]>([
  [{}, true, true],
  [{ type: ["container"] }, true, false],
  [{ type: ["container", "image"] }, true, true],
  [{ event: ["exec_start"] }, true, false],
  [{ event: ["exec_start: ls -l"] }, true, false],
  [{ event: ["exec_start: ls"] }, false, false],
  [{ event: ["exec_create", "tag"] }, false, true],
  [{ container: ["web"] }, true, false],
  [{ container: ["c0f"] }, true, false],
  [{ container: ["eb"] }, false, false],
  [{ image: ["me/app"] }, true, false],
  [{ image: ["me/app:1"] }, true, false],
  [{ image: ["localhost:5000/app"] }, false, true],
  [{ image: ["sha256:beef"] }, false, true],
  [{ image: ["app"] }, false, false],
  [{ label: ["tier=front"] }, true, false],
  [{ label: ["tier=back"] }, false, false],
  [{ scope: ["local"] }, true, true],
  [{ scope: ["swarm"] }, false, false],
  [{ daemon: ["other"] }, false, false],
  [{ volume: ["data"] }, false, false],
])("events: %j matches exec %p, image %p", (filters, matchesExec, matchesTag) => {
  const wanted = new Map(Object.entries(filters));
  expect(matchesEvent(exec, wanted)).toBe(matchesExec);
  expect(matchesEvent(pull, wanted)).toBe(matchesTag);
});

test("events: unknown filters are refused", () => {
  expect(() => checkEventFilters(new Map([["foo", ["x"]]]))).toThrow("invalid filter 'foo'");
});
