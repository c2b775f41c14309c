// One build on the data of a machine, to be killed in the middle of by a failpoint:
// bun build-deed.ts DIRECTORY build CONTEXT DOCKERFILE | prune
import { readFileSync } from "node:fs";
import { makeBuildMachine } from "../setup/build-machine.ts";

const [directory = "", deed = "", context = "", dockerfile = ""] = process.argv.slice(2);
const machine = await makeBuildMachine(directory);
if (deed === "build") await machine.build(readFileSync(dockerfile, "utf8"), context, { tags: ["app"] });
else
  await machine.builder.prune({
    all: true,
    filters: new Map(),
    reservedSpace: 0,
    maxUsedSpace: 0,
    minFreeSpace: 0,
  });
await machine.builder.close();
machine.records.close();
process.exit(0);
