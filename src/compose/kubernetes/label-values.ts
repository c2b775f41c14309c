const valueForm = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;
const keyForm = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

export interface SplitLabels {
  readonly labels: Readonly<Record<string, string>>;
  /** Labels whose values Kubernetes takes for annotations only. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Keys it does not take at all. */
  readonly refused: readonly string[];
}

/** Labels as Kubernetes takes them. Compose's notes about itself would be wrong there. */
export function splitLabels(all: Readonly<Record<string, string>>): SplitLabels {
  const own = Object.entries(all).filter(([key]) => !key.startsWith("com.docker.compose."));
  const valid = own.filter(([key]) => keyForm.test(key));
  return {
    labels: Object.fromEntries(valid.filter(([, value]) => valueForm.test(value))),
    annotations: Object.fromEntries(valid.filter(([, value]) => !valueForm.test(value))),
    refused: own.filter(([key]) => !keyForm.test(key)).map(([key]) => key),
  };
}
