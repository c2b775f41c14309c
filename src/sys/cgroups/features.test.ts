import { expect, test } from "bun:test";
import { offersScheduler } from "./features.ts";

test("schedulers of a block device as the kernel lists them", () => {
  expect(offersScheduler("[none] mq-deadline bfq\n", "bfq")).toBeTrue();
  expect(offersScheduler("mq-deadline [bfq] none\n", "bfq")).toBeTrue();
  expect(offersScheduler("[none] mq-deadline \n", "bfq")).toBeFalse();
  expect(offersScheduler("", "bfq")).toBeFalse();
});
