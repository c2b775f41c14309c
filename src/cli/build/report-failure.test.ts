import { expect, test } from "bun:test";
import { BuildView } from "./progress/build-view.ts";
import { failureText } from "./report-failure.ts";

const plain = (text: string) => text;
const told = (message: string, hint: string) =>
  failureText({ type: "error", message, hint }, new BuildView(), undefined, plain);

test("a hint is not said twice", () => {
  expect(told("unknown instruction: RUNN (did you mean RUN?)", "RUN")).not.toContain("hint");
  expect(told("unknown flag: --form (did you mean from?)", "--from")).not.toContain("hint");
  expect(told("no build stage in current context", "FROM image, above RUN")).toContain(
    "hint: FROM image, above RUN\n",
  );
});
