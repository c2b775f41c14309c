import { expect, test } from "bun:test";
import { LoopTimers } from "./timers.ts";

/** A clock that stands still until the test moves it. */
class TestTimers extends LoopTimers {
  time = 0;

  override now(): number {
    return this.time;
  }
}

test("timers come in the order of their times, and not when they were cancelled", () => {
  const timers = new TestTimers();
  const came: number[] = [];
  const times = Array.from({ length: 200 }, () => Math.floor(Math.random() * 20));
  const made = times.map((time) => timers.after(time, () => came.push(time)));
  for (const [index, timer] of made.entries()) if (index % 3 === 0) timer.cancel();
  for (; timers.untilNext >= 0; timers.time += timers.untilNext) timers.runDue(() => {});
  const expected = times.filter((_, index) => index % 3 !== 0).sort((a, b) => a - b);
  expect(came).toEqual(expected);
});

test("one that throws does not keep the others from coming", () => {
  const timers = new LoopTimers();
  const failures: unknown[] = [];
  let came = 0;
  timers.after(0, () => {
    throw new Error("mine");
  });
  timers.after(0, () => {
    came++;
  });
  timers.runDue((error) => failures.push(error));
  expect([failures.length, came, timers.untilNext]).toEqual([1, 1, -1]);
});
