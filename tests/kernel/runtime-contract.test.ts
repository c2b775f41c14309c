import { runtimeContract } from "../contracts/runtime.ts";
import { execOptions, installedRuntimes, Lab } from "./runtime-fixture.ts";

for (const name of installedRuntimes)
  runtimeContract(name, () => {
    const lab = new Lab(name);
    return {
      runtime: lab.runtime,
      options: (command, change) => lab.options(command, change),
      execOptions: (command, change) => execOptions(lab, command, change),
      [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
    };
  });
