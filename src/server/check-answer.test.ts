import { expect, test } from "bun:test";
import { ByteQueue } from "../http/byte-queue.ts";
import { emptyReply, jsonReply } from "../http/reply.ts";
import { HttpRequest } from "../http/request.ts";
import { checkAnswer } from "./check-answer.ts";

const request = (method: string, target: string) =>
  new HttpRequest(
    { method, target, minor: 1, headers: new Map() },
    1,
    new ByteQueue({ onPause() {}, onResume() {} }),
    false,
  );

test("an answer that does not fit is named, member by member", async () => {
  await expect(
    checkAnswer(request("POST", "/v1.51/containers/create"), jsonReply(201, { Id: 5 })),
  ).rejects.toThrow(".Warnings is missing; .Id is not a string: 5");
});

test("an answer that fits, or that the API file does not describe, passes", async () => {
  await checkAnswer(request("POST", "/containers/create"), jsonReply(201, { Id: "a", Warnings: [] }));
  await checkAnswer(request("GET", "/nope"), jsonReply(200, {}));
  await checkAnswer(request("POST", "/containers/x/start"), emptyReply(204));
});
