import type { YamlPath } from "./yaml-value.ts";

/** `services.web.ports[0]`; keys that are no plain words in quotes: `services["a.b"].image`. */
export function pathText(path: YamlPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (step === "" || /[.[\]"\s]/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
