import { internal } from "../errors/engine-error.ts";
import type { Reply } from "../http/reply.ts";
import type { HttpRequest } from "../http/request.ts";
import { validateResponse } from "../protocol/validate-response.ts";
import { splitVersion } from "../protocol/versions.ts";

/** HULL_CHECK_ANSWERS=1: for tests, so that nothing leaves the engine that the API file does not allow. */
export const checksAnswers = process.env.HULL_CHECK_ANSWERS === "1";

/** Values beyond the API file that a user can only see after having asked for them. */
const extensions = ['.RestartPolicy.Name is not one of the allowed words: "on-unhealthy"'];

/** Throws for a JSON answer with a missing or mistyped member. */
export async function checkAnswer(request: HttpRequest, reply: Reply): Promise<void> {
  if (reply.kind !== "full" || reply.headers["Content-Type"] !== "application/json") return;
  const { path } = splitVersion(request.path);
  const json: unknown = JSON.parse(Buffer.from(reply.body).toString());
  const problems = await validateResponse(request.method, path, reply.status, json);
  const wrong = problems?.filter((problem) => !extensions.some((allowed) => problem.endsWith(allowed)));
  if (wrong && wrong.length > 0) {
    throw internal(`the answer to ${request.method} ${path} does not fit the API file: ${wrong.join("; ")}`);
  }
}
