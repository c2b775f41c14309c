import { expect, test } from "bun:test";
import type { EngineAddress } from "../../client/engine-address.ts";
import { lockProject } from "./project-lock.ts";

const engine: EngineAddress = { address: { kind: "unix", path: `/lock-test-${process.pid}.sock` } };
const never = new AbortController().signal;

test("who comes second waits until the first lets go", async () => {
  const order: string[] = [];
  const first = await lockProject(engine, "p", { signal: never, onWait: () => order.push("first waits") });
  const waits = Promise.withResolvers<void>();
  const second = lockProject(engine, "p", {
    signal: never,
    onWait: () => {
      order.push("second waits");
      waits.resolve();
    },
  });
  await waits.promise;
  order.push("first ends");
  first[Symbol.dispose]();
  using _ = await second;
  expect(order).toEqual(["second waits", "first ends"]);
});

test("other projects and other engines do not wait", async () => {
  const other: EngineAddress = { address: { kind: "unix", path: "/other.sock" } };
  const onWait = () => {
    throw new Error("waited");
  };
  using _ = await lockProject(engine, "a", { signal: never, onWait });
  using __ = await lockProject(engine, "b", { signal: never, onWait });
  using ___ = await lockProject(other, "a", { signal: never, onWait });
});

test("Ctrl-C ends the waiting", async () => {
  using _ = await lockProject(engine, "c", { signal: never, onWait: () => {} });
  const interrupt = new AbortController();
  const second = lockProject(engine, "c", { signal: interrupt.signal, onWait: () => interrupt.abort() });
  await expect(second).rejects.toThrow();
});

test("one that dies lets go", async () => {
  const script = `
    import { lockProject } from ${JSON.stringify(`${import.meta.dir}/project-lock.ts`)};
    await lockProject(${JSON.stringify(engine)}, "d", { signal: new AbortController().signal, onWait() {} });
    console.log("has it");
    await new Promise(() => { setInterval(() => {}, 1000); });
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const reader = child.stdout.getReader();
  await reader.read();
  using _ = await lockProject(engine, "d", { signal: never, onWait: () => child.kill("SIGKILL") });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});
