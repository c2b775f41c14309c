import type { Project } from "../model/project.ts";

/** Enabled services a service waits for, by name. */
export function dependenciesOf(project: Project, name: string): readonly string[] {
  const wanted = Object.keys(project.services[name]?.depends_on ?? {});
  return wanted.filter((other) => Object.hasOwn(project.services, other)).sort();
}

/** Enabled services that wait for a service, by name. */
export function dependentsOf(project: Project, name: string): readonly string[] {
  return Object.keys(project.services)
    .filter((other) => Object.hasOwn(project.services[other]?.depends_on ?? {}, name))
    .sort();
}

/**
 * Services in waves: each waits for services of earlier waves alone, so those of one wave may be
 * started side by side. For stopping, `reverse`: each is waited for by services of earlier waves alone.
 */
export function inDependencyOrder(
  project: Project,
  direction: "forward" | "reverse" = "forward",
): string[][] {
  const before = direction === "forward" ? dependenciesOf : dependentsOf;
  const waiting = new Map(Object.keys(project.services).map((name) => [name, before(project, name)]));
  const waves: string[][] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, others]) => !others.some((other) => waiting.has(other)));
    // A circle is refused when the project is loaded; should there be one, nobody waits for ever.
    const wave = (ready.length > 0 ? ready : [...waiting]).map(([name]) => name).sort();
    for (const name of wave) waiting.delete(name);
    waves.push(wave);
  }
  return waves;
}

/** A circle of services that wait for each other, ending where it began; undefined if there is none. */
export function findCircle(project: Project): readonly string[] | undefined {
  const done = new Set<string>();
  const search = (trail: readonly string[], name: string): readonly string[] | undefined => {
    for (const next of dependenciesOf(project, name)) {
      const at = trail.indexOf(next);
      if (at >= 0) return [...trail.slice(at), next];
      const found = done.has(next) ? undefined : search([...trail, next], next);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(project.services).sort()) {
    const found = done.has(name) ? undefined : search([name], name);
    if (found) return found;
  }
  return undefined;
}
