import { internal, invalidArgument, messageOf } from "../errors/engine-error.ts";
import type { HttpRequest } from "../http/request.ts";
import { checkFilterNames, type FilterMap, parseFilters } from "../protocol/filters.ts";
import type { Operations } from "../protocol/generated/types.ts";
import { queryFlag, queryInteger, queryText } from "../protocol/query-values.ts";
import { parseTime } from "../protocol/time-values.ts";
import { parseBody, type RequestBody } from "../protocol/validate.ts";
import { type ApiVersion, atLeast } from "../protocol/versions.ts";

/** JSON bodies larger than this are refused. */
const longestJson = 4 * 1024 * 1024;

/** One request of the Engine API: what was asked, in which version. */
export class ApiCall {
  readonly request: HttpRequest;
  readonly version: ApiVersion;
  readonly #params: Readonly<Record<string, string>>;

  constructor(request: HttpRequest, version: ApiVersion, params: Readonly<Record<string, string>>) {
    this.request = request;
    this.version = version;
    this.#params = params;
  }

  atLeast(version: ApiVersion): boolean {
    return atLeast(this.version, version);
  }

  /** A `{name}` of the route. */
  param(name: string): string {
    const value = this.#params[name];
    if (value === undefined) throw internal(`the route has no parameter "${name}"`);
    return value;
  }

  flag(name: string, otherwise = false): boolean {
    return queryFlag(this.request.query, name, otherwise);
  }

  integer(name: string): number | undefined {
    return queryInteger(this.request.query, name);
  }

  text(name: string): string | undefined {
    return queryText(this.request.query, name);
  }

  list(name: string): string[] {
    return this.request.query.getAll(name);
  }

  /** Seconds since the epoch; absent, empty and `0` mean no bound. */
  time(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined || value === "0" ? undefined : parseTime(value);
  }

  filters(accepted: readonly string[]): FilterMap {
    const filters = parseFilters(this.request.query.get("filters"));
    checkFilterNames(filters, accepted);
    return filters;
  }

  /** The JSON body checked against the API file; `{}` when there is none. */
  async body<Id extends BodyOperation>(operation: Id): Promise<RequestBody<Id>> {
    return parseBody(operation, await this.json());
  }

  /** The JSON body as it came; undefined when there is none. */
  async json(): Promise<unknown> {
    const type = this.request.headers.get("content-type");
    if (type === undefined && !this.request.hasBody) return undefined;
    if (type?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
      throw invalidArgument(
        type === undefined
          ? "malformed Content-Type header (): mime: no media type"
          : `unsupported Content-Type header (${type}): must be 'application/json'`,
      );
    }
    if (!this.request.hasBody) return undefined;
    const bytes = await this.request.bytes(longestJson);
    if (bytes.length === 0) throw invalidArgument("invalid JSON: got EOF while reading request body");
    try {
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    } catch (error) {
      throw invalidArgument(`invalid JSON: ${messageOf(error).replace(/^JSON Parse error: /, "")}`, error);
    }
  }
}

type BodyOperation = {
  [Id in keyof Operations]: Operations[Id] extends { body: unknown } ? Id : never;
}[keyof Operations];
