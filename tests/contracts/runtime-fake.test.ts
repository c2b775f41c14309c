import { FakeRuntime } from "../fakes/fake-runtime.ts";
import { execOptionsFor, taskOptionsFor } from "../fakes/task-options.ts";
import { runtimeContract } from "./runtime.ts";

runtimeContract("FakeRuntime", () => ({
  runtime: new FakeRuntime(),
  options: taskOptionsFor,
  execOptions: execOptionsFor,
  [Symbol.asyncDispose]: async () => undefined,
}));
