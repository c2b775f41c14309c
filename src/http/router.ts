/**
 * Finds what serves a method and a path. `{id}` stands for one segment or more: names of
 * images hold slashes, and Docker's own router is as lenient for all nouns. Routes are
 * tried in the order given, so literal paths come before those with a parameter.
 */
export interface RoutePattern {
  readonly method: string;
  readonly path: string;
}

export interface Match<Route> {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled<Route> {
  readonly route: Route;
  readonly pattern: RegExp;
}

export class Router<Route extends RoutePattern> {
  /** By method; literal paths are found without trying patterns. */
  readonly #literal = new Map<string, Route>();
  readonly #patterns = new Map<string, Compiled<Route>[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (!route.path.includes("{")) {
        this.#literal.set(`${route.method} ${route.path}`, route);
        continue;
      }
      const key = bucket(route.method, route.path);
      const list = this.#patterns.get(key) ?? [];
      list.push({ route, pattern: compile(route.path) });
      this.#patterns.set(key, list);
    }
  }

  find(method: string, path: string): Match<Route> | undefined {
    const literal = this.#literal.get(`${method} ${path}`);
    if (literal) return { route: literal, params: {} };
    for (const { route, pattern } of this.#patterns.get(bucket(method, path)) ?? []) {
      const match = pattern.exec(path);
      if (match) return { route, params: match.groups ?? {} };
    }
    return undefined;
  }
}

/** Method and first segment. */
function bucket(method: string, path: string): string {
  const slash = path.indexOf("/", 1);
  return `${method} ${slash === -1 ? path : path.slice(0, slash)}`;
}

function compile(path: string): RegExp {
  const source = path.replace(/\{(\w+)\}|[^{]+/g, (text, name) =>
    name === undefined ? RegExp.escape(text) : `(?<${name}>.+)`,
  );
  return new RegExp(`^${source}$`, "s");
}
