import { expect, test } from "bun:test";
import { SharedWork } from "./shared-work.ts";

test("SharedWork tells everybody, those who come later too, and ends with the last who leaves", async () => {
  let tell: (progress: number) => void = () => {};
  let ended = false;
  const work = new SharedWork<number, string>((say, signal) => {
    tell = say;
    const { promise, reject } = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => {
      ended = true;
      reject(signal.reason);
    });
    return promise;
  });
  const heard: string[] = [];
  const leaveFirst = work.join((progress) => heard.push(`a${progress}`));
  tell(1);
  const leaveSecond = work.join((progress) => heard.push(`b${progress}`));
  expect(leaveFirst()).toBeFalse();
  expect(leaveFirst()).toBeFalse();
  tell(2);
  expect([heard, ended]).toEqual([["a1", "b1", "b2"], false]);
  expect(leaveSecond()).toBeTrue();
  expect(ended).toBeTrue();
  expect(work.result).rejects.toThrow();
});
