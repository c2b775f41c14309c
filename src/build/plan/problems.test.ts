import { expect, test } from "bun:test";
import { cancelled, unavailable } from "../../errors/engine-error.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import { located } from "./problems.ts";

const file = { name: "Dockerfile", text: "FROM nowhere" };
const place = { line: 1, column: 1 };
const failing = (error: Error) =>
  located(file, { start: place, end: place }, async () => {
    throw error;
  });

test("a registry that cannot be reached is told with the line that names the image", async () => {
  const error = await failing(unavailable("no such host")).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DockerfileError);
  expect(error.message).toBe("no such host");
});

test("a cancelled build and a mistake of our own stay what they are", async () => {
  for (const error of [cancelled("the build was cancelled"), new TypeError("x is undefined")])
    await expect(failing(error)).rejects.toBe(error);
});
