import { expect, test } from "bun:test";
import { Limiter } from "./limiter.ts";

function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { end: resolve, run: () => promise };
}

const settle = () => Bun.sleep(0);

test("so many at a time, the rest in order; a changed limit counts from then on", async () => {
  let limit = 1;
  const limiter = new Limiter(() => limit);
  const started: number[] = [];
  const waited: number[] = [];
  const works = [work(), work(), work(), work()];
  const all = works.map(({ run }, index) =>
    limiter.run(
      () => {
        started.push(index);
        return run();
      },
      { onWait: () => waited.push(index) },
    ),
  );
  await settle();
  expect([started, waited]).toEqual([[0], [1, 2, 3]]);
  limit = 2;
  works[0]?.end();
  await settle();
  expect(started).toEqual([0, 1, 2]);
  works[1]?.end();
  await settle();
  expect(started).toEqual([0, 1, 2, 3]);
  for (const { end } of works) end();
  await Promise.all(all);
});

test("who leaves the line lets the next one through, and failed work makes room", async () => {
  const limiter = new Limiter(() => 1);
  const first = work();
  const running = limiter.run(first.run);
  const leaving = new AbortController();
  const left = limiter.run(async () => "never", { signal: leaving.signal });
  const failing = limiter.run(async () => {
    throw new Error("no");
  });
  const last = limiter.run(async () => "done");
  leaving.abort();
  await expect(left).rejects.toThrow("cancelled");
  first.end();
  await running;
  await expect(failing).rejects.toThrow("no");
  expect(await last).toBe("done");
});

test("who has left before does not wait for a turn", async () => {
  const limiter = new Limiter(() => 1);
  const first = work();
  const running = limiter.run(first.run);
  const late = limiter.run(async () => "never", { signal: AbortSignal.abort() });
  expect(await Promise.race([late.catch(() => "left"), settle()])).toBe("left");
  first.end();
  await running;
});
