import { runtimeContract } from "../contracts/runtime.ts";
import { execOptions, Lab } from "./runtime-fixture.ts";

runtimeContract("runc", () => {
  const lab = new Lab();
  return {
    runtime: lab.runtime,
    options: (command, change) => lab.options(command, change),
    execOptions: (command, change) => execOptions(lab, command, change),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
});
