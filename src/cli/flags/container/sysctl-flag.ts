import { invalidArgument } from "../../../errors/engine-error.ts";
import { type Flag, mapFlag } from "../flag.ts";
import { cut } from "./csv-fields.ts";

/** Settings of the kernel that belong to a namespace; all others would be those of the host. */
const ofIpc = ["msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced"];

export function sysctlFlag(help: string): Flag<Readonly<Record<string, string>>> {
  const map = mapFlag(help, { defaultText: "map[]" });
  return {
    ...map,
    add: (current, text, given) => {
      const [name, value] = cut(text, "=");
      const known = ofIpc.some((word) => name === `kernel.${word}`) || /^(net|fs\.mqueue)\./.test(name);
      if (value === undefined || !known) throw invalidArgument(`sysctl '${text}' is not allowed`);
      return map.add(current, text, given);
    },
  };
}
