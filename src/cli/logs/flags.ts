import { filterFlag } from "../flags/filter-flag.ts";
import { booleanFlag, stringFlag } from "../flags/flag.ts";
import { type Choice, isOpenChoice } from "./choose.ts";

/** What `logs` has beyond Docker's: several containers at once. */
export const manyLogsFlags = {
  all: booleanFlag("Show logs of all containers"),
  filter: filterFlag('Show logs of all containers that match (e.g. "label=app=web")'),
  project: stringFlag("Show logs of all containers of a Compose project", { short: "p" }),
};

/** One container alone is shown as Docker shows it. */
export function isSeveral(choice: Choice): boolean {
  return choice.names.length > 1 || isOpenChoice(choice);
}
